/**
 * The command line: `compress`, `decompress`, `inspect`, `placeholder`, `view`, `serve`, `demo`, `models`, `completions`. Run it in a clone by `deno task compress`, from any
 * folder by its path, or install it:
 *
 * ```sh
 * deno run -R -W /path/to/vaerans/src/cli/main.ts compress photo.png
 * deno install -g -n vaerans -R -W /path/to/vaerans/src/cli/main.ts
 * ```
 *
 * @module
 */
import { Deno } from "../host/deno_api.ts";
import { host } from "../host/mod.ts";
import "../codec/all_parts.ts";
import config from "../../deno.json" with { type: "json" };
import { FORMAT_VERSION } from "../format/mod.ts";
import { completionsCommand } from "./completions.ts";
import { compressCommand } from "./compress.ts";
import { decompressCommand } from "./decompress.ts";
import { demoCommand } from "./demo.ts";
import { placeholderCommand } from "./placeholder.ts";
import { report, UsageError } from "./fail.ts";
import { inspectCommand } from "./inspect.ts";
import { modelsCommand } from "./models.ts";
import { nearMatches, proposal } from "./near_matches.ts";
import { helpOf, listOf } from "./options/help.ts";
import { COMMANDS } from "./options/mod.ts";
import { choicesText } from "./options/option.ts";

const RUNS: { readonly [name: string]: (args: readonly string[]) => Promise<number | void> } = {
  compress: compressCommand,
  decompress: decompressCommand,
  inspect: inspectCommand,
  placeholder: placeholderCommand,
  // Loaded when called: they bring a server and the bundler, which other commands do without.
  view: async (args) => await (await import("./view.ts")).viewCommand(args),
  serve: async (args) => await (await import("./serve.ts")).serveCommand(args),
  demo: demoCommand,
  models: modelsCommand,
  completions: completionsCommand,
};

const MAIN_HELP = `Usage: vaerans <command> [options], or deno task <command> [options] in a clone

${listOf(COMMANDS)}

vaerans <command> --help prints the options of a command, vaerans help those of all commands.
vaerans --version prints the versions of the program, of the file format and of the runtime.`;

/**
 * Runs one command.
 *
 * @param args The command's name, then its arguments.
 * @returns Exit code: 0, 1 after a failure, 2 after wrong usage, 130 after an interrupt. Failures are one line on stderr.
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === "help" && rest.length === 0) {
      console.log(COMMANDS.map(helpOf).join("\n\n"));
      return 0;
    }
    if (name === undefined || name === "--help" || name === "-h") {
      console.log(MAIN_HELP);
      return name === undefined ? 2 : 0;
    }
    if (name === "help") return await main([...rest, "--help"]);
    if (isVersionRequest(args)) {
      console.log(`vaerans ${config.version}, file format ${FORMAT_VERSION}, ${host.version}`);
      return 0;
    }
    const command = Object.hasOwn(RUNS, name) ? RUNS[name] : undefined;
    if (!command) {
      const names = COMMANDS.map(({ name }) => name), near = nearMatches(name, names);
      throw new UsageError(
        `the command must be ${choicesText(names)} (got ${name})`,
        proposal(near),
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
