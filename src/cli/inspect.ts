import type { FileInfo } from "../../mod.ts";
import { BitstreamError } from "../core/mod.ts";
import { about } from "../batch/file_error.ts";
import { reducedSide } from "../codec/reduction/coded_size.ts";
import { readMetadata } from "../codec/container/metadata.ts";
import { inspectReadable } from "../codec/inspect.ts";
import { type ContainerSection, metadataOfKind, PIPE_MODEL_NAME } from "../format/mod.ts";
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
  const { info, sections, missing, damage } = await about(input, () => inspectReadable(bytes));
  const isWhole = missing === undefined && damage === undefined;
  const pipe = info.model === PIPE_MODEL_NAME ? await pipeOf(sections) : undefined;
  if (parsed.has("json")) {
    const told = damage && { damage: { code: damage.code, message: damage.message } };
    console.log(JSON.stringify({ input, ...info, ...pipe && { pipe }, complete: isWhole, ...told }));
  } else for (const [name, value] of [...rowsOf(info), ...pipeRows(pipe)]) say(`${name.padEnd(10)} ${value}`);
  if (isWhole) return 0;
  if (missing === undefined) return await about(input, () => Promise.reject(damage));
  tell(`vaerans: ${input}: the file is incomplete: ${missing.message}`);
  return 1;
}

/** What a file that `VaerWrite` made says of its pipe. */
interface PipeNames {
  /** Systems that made the stream, in order. */
  readonly systems: readonly string[];
  /** Those among them that are not this package's: a reader needs their inverse. */
  readonly custom: readonly string[];
}

/** The record of a pipe in the user section; `undefined` if no pipe made the file, or its user section cannot be read. */
async function pipeOf(sections: readonly ContainerSection[]): Promise<PipeNames | undefined> {
  try {
    const user = sections.filter(({ kind }) => metadataOfKind(kind)?.name === "user");
    const { systems, custom } = Object(Object((await readMetadata(user)).user).pipe);
    return isTexts(systems) && isTexts(custom) ? { systems, custom } : undefined;
  } catch (error) {
    if (error instanceof BitstreamError) return undefined;
    throw error;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function pipeRows(pipe: PipeNames | undefined): [name: string, value: string][] {
  if (!pipe) return [];
  return [
    ["systems", pipe.systems.join(", ") || "none"],
    ["custom", pipe.custom.join(", ") || "none"],
  ];
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
