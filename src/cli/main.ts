/**
 * The command line: `compress`, `decompress`, `inspect`, `demo`, `models`.
 *
 * ```sh
 * deno run -R -W jsr:@vaerans/vaerans/cli compress photo.png
 * ```
 *
 * @module
 */
import { COMPRESS_HELP, compressCommand } from "./compress.ts";
import { DECOMPRESS_HELP, decompressCommand } from "./decompress.ts";
import { DEMO_HELP, demoCommand } from "./demo.ts";
import { report, UsageError } from "./fail.ts";
import { MODELS_HELP, modelsCommand } from "./models.ts";
import { INSPECT_HELP, inspectCommand } from "./inspect.ts";

const COMMANDS: { readonly [name: string]: (args: readonly string[]) => Promise<number | void> } = {
  compress: compressCommand,
  decompress: decompressCommand,
  inspect: inspectCommand,
  demo: demoCommand,
  models: modelsCommand,
};

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
      console.log([COMPRESS_HELP, DECOMPRESS_HELP, INSPECT_HELP, DEMO_HELP, MODELS_HELP].join("\n\n"));
      return name === undefined ? 2 : 0;
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) {
      throw new UsageError(`Unknown command ${name}; there are ${Object.keys(COMMANDS).join(", ")}`);
    }
    return await command(rest) ?? 0;
  } catch (error) {
    return report(error, args.includes("--stack"));
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
