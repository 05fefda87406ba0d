// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { Deno } from "../host/deno_api.ts";
import { ConfigError } from "../core/mod.ts";
import { dirname } from "../deps/path.ts";
import { parseToml } from "../deps/toml.ts";
import { FOREIGN_DEFAULTS, type ForeignModel } from "./foreign.ts";
import { fromFolder, withinFolder } from "./paths.ts";
import { NET_RUNTIMES, type NetRuntime } from "../kernels/kernels.ts";
import { LATENT_WAVELETS, type LatentWavelet } from "../wavelets/mod.ts";

/** A model that a configuration names, with where its nets are. */
export interface ConfiguredModel extends ForeignModel {
  /** Path of the encoder, absolute. */
  readonly encoder: string;
  /** Path of the decoder, absolute. */
  readonly decoder: string;
}

/** What a `vaerans.toml` says. Everything in it is optional. */
export interface VaeransConfig {
  /** The file; absent when there is none. */
  readonly path?: string;
  /** Models by name. */
  readonly models: ReadonlyMap<string, ConfiguredModel>;
  /** `[memory]`. */
  readonly memory: {
    /** `arena_size`: capacity of the arenas of `World.open()` and `GpuWorld.open()`. */
    readonly arenaBytes?: number;
  };
  /** `[compression]`: what `compress` does unless its options say otherwise. */
  readonly compression: {
    /** Name of a model, here or embedded. */
    readonly model?: string;
    /** 1 to 100. */
    readonly quality?: number;
    /** 1 to 9. */
    readonly effort?: number;
    /** Which coder. */
    readonly entropy?: "context" | "static";
    /** Wavelet over a model's latent, in the place of the model's own. */
    readonly wavelet?: LatentWavelet;
    /** Its levels, in the place of the model's own. */
    readonly levels?: number;
    /** Runtime of nets on the CPU, also of models in the file that do not choose. */
    readonly runtime?: NetRuntime;
    /** Jobs at a time in batches. */
    readonly jobs?: number;
  };
  /** `[evaluation]`: what `deno task eval` measures. */
  readonly evaluation: {
    /** Settings of all codecs. */
    readonly qualities?: readonly number[];
    /** Other formats. */
    readonly peers?: readonly string[];
    /** What rates are compared at. */
    readonly metrics?: readonly string[];
  };
  /** `[visualization]`: what its report shows. */
  readonly visualization: {
    /** How many pictures side by side. */
    readonly show?: number;
    /** At which rates, in bits a pixel. */
    readonly showBpp?: readonly number[];
  };
}

/** What there is without a file. */
export const EMPTY_CONFIG: VaeransConfig = {
  models: new Map(),
  memory: {},
  compression: {},
  evaluation: {},
  visualization: {},
};

/** Name of the file. */
export const CONFIG_NAME = "vaerans.toml";

/**
 * Reads the configuration: the file that the environment variable `VAERANS_CONFIG` names, else `vaerans.toml` in the
 * current folder, else in the home folder. What may not be read, for want of a permission, is as if it were not there.
 *
 * @returns The configuration; an empty one when there is no file.
 * @throws ConfigError That names file, key and line.
 */
export async function loadConfig(): Promise<VaeransConfig> {
  const named = environment("VAERANS_CONFIG");
  if (named) return await readConfig(named);
  const home = environment("HOME");
  for (const folder of [".", ...(home ? [home] : [])]) {
    const path = withinFolder(folder, CONFIG_NAME);
    if (mayRead(path) && await Deno.stat(path).then(({ isFile }) => isFile, () => false)) {
      return await readConfig(path);
    }
  }
  return EMPTY_CONFIG;
}

/**
 * Reads one configuration file.
 *
 * @param path The file; relative paths in it are relative to its folder.
 * @returns The configuration.
 * @throws ConfigError That names file, key and line.
 */
export async function readConfig(path: string): Promise<VaeransConfig> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError("config-missing", `Cannot read the configuration ${path}: ${reason}`, { cause });
  }
  return parseConfig(text, fromFolder(Deno.cwd(), path));
}

/**
 * Parses a configuration.
 *
 * @param text TOML.
 * @param path Absolute path of the file, for messages and to resolve paths against.
 * @returns The configuration.
 * @throws ConfigError ("config-syntax", "config-key", "config-value") that names file, key and line.
 */
