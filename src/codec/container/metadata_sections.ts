import { InvalidValueError } from "../../core/mod.ts";
import {
  type ContainerSection,
  MAX_METADATA_BYTES,
  METADATA_NAMES,
  METADATA_SECTION,
  metadataOfKind,
  sectionByteLength,
} from "../../format/mod.ts";
import { checkNames } from "../../core/option_rules.ts";
import { messageOf } from "../../core/error_message.ts";
import { typeOf } from "../../core/picture.ts";
import { cicpBytes, isHdr, isSrgb } from "../../image/cicp.ts";
import { deflateRaw } from "../../image/deflate/deflate_with.ts";
import { profileFault } from "../../image/icc_profile.ts";
import type { Cicp } from "../../image/mod.ts";
import type { FileMetadata } from "./metadata.ts";

/** Metadata as a file stores them: what tells the colours comes before the pixels, so that a preview can be shown right. */
export interface MetadataSections {
  /** Before the streams. */
  readonly before: readonly ContainerSection[];
  /** After the streams. */
  readonly after: readonly ContainerSection[];
}

/** A file without metadata. */
export const NO_METADATA: MetadataSections = { before: [], after: [] };

/** Packs metadata. */
export function metadataSections(metadata: FileMetadata | false): MetadataSections {
  const { user, cicp, ...parts } = metadata || {};
  checkNames("store metadata", metadata || {}, METADATA_NAMES);
  const bytes: { readonly [name: string]: Uint8Array | undefined } = {
    ...parts,
    cicp: cicp === undefined ? undefined : checkedCicpBytes(cicp),
    user: user === undefined ? undefined : jsonBytes(user),
  };
  const sections: ContainerSection[] = [];
  for (const [number, name] of METADATA_NAMES.entries()) {
    const content = bytes[name];
    if (content === undefined) continue;
    if (typeOf(content) !== "Uint8Array") {
      throw new InvalidValueError(
        "option-value",
        `Cannot store ${name} metadata: it must be a Uint8Array (got ${typeOf(content)}). Give its bytes.`,
      );
    }
    const fault = name === "icc" && profileFault(content);
    if (fault) {
      throw new InvalidValueError(
        "metadata-icc",
        `Cannot store icc metadata: it must be a whole ICC profile (got one that ${fault}). Leave it out for sRGB.`,
      );
    }
    if (content.length > MAX_METADATA_BYTES) {
      throw new InvalidValueError(
        "metadata-size",
        `Cannot store ${name} metadata: it must have at most ${MAX_METADATA_BYTES} bytes (got ` +
          `${content.length}). Leave it out.`,
      );
    }
    const packed = deflateRaw(content);
    const deflated = packed.length < content.length;
    const kind = METADATA_SECTION + 2 * number + Number(deflated);
    sections.push({ kind, payload: deflated ? packed : new Uint8Array(content) });
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

/** Bytes that metadata take in a file. */
export function metadataBytes({ before, after }: MetadataSections): number {
  return [...before, ...after].reduce((sum, { payload }) => sum + sectionByteLength(payload.length), 0);
}

/** JSON of the user's own. */
function jsonBytes(user: unknown): Uint8Array {
  let text: string | undefined, reason = typeOf(user);
  try {
    text = JSON.stringify(user);
  } catch (error) {
    reason = messageOf(error);
  }
  if (text !== undefined) return new TextEncoder().encode(text);
  throw new InvalidValueError(
    "option-value",
    `Cannot store user metadata: it must be a value that JSON can say (got ${reason}). Give plain objects, texts and numbers.`,
  );
}

/** The section of a colour description; `undefined` for sRGB, which is what a file without one means. */
function checkedCicpBytes(cicp: Cicp): Uint8Array | undefined {
  const { primaries, transfer, matrix, fullRange } = Object(cicp) as Cicp;
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
