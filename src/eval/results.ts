import type { Measurement } from "./measure.ts";

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

const TEXT_COLUMNS = ["codec", "revision", "picture", "sha256"] as const;
const COLUMNS = [
  "codec",
  "setting",
  "revision",
  "picture",
  "sha256",
  "width",
  "height",
  "bytes",
  "bpp",
  "psnr",
  "ssim",
  "msssim",
  "ssimulacra2",
  "encodeMs",
  "decodeMs",
] as const satisfies readonly (keyof ResultRow)[];

/** What makes two rows the same measurement. */
export type ResultKey = Pick<ResultRow, "codec" | "setting" | "revision" | "picture" | "sha256">;

/**
 * A TSV file that grows by one line a measurement, so that an interrupted run loses at most the line it was writing.
 */
export class ResultStore {
  readonly #path: string;
  readonly #rows = new Map<string, ResultRow>();

  private constructor(path: string) {
    this.#path = path;
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
    const store = new ResultStore(path);
    let text = "";
    try {
      text = await Deno.readTextFile(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n").slice(0, -1);
    if (lines.length > 0 && lines[0] !== COLUMNS.join("\t")) {
      throw new SyntaxError(
        `Cannot resume from ${path} as its columns must be those of this version: first line is ` +
          `${JSON.stringify(lines[0].slice(0, 60))}; give another folder with -o`,
      );
    }
    for (const row of lines.slice(1).map(parseRow)) {
      if (!forget.has(row.codec)) store.#rows.set(keyOf(row), row);
    }
    // Written beside and renamed, so that an interruption here loses nothing.
    const kept = [...store.#rows.values()].map(formatRow);
    await Deno.writeTextFile(`${path}.part`, [COLUMNS.join("\t"), ...kept, ""].join("\n"));
    await Deno.rename(`${path}.part`, path);
    return store;
  }

  /** All rows, in the order they were made. */
  get rows(): ResultRow[] {
    return [...this.#rows.values()];
  }

  /**
   * Whether a measurement is there, made by the same revision of the codec.
   *
   * @param key Codec, setting, revision, picture and hash.
   * @returns True if so.
   */
  has(key: ResultKey): boolean {
    return this.#rows.get(keyOf(key))?.revision === key.revision;
  }

  /**
   * Appends a row to the file. It takes the place of one that another revision made.
   *
   * @param row The row.
   */
  async add(row: ResultRow): Promise<void> {
    await Deno.writeTextFile(this.#path, formatRow(row) + "\n", { append: true });
    this.#rows.set(keyOf(row), row);
  }
}

/**
 * Parses a whole table of results.
 *
 * @param text TSV; lines before the columns' names that begin with `#` are comments.
 * @returns The comments, without the `#`, and the rows.
 * @throws SyntaxError When the columns are not those of this version.
 */
export function parseResults(text: string): { comments: string[]; rows: ResultRow[] } {
  const lines = text.split("\n").filter((line) => line !== "");
  const start = lines.findIndex((line) => !line.startsWith("#"));
  if (lines[start] !== COLUMNS.join("\t")) {
    throw new SyntaxError(`Cannot read the results as their columns must be ${COLUMNS.join(", ")}`);
  }
  return {
    comments: lines.slice(0, start).map((line) => line.slice(1).trim()),
    rows: lines.slice(start + 1).map(parseRow),
  };
}

function keyOf({ codec, setting, picture, sha256 }: Omit<ResultKey, "revision">): string {
  return [codec, setting, picture, sha256].join("\t");
}

function formatRow(row: ResultRow): string {
  // A name with a tab or line break would break the table.
  return COLUMNS.map((column) => String(row[column]).replaceAll(/[\t\r\n]/g, " ")).join("\t");
}

function parseRow(line: string): ResultRow {
  const cells = line.split("\t");
  const texts: readonly string[] = TEXT_COLUMNS;
  return Object.fromEntries(
    COLUMNS.map((column, i) => [column, texts.includes(column) ? cells[i] : Number(cells[i])]),
  ) as unknown as ResultRow;
}
