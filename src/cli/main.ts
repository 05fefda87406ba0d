/**
 * The command line: `compress`, `decompress`, `inspect`, `demo`, `models`. Run it in a clone by `deno task compress`, from any
 * folder by its path, or install it:
 *
 * ```sh
 * deno run -R -W /path/to/vaerans/src/cli/main.ts compress photo.png
 * deno install -g -n vaerans -R -W /path/to/vaerans/src/cli/main.ts
 * ```
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { FORMAT_VERSION } from "../format/mod.ts";
import { COMPRESS_HELP, compressCommand } from "./compress.ts";
import { DECOMPRESS_HELP, decompressCommand } from "./decompress.ts";
import { DEMO_HELP, demoCommand } from "./demo.ts";
import { report, UsageError } from "./fail.ts";
import { INSPECT_HELP, inspectCommand } from "./inspect.ts";
import { MODELS_HELP, modelsCommand } from "./models.ts";
import { nearMatches, proposal } from "./near_matches.ts";

const COMMANDS: { readonly [name: string]: (args: readonly string[]) => Promise<number | void> } = {
  compress: compressCommand,
  decompress: decompressCommand,
  inspect: inspectCommand,
  demo: demoCommand,
  models: modelsCommand,
};

const MAIN_HELP = `Usage: vaerans <command> [options], or deno task <command> [options] in a clone

Commands: compress, decompress, inspect, demo, models. --help after a command prints its options alone.
--version prints the versions of the program, of the file format and of Deno.`;

/**
 * Runs one command.
 *
 * @param args The command's name, then its arguments.
 * @returns Exit code: 0, 1 after a failure, 2 after wrong usage, 130 after an interrupt. Failures are one line on stderr.
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === "--help" || name === "-h" || name === "help") {
      console.log(
        [MAIN_HELP, COMPRESS_HELP, DECOMPRESS_HELP, INSPECT_HELP, DEMO_HELP, MODELS_HELP].join("\n\n"),
      );
      return name === undefined ? 2 : 0;
    }
    if (isVersionRequest(args)) {
      console.log(`vaerans ${config.version}, file format ${FORMAT_VERSION}, Deno ${Deno.version.deno}`);
      return 0;
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) {
      const names = Object.keys(COMMANDS), near = nearMatches(name, names);
      throw new UsageError(
        `Unknown command ${name}${proposal(near) || `: the commands are ${names.join(", ")}`}`,
      );
    }
    return await command(rest) ?? 0;
  } catch (error) {
    return report(error, args.includes("--stack"));
  }
}

/** `--version` or `-V`, alone or among a command's options. */
function isVersionRequest(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? args.length : end).some((arg) => arg === "--version" || arg === "-V");
}

if (import.meta.main) Deno.exit(await main(Deno.args));
