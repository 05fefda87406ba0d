// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { messageOf } from "../core/error_message.ts";
import { Deno } from "../host/deno_api.ts";
import { ConfigError } from "../core/mod.ts";
import { dirname } from "../host/path.ts";
import { parseToml, TomlError } from "../deps/toml.ts";
import { checkedTables } from "./config_schema.ts";
import { FOREIGN_DEFAULTS, type ForeignModel } from "./foreign.ts";
import { fromFolder, isFile, withinFolder } from "./paths.ts";
import type { SchemaIssue } from "./schema.ts";
import type { NetRuntime } from "../kernels/kernels.ts";
import type { LatentWavelet } from "../wavelets/mod.ts";

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
    /** `keep_smaller`: copy the source if the `.vaer` file would be larger. */
    readonly keepSmaller?: boolean;
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
const CONFIG_NAME = "vaerans.toml";

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
    if (mayRead(path) && await isFile(path)) {
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
    const reason = messageOf(cause);
    throw new ConfigError(
      "config-missing",
      `Cannot read the configuration ${path}: the file must be readable (got: ${reason}). Correct ` +
        "VAERANS_CONFIG.",
      { cause },
    );
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
  let root: unknown;
  try {
    root = parseToml(text);
  } catch (cause) {
    const reason = cause instanceof TomlError
      ? `${cause.message.split("\n")[0]} on line ${cause.line}, column ${cause.column}`
      : String(cause);
    throw new ConfigError(
      "config-syntax",
      `Cannot read the configuration ${path}: it must be TOML (got: ${reason}). Correct the line.`,
      { cause },
    );
  }
  const { models, ...sections } = checkedTables(root, (issue) => configError(issue, path, keyLines(text)));
  const { runtime } = sections.compression;
  return {
    path,
    ...sections,
    models: new Map(
      Object.entries(models).map(([name, { encoder, decoder, ...given }]) => [name, {
        ...FOREIGN_DEFAULTS,
        paddingMultiple: given.downsampling ?? FOREIGN_DEFAULTS.paddingMultiple,
        ...runtime !== undefined && { runtime },
        ...given,
        name,
        encoder: fromFolder(dirname(path), encoder),
        decoder: fromFolder(dirname(path), decoder),
      }]),
    ),
  };
}

function configError(
  { keys, rule, got, isUnknownKey }: SchemaIssue,
  path: string,
  lines: ReadonlyMap<string, number>,
): ConfigError {
  const full = keys.join("."), line = lines.get(full) ?? lines.get(keys.slice(0, -1).join("."));
  const where = line === undefined ? path : `${path}, line ${line}`;
  return isUnknownKey
    ? new ConfigError("config-key", `Cannot use ${full} in ${where}: ${rule} (got ${got}). Correct it.`)
    : new ConfigError("config-value", `Cannot use ${full} in ${where}: ${rule} (got ${got}). Correct it.`);
}

/** The line of each key and table of a TOML file, from 1. */
function keyLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  let table = "";
  for (const [index, line] of text.split("\n").entries()) {
    const header = line.match(/^\s*\[\[?([^\]]+)\]/)?.[1];
    const key = header === undefined ? line.match(/^\s*([\w."'-]+)\s*=/)?.[1] : undefined;
    if (header !== undefined) table = plain(header);
    const full = key === undefined ? header && table : table === "" ? plain(key) : `${table}.${plain(key)}`;
    if (full !== undefined && !lines.has(full)) lines.set(full, index + 1);
  }
  return lines;
}

function plain(key: string): string {
  return key.split(".").map((part) => part.trim().replace(/^["'](.*)["']$/, "$1")).join(".");
}

/** The variable's value; none without the permission to ask for it. */
function environment(variable: "VAERANS_CONFIG" | "HOME"): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}