export function parseConfig(text: string, path: string): VaeransConfig {
  let root: Record<string, unknown>;
  try {
    root = parseToml(text) as Record<string, unknown>;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new ConfigError("config-syntax", `Cannot read the configuration ${path}: ${message}`, { cause });
  }
  const file = new Reader(path, text);
  const tables = file.table(root, "", ["models", "memory", "compression", "evaluation", "visualization"]);
  const section = (name: string, keys: readonly string[]) =>
    tables[name] === undefined ? {} : file.table(tables[name], name, keys);
  const models = tables.models === undefined ? {} : file.table(tables.models, "models");
  const memory = section("memory", ["arena_size"]);
  const compression = section("compression", [
    "model",
    "quality",
    "effort",
    "entropy",
    "wavelet",
    "levels",
    "runtime",
    "jobs",
  ]);
  const evaluation = section("evaluation", ["qualities", "peers", "metrics"]);
  const visualization = section("visualization", ["show", "show_bpp"]);
  const runtime = file.choice(compression, "compression.runtime", NET_RUNTIMES);
  return {
    path,
    models: new Map(
      Object.entries(models).map(([name, value]) => [name, modelOf(file, name, value, runtime)]),
    ),
    memory: file.present({ arenaBytes: file.bytes(memory, "memory.arena_size") }),
    compression: file.present({
      model: file.text(compression, "compression.model"),
      quality: file.number(compression, "compression.quality", 1, 100),
      effort: file.whole(compression, "compression.effort", 1, 9),
      entropy: file.choice(compression, "compression.entropy", ["context", "static"]),
      wavelet: file.choice(compression, "compression.wavelet", LATENT_WAVELETS),
      levels: file.whole(compression, "compression.levels", 0, 10),
      runtime,
      jobs: file.whole(compression, "compression.jobs", 1, 256),
    }),
    evaluation: file.present({
      qualities: file.list(
        evaluation,
        "evaluation.qualities",
        (v) => inRange(v, 1, 100),
        "numbers from 1 to 100",
      ),
      peers: file.list(evaluation, "evaluation.peers", (v) => typeof v === "string", "names"),
      metrics: file.list(evaluation, "evaluation.metrics", (v) => typeof v === "string", "names"),
    }),
    visualization: file.present({
      show: file.whole(visualization, "visualization.show", 0, 1000),
      showBpp: file.list(
        visualization,
        "visualization.show_bpp",
        (v) => inRange(v, 1e-6, 1000),
        "rates above 0",
      ),
    }),
  } as VaeransConfig;
}

const MODEL_KEYS = [
  "encoder",
  "decoder",
  "description",
  "licence",
  "downsampling",
  "padding_multiple",
  "latent_scale",
  "latent_shift",
  "input_range",
  "output_range",
  "decoder_expects_scaled_latent",
  "wavelet",
  "levels",
  "step_input",
  "latent_output",
  "runtime",
] as const;

function modelOf(file: Reader, name: string, value: unknown, runtime: string | undefined): ConfiguredModel {
  const at = `models.${name}`, table = file.table(value, at, MODEL_KEYS);
  const key = (part: typeof MODEL_KEYS[number]) => `${at}.${part}`;
  const net = (part: "encoder" | "decoder") => {
    const path = file.text(table, key(part));
    if (path === undefined) throw file.error(key(part), "it must be given, the path of an ONNX file", at);
    return fromFolder(file.folder, path);
  };
  const downsampling = file.whole(table, key("downsampling"), 1, 64) ?? FOREIGN_DEFAULTS.downsampling;
  return {
    ...FOREIGN_DEFAULTS,
    name,
    encoder: net("encoder"),
    decoder: net("decoder"),
    downsampling,
    paddingMultiple: file.whole(table, key("padding_multiple"), 1, 4096) ?? downsampling,
    ...file.present({
      description: file.text(table, key("description")),
      licence: file.text(table, key("licence")),
      latentScale: file.number(table, key("latent_scale"), 1e-6, 1e6),
      latentShift: file.number(table, key("latent_shift"), -1e6, 1e6),
      inputRange: file.choice(table, key("input_range"), ["0_1", "-1_1"]),
      outputRange: file.choice(table, key("output_range"), ["0_1", "-1_1"]),
      decoderExpectsScaledLatent: file.boolean(table, key("decoder_expects_scaled_latent")),
      wavelet: file.choice(table, key("wavelet"), LATENT_WAVELETS),
      levels: file.whole(table, key("levels"), 0, 10),
      stepInput: file.text(table, key("step_input")),
      latentOutput: file.text(table, key("latent_output")),
      runtime: file.choice(table, key("runtime"), NET_RUNTIMES) ?? runtime,
    }),
  } as ConfiguredModel;
}

