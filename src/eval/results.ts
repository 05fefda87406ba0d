import { Deno } from "../host/deno_api.ts";
import type { Measurement } from "./measure.ts";
import { METRICS } from "./metrics/mod.ts";

/** One line of the results: who made what of which picture, and the figures. */
export interface ResultRow extends Measurement {
  /** The codec's name. */
  readonly codec: string;
  /** The codec's quality setting. */
  readonly setting: number;
  /** Which codec it really was; see {@linkcode warmUp}. A row of another revision does not count as there. */
  readonly revision: string;
  /** The picture's path within the folder it was found in. */
  readonly picture: string;
  /** The first 16 hexadecimal digits of the picture file's SHA-256. */
  readonly sha256: string;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** What makes two rows the same measurement. */
export type ResultKey = Pick<ResultRow, "codec" | "setting" | "revision" | "picture" | "sha256">;

const TEXT_COLUMNS = ["codec", "revision", "picture", "sha256"] as const;
/** Columns before the metrics. */
const FIRST_COLUMNS = [
  "codec",
  "setting",
  "revision",
  "picture",
  "sha256",
  "width",
  "height",
  "bytes",
  "bpp",
] as const;
/** Columns behind them. */
const LAST_COLUMNS = ["encodeMs", "decodeMs"] as const;
const FIXED_COLUMNS: readonly string[] = [...FIRST_COLUMNS, ...LAST_COLUMNS];

/**
 * A TSV file that grows by one line per measurement, so that an interrupted run loses at most the line it was
 * writing.
 *
 * Every metric has a column, named by its `id`; an empty cell was not measured. A file may lack columns, or have
 * some of metrics that this version does not know; these are kept.
 */
export class ResultStore {
  readonly #path: string;
  readonly #rows = new Map<string, ResultRow>();
  readonly #metrics: readonly string[];

  private constructor(path: string, metrics: readonly string[]) {
    this.#path = path;
    this.#metrics = metrics;
  }

  /**
   * Opens a file, or starts it. A last line that was cut short is removed.
   *
   * @param path The TSV file; its folder must exist.
   * @param forget Codecs whose old rows are dropped, to measure them again.
   * @returns The store.
   * @throws SyntaxError When the file is there but is no table of results.
   */
  static async open(path: string, forget: ReadonlySet<string> = new Set()): Promise<ResultStore> {
    let text = "";
    try {
      text = await Deno.readTextFile(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const table = whole === "" ? { comments: [], metrics: [], rows: [] } : parseResults(whole, path);
    const known = METRICS.map(({ id }) => id);
    const store = new ResultStore(path, [...known, ...table.metrics.filter((id) => !known.includes(id))]);
    for (const row of table.rows) if (!forget.has(row.codec)) store.#rows.set(keyOf(row), row);
    // Written beside and renamed, so that an interruption here loses nothing.
    await Deno.writeTextFile(`${path}.part`, formatResults(table.comments, store.rows, store.#metrics));
    await Deno.rename(`${path}.part`, path);
    return store;
  }

  /** All rows, in the order they were made. */
  get rows(): ResultRow[] {
    return [...this.#rows.values()];
  }

  /**
   * The row of a measurement, made by the same revision of the codec.
   *
   * @param key Codec, setting, revision, picture and hash.
   * @returns The row, if it is there.
   */
  get(key: ResultKey): ResultRow | undefined {
    const row = this.#rows.get(keyOf(key));
    return row?.revision === key.revision ? row : undefined;
  }

  /**
   * Appends a row to the file. It takes the place of an earlier one of the same codec, setting and picture.
   *
   * @param row The row.
   */
  async add(row: ResultRow): Promise<void> {
    await Deno.writeTextFile(this.#path, formatRow(row, this.#metrics) + "\n", { append: true });
    this.#rows.set(keyOf(row), row);
  }
}

/** A whole table of results. */
export interface ResultTable {
  /** Lines before the columns' names, without their `#`. */
  readonly comments: readonly string[];
  /** The metrics that have a column, by `id`. */
  readonly metrics: readonly string[];
  /** The rows. */
  readonly rows: readonly ResultRow[];
}

/**
 * Parses a whole table of results, of this release or another one. Of two rows of the same codec, setting and picture
 * the later one counts.
 *
 * @param text TSV; lines before the columns' names that begin with `#` are comments.
 * @param path The file's name, for messages.
 * @returns The table.
 * @throws SyntaxError When columns that every table has are missing.
 */
export function parseResults(text: string, path = "the results"): ResultTable {
  const lines = text.split("\n").filter((line) => line !== "");
  const start = lines.findIndex((line) => !line.startsWith("#"));
  const columns = lines[start]?.split("\t") ?? [];
  const missing = FIXED_COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    throw new SyntaxError(
      `Cannot read ${path}: its columns must include ${missing.join(", ")} (got ` +
        `${JSON.stringify((lines[start] ?? "").slice(0, 60))}). Give another file or folder.`,
    );
  }
  return {
    comments: lines.slice(0, start).map((line) => line.slice(1).trim()),
    metrics: columns.filter((column) => !FIXED_COLUMNS.includes(column)),
    rows: [
      ...new Map(
        lines.slice(start + 1).map((line) => parseRow(line, columns)).map((row) => [keyOf(row), row]),
      ).values(),
    ],
  };
}

/**
 * Writes a whole table of results.
 *
 * @param comments Lines to begin with.
 * @param rows The rows.
 * @param metrics Columns of metrics, by `id`; all that are known by default.
 * @returns TSV.
 */
export function formatResults(
  comments: readonly string[],
  rows: readonly ResultRow[],
  metrics: readonly string[] = METRICS.map(({ id }) => id),
): string {
  const lines = [
    ...comments.map((comment) => `# ${comment}`),
    [...FIRST_COLUMNS, ...metrics, ...LAST_COLUMNS].join("\t"),
    ...rows.map((row) => formatRow(row, metrics)),
  ];
  return lines.join("\n") + "\n";
}

function keyOf({ codec, setting, picture, sha256 }: Omit<ResultKey, "revision">): string {
  return [codec, setting, picture, sha256].join("\t");
}

function formatRow(row: ResultRow, metrics: readonly string[]): string {
  const cells = [
    ...FIRST_COLUMNS.map((column) => row[column]),
    ...metrics.map((id) => row.scores[id] ?? ""),
    ...LAST_COLUMNS.map((column) => row[column]),
  ];
  // A name with a tab or line break would break the table.
  return cells.map((cell) => String(cell).replaceAll(/[\t\r\n]/g, " ")).join("\t");
}

function parseRow(line: string, columns: readonly string[]): ResultRow {
  const cells = line.split("\t"), texts: readonly string[] = TEXT_COLUMNS;
  const scores: Record<string, number> = {}, fixed: Record<string, string | number> = {};
  columns.forEach((column, i) => {
    const cell = cells[i] ?? "";
    if (FIXED_COLUMNS.includes(column)) fixed[column] = texts.includes(column) ? cell : Number(cell);
    else if (cell !== "") scores[column] = Number(cell);
  });
  return { ...fixed, scores } as unknown as ResultRow;
}
