import { type FileInfo, inspect } from "../../mod.ts";
import { cicpLabel } from "../image/cicp.ts";
import { onlyInput, parseArguments } from "./arguments.ts";
import { about } from "../batch/file_error.ts";
import { readInput } from "./files.ts";

/** What `inspect --help` prints. */
export const INSPECT_HELP = `Usage: deno task inspect <in.vaer> [options]

Tells what a .vaer file holds ("-" reads standard input), from its headers alone: no model is loaded.

      --json             print one JSON object
      --stack            print the stack of an error
  -h, --help             print this`;

/** `inspect <in.vaer> [--json]` */
export async function inspectCommand(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args, { values: {}, switches: {} });
  if (parsed.has("help")) return console.log(INSPECT_HELP);
  const input = onlyInput(parsed);
  const bytes = await readInput(input);
  const info = await about(input, () => inspect(bytes));
  if (parsed.has("json")) return console.log(JSON.stringify({ input, ...info }));
  const rows: [string, string][] = [
    ["size", `${info.width}×${info.height} pixels`],
    [
      "file",
      `${info.bytes} bytes, ${info.bpp.toFixed(3)} bits a pixel, 1:${info.compressionRatio.toFixed(1)}`,
    ],
    ["model", `${info.model} (${info.modelFingerprint})`],
    ["quality", `${info.quality || "not given"}, base step ${info.step.toPrecision(4)}`],
    ["colour", colourOf(info)],
    ["wavelet", `${info.wavelet}, ${info.levels} levels`],
    ...info.sections.map((
      { kind, bytes },
      i,
    ): [string, string] => [`section ${i}`, `${kind}, ${bytes} bytes`]),
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(10)} ${value}`);
}

/** What the samples mean. */
function colourOf({ cicp, sections }: FileInfo): string {
  if (!cicp) return sections.some(({ kind }) => kind === "icc") ? "ICC profile" : "sRGB";
  const { primaries, transfer, matrix, fullRange } = cicp;
  return `${cicpLabel(cicp)} (CICP ${primaries}/${transfer}/${matrix}/${Number(fullRange)})`;
}
