import { BitstreamError, InvalidValueError } from "../../core/mod.ts";
import {
  type ContainerSection,
  MAX_METADATA_BYTES,
  METADATA_NAMES,
  METADATA_SECTION,
  metadataOfKind,
  sectionByteLength,
} from "../../format/mod.ts";
import { inflateAtMost } from "../../image/bounded_inflate.ts";
import { deflate } from "../../image/bytes.ts";
import { cicpBytes, cicpFromBytes, isHdr, isSrgb } from "../../image/cicp.ts";
import type { Cicp, PictureMetadata } from "../../image/mod.ts";

/** What a `.vaer` file carries besides pixels. */
export interface FileMetadata extends PictureMetadata {
  /** Anything of the user's own that JSON can say. */
  readonly user?: unknown;
}

/** Sections of metadata: what tells the colours comes before the pixels, so that a preview can be shown right. */
export async function metadataSections(
  metadata: FileMetadata,
): Promise<{ before: ContainerSection[]; after: ContainerSection[] }> {
  const { user, cicp, ...parts } = metadata;
  const bytes: { readonly [name: string]: Uint8Array | undefined } = {
    ...parts,
    cicp: cicp && checkedCicpBytes(cicp),
    user: user === undefined ? undefined : new TextEncoder().encode(JSON.stringify(user)),
  };
  const sections: ContainerSection[] = [];
  for (const [number, name] of METADATA_NAMES.entries()) {
    const content = bytes[name];
    if (!content) continue;
    if (content.length > MAX_METADATA_BYTES) {
      throw new InvalidValueError(
        "metadata-size",
        `Cannot store ${name} metadata: it must have at most ${MAX_METADATA_BYTES} bytes (got ` +
          `${content.length}). Leave it out.`,
      );
    }
    const packed = await deflate(content, "deflate-raw");
    const deflated = packed.length < content.length;
    const kind = METADATA_SECTION + 2 * number + Number(deflated);
    sections.push({ kind, payload: deflated ? packed : content });
  }
  const isColour = ({ kind }: ContainerSection) => {
    const name = metadataOfKind(kind)?.name;
    return name === "icc" || name === "cicp";
  };
  return {
    before: sections.filter(isColour),
    after: sections.filter((section) => !isColour(section)),
  };
}

/** Bytes that the metadata of a picture takes in a file. Errors: as {@linkcode metadataSections}. */
export async function metadataBytes(metadata: FileMetadata | false): Promise<number> {
  const { before, after } = metadata === false ? { before: [], after: [] } : await metadataSections(metadata);
  return [...before, ...after].reduce((sum, { payload }) => sum + sectionByteLength(payload.length), 0);
}

/** The section of a colour description; `undefined` for sRGB, which is what a file without one means. */
function checkedCicpBytes(cicp: Cicp): Uint8Array | undefined {
  const { primaries, transfer, matrix, fullRange } = cicp;
  const isByte = (code: number) => Number.isInteger(code) && code >= 0 && code <= 255;
  if (!isByte(primaries) || !isByte(transfer) || matrix !== 0 || typeof fullRange !== "boolean") {
    throw new InvalidValueError(
      "metadata-cicp",
      `Cannot store cicp metadata: primaries and transfer must be whole numbers from 0 to 255, matrix 0 and fullRange ` +
        `true or false (got ${primaries}, ${transfer}, ${matrix}, ${fullRange}). Leave it out for sRGB.`,
    );
  }
  return isSrgb(cicp) ? undefined : cicpBytes(cicp);
}

/**
 * Refuses to code samples of high dynamic range with loss: models, steps and metrics are made for the curves of displays.
 *
 * @throws InvalidValueError ("lossy-hdr").
 */
export function refuseHdrSamples(...metadata: readonly (FileMetadata | false | undefined)[]): void {
  const hdr = metadata.map((parts) => parts ? parts.cicp : undefined).find((cicp) => cicp && isHdr(cicp));
  if (!hdr) return;
  throw new InvalidValueError(
    "lossy-hdr",
    "Cannot compress with loss: the samples must be of standard dynamic range (got " +
      `${hdr.transfer === 16 ? "PQ" : "HLG"}). Use lossless or nearLossless, or convert the picture to ` +
      "sRGB first.",
  );
}

/** The metadata among a file's sections. Errors: `BitstreamError` ("metadata-damaged") that names the section. */
export async function readMetadata(sections: readonly ContainerSection[]): Promise<FileMetadata> {
  const metadata: { [name: string]: unknown } = {};
  for (const { kind, payload } of sections) {
    const known = metadataOfKind(kind);
    if (!known || Object.hasOwn(metadata, known.name)) continue;
    const content = known.deflated
      ? await inflateAtMost(payload, MAX_METADATA_BYTES, "deflate-raw")
      : payload;
    if (!content) {
      throw damaged(
        known.name,
        `it must inflate to at most ${MAX_METADATA_BYTES} bytes`,
        "more, or damaged data",
      );
    }
    metadata[known.name] = contentOf(known.name, content);
  }
  return metadata;
}

function contentOf(name: string, content: Uint8Array): unknown {
  if (name === "user") return parsed(content);
  if (name !== "cicp") return content.slice();
  const cicp = cicpFromBytes(content);
  if (!cicp) throw damaged(name, "it must describe RGB samples", content.join(" "));
  return cicp;
}

function parsed(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch (cause) {
    throw damaged("user", "it must be JSON", cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function damaged(name: string, rule: string, got: string, cause?: unknown): BitstreamError {
  return new BitstreamError(
    "metadata-damaged",
    `Cannot read the ${name} metadata: ${rule} (got ${got}). Fetch the file again.`,
    cause === undefined ? undefined : { cause },
  );
}
