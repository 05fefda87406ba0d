import type { FileInfo } from "../../mod.ts";
import { about } from "../batch/file_error.ts";
import { reducedSide } from "../codec/reduction/coded_size.ts";
import { inspectReadable } from "../codec/inspect.ts";
import { cicpLabel } from "../image/cicp.ts";
import { onlyInput, parseArguments } from "./arguments.ts";
import { namedInput, readInput } from "./files.ts";
import { helpOf } from "./options/help.ts";
import { optionsOf } from "./options/option.ts";
import { INSPECT } from "./options/others.ts";
import { say, tell } from "./say.ts";

/** `inspect <in.vaer> [--json]` */
export async function inspectCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(args, optionsOf(INSPECT));
  if (parsed.has("help")) {
    console.log(helpOf(INSPECT));
    return 0;
  }
  const input = namedInput(onlyInput(parsed));
  const bytes = await readInput(input);
  const { info, missing, damage } = await about(input, () => inspectReadable(bytes));
  const isWhole = missing === undefined && damage === undefined;
  if (parsed.has("json")) {
    const told = damage && { damage: { code: damage.code, message: damage.message } };
    console.log(JSON.stringify({ input, ...info, complete: isWhole, ...told }));
  } else for (const [name, value] of rowsOf(info)) say(`${name.padEnd(10)} ${value}`);
  if (isWhole) return 0;
  if (missing === undefined) return await about(input, () => Promise.reject(damage));
  tell(`vaerans: ${input}: the file is incomplete: ${missing.message}`);
  return 1;
}

function rowsOf(info: FileInfo): [name: string, value: string][] {
  const { width, height, bytes, bpp, compressionRatio, bitDepth, grey, alpha, tileSide, reduction } = info;
  const coded = [width, height].map((side) => reducedSide(side, reduction)).join("×");
  const samples = [`${bitDepth} bits per sample`, grey ? "grey" : "RGB", ...alpha ? ["alpha"] : []];
  return [
    ["size", `${width}×${height} pixels`],
    ...reduction === 0 ? [] : [["coded as", `${coded} pixels, enlarged by the decoder`] as [string, string]],
    ["samples", samples.join(", ")],
    ["file", `${bytes} bytes, ${bpp.toFixed(3)} bits per pixel, 1:${compressionRatio.toFixed(1)}`],
    ["model", `${info.model} (${info.modelFingerprint})`],
    ["quality", `${info.quality || "another target"}, base step ${info.step.toPrecision(4)}`],
    ["content", info.content],
    ["colour", colourOf(info)],
    ["wavelet", `${info.wavelet}, ${info.levels} levels`],
    ...tileSide === 0 ? [] : [["groups", `${tileSide}×${tileSide} pixels`] as [string, string]],
    ...info.sections.map((
      { kind, bytes },
      i,
    ): [string, string] => [`section ${i}`, `${kind}, ${bytes} bytes`]),
  ];
}

/** What the samples mean. */
function colourOf({ cicp, sections }: FileInfo): string {
  if (!cicp) return sections.some(({ kind }) => kind === "icc") ? "ICC profile" : "sRGB";
  const { primaries, transfer, matrix, fullRange } = cicp;
  return `${cicpLabel(cicp)} (CICP ${primaries}/${transfer}/${matrix}/${Number(fullRange)})`;
}
