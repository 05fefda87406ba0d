import { Deno } from "../../host/deno_api.ts";
import { encodePng, type Picture } from "../../image/mod.ts";
import type { Metric } from "./metric.ts";
import { PairProcess } from "./pair_process.ts";

/** Where external programs are and where pictures for them go, as plain data that a worker can be sent. */
export interface ToolSettings {
  /** Command by metric, with arguments separated by spaces; double quotes keep spaces. */
  readonly commands: Readonly<Record<string, string>>;
  /** Existing folder for the pictures that the programs read. */
  readonly folder: string;
}

/** The external programs of a run's metrics: one set per thread, one picture pair at a time. */
export class MetricTools {
  readonly #settings: ToolSettings;
  readonly #prefix: string;
  readonly #written: { source?: Picture; decoded?: Picture } = {};
  readonly #processes = new Map<string, PairProcess>();

  /** @param settings Commands, and the folder for pictures. */
  constructor(settings: ToolSettings) {
    this.#settings = settings;
    this.#prefix = `${settings.folder}/${crypto.randomUUID()}`;
  }

  /**
   * Runs a metric's program on one pair: `COMMAND SOURCE DECODED`.
   *
   * @param metric The metric.
   * @param source The source.
   * @param decoded The picture under test.
   * @returns The program's standard output.
   * @throws Error When there is no command, it cannot be started, or it fails.
   */
  async run(metric: Metric, source: Picture, decoded: Picture): Promise<string> {
    const [program, ...args] = this.#commandOf(metric), files = await this.#filesOf(source, decoded);
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args: [...args, ...files],
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    if (code !== 0) {
      const reason = text(stderr).split("\n").at(-1) || "no message";
      throw new Error(
        `Cannot measure ${metric.label}: ${program} must succeed (got exit code ${code}: ${reason}). ` +
          "Check its installation.",
      );
    }
    return text(stdout);
  }

  /**
   * Asks a metric's long-lived program about one pair; it is started at the first call. The program reads lines
   * `SOURCE<tab>DECODED` and answers each with one line of JSON.
   *
   * @param metric The metric.
   * @param source The source.
   * @param decoded The picture under test.
   * @returns The answer.
   * @throws Error When there is no command, it cannot be started, it ends, or its answer is not a JSON object.
   */
  async ask(metric: Metric, source: Picture, decoded: Picture): Promise<Readonly<Record<string, unknown>>> {
    const command = this.#commandOf(metric), files = await this.#filesOf(source, decoded);
    const process = this.#processes.get(metric.id) ?? new PairProcess(metric.label, command);
    this.#processes.set(metric.id, process);
    try {
      return await process.ask(files);
    } catch (error) {
      this.#processes.delete(metric.id);
      await process.close();
      throw error;
    }
  }

  /** Ends the programs and removes the pictures. */
  async close(): Promise<void> {
    for (const process of this.#processes.values()) await process.close();
    this.#processes.clear();
    for (const side of ["source", "decoded"] as const) {
      if (!this.#written[side]) continue;
      await Deno.remove(this.#pathOf(side));
      delete this.#written[side];
    }
  }

  #commandOf({ id, label, tool }: Metric): [program: string, ...args: string[]] {
    const command = this.#settings.commands[id] ?? tool?.command;
    const words = command === undefined ? [] : wordsOf(command), [program, ...args] = words;
    if (program === undefined) {
      throw new Error(
        `Cannot measure ${label}: --${id} must name a command (got none). ${tool?.install ?? ""}`,
      );
    }
    return [program, ...args];
  }

  /** Writes what is not written yet: a source meets many files, a file several metrics. */
  async #filesOf(source: Picture, decoded: Picture): Promise<[source: string, decoded: string]> {
    const pair = { source, decoded };
    for (const side of ["source", "decoded"] as const) {
      if (this.#written[side] === pair[side]) continue;
      await Deno.writeFile(this.#pathOf(side), await encodePng(pair[side]));
      this.#written[side] = pair[side];
    }
    return [this.#pathOf("source"), this.#pathOf("decoded")];
  }

  #pathOf(side: "source" | "decoded"): string {
    return `${this.#prefix}-${side}.png`;
  }
}

/** Words of a command; double quotes keep spaces together. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|[^\s"]+/g)].map(([word, quoted]) => quoted ?? word);
}