/** Takes values out of tables, and knows the line of each key. */
class Reader {
  readonly folder: string;
  readonly #path: string;
  readonly #lines = new Map<string, number>();

  constructor(path: string, text: string) {
    this.#path = path;
    this.folder = dirname(path);
    let table = "";
    for (const [index, line] of text.split("\n").entries()) {
      const header = line.match(/^\s*\[\[?([^\]]+)\]/)?.[1];
      const key = header === undefined ? line.match(/^\s*([\w."'-]+)\s*=/)?.[1] : undefined;
      if (header !== undefined) table = plain(header);
      const full = key === undefined ? header === undefined ? undefined : table : joined(table, plain(key));
      if (full !== undefined && !this.#lines.has(full)) this.#lines.set(full, index + 1);
    }
  }

  error(key: string, rule: string, lineOf = key): ConfigError {
    return new ConfigError("config-value", `Cannot use ${key} in ${this.#where(lineOf)}: ${rule}`);
  }

  table(value: unknown, at: string, keys?: readonly string[]): Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.error(at, "it must be a table");
    }
    for (const key of Object.keys(value)) {
      if (keys && !keys.includes(key)) {
        const full = joined(at, key);
        throw new ConfigError(
          "config-key",
          `Cannot use ${full} in ${this.#where(full)}: the key must be one of ${
            keys.join(", ")
          } (got ${key}). Correct it.`,
        );
      }
    }
    return value as Record<string, unknown>;
  }

  text(table: Record<string, unknown>, at: string): string | undefined {
    return this.#value(table, at, (value) => typeof value === "string" && value !== "", "a text") as string;
  }

  boolean(table: Record<string, unknown>, at: string): boolean | undefined {
    return this.#value(table, at, (value) => typeof value === "boolean", "true or false") as boolean;
  }

  number(table: Record<string, unknown>, at: string, least: number, most: number): number | undefined {
    return this.#value(table, at, (value) => inRange(value, least, most), `${least} to ${most}`) as number;
  }

  whole(table: Record<string, unknown>, at: string, least: number, most: number): number | undefined {
    const holds = (value: unknown) => Number.isInteger(value) && inRange(value, least, most);
    return this.#value(table, at, holds, `a whole number from ${least} to ${most}`) as number;
  }

  choice(table: Record<string, unknown>, at: string, choices: readonly string[]): string | undefined {
    const holds = (value: unknown) => typeof value === "string" && choices.includes(value);
    return this.#value(table, at, holds, choices.map((choice) => `"${choice}"`).join(" or ")) as string;
  }

  list(
    table: Record<string, unknown>,
    at: string,
    holds: (value: unknown) => boolean,
    rule: string,
  ): unknown[] | undefined {
    const all = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(holds);
    return this.#value(table, at, all, `a list of ${rule}`) as unknown[];
  }

  /** A number of bytes, or a text like `512 MiB`. */
  bytes(table: Record<string, unknown>, at: string): number | undefined {
    const parsed = (value: unknown): number => {
      if (typeof value === "number") return value;
      const match = String(value).match(/^(\d+(?:\.\d+)?)\s*(KiB|MiB|GiB|kB|MB|GB|B)?$/);
      return match ? Number(match[1]) * UNITS[match[2] ?? "B"] : NaN;
    };
    const holds = (value: unknown) => inRange(parsed(value), 1, 2 ** 32);
    const value = this.#value(table, at, holds, 'bytes up to 4 GiB, like 536870912 or "512 MiB"');
    return value === undefined ? undefined : Math.floor(parsed(value));
  }

  /** Without the members that are `undefined`. */
  present(members: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  }

  #value(
    table: Record<string, unknown>,
    at: string,
    holds: (value: unknown) => boolean,
    rule: string,
  ): unknown {
    const value = table[at.slice(at.lastIndexOf(".") + 1)];
    if (value === undefined || holds(value)) return value;
    throw this.error(at, `it must be ${rule}, not ${JSON.stringify(value)}`);
  }

  #where(key: string): string {
    const line = this.#lines.get(key);
    return line === undefined ? this.#path : `${this.#path}, line ${line}`;
  }
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

function inRange(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && value >= least && value <= most;
}

function plain(key: string): string {
  return key.split(".").map((part) => part.trim().replace(/^["'](.*)["']$/, "$1")).join(".");
}

function joined(table: string, key: string): string {
  return table === "" ? key : `${table}.${key}`;
}

/** The variable's value; none without the permission to ask for it. */
function environment(variable: "VAERANS_CONFIG" | "HOME"): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}
