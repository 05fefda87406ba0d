import { stepFromCode } from "../components/mod.ts";
import type { WaveletName } from "../wavelets/mod.ts";
import type { BitstreamError } from "../core/mod.ts";
import { anyBoolean, anySignal, checkAll } from "../core/option_rules.ts";
import { typeOf } from "../core/picture.ts";
import {
  bytesOf,
  type ContainerHeader,
  type ContainerSection,
  EXACT_SECTION,
  type FileSource,
  metadataOfKind,
  type MissingBytes,
  openSource,
  parseContainer,
  present,
  sectionName,
  truncationError,
} from "../format/mod.ts";
import { CICP_BYTES, cicpFromBytes } from "../image/cicp.ts";
import type { Cicp } from "../image/mod.ts";
import { PIXELS } from "./streams/pixel_params.ts";
import { modelNameOf } from "./streams/model_of_file.ts";
import { readHeads, type SectionHead } from "./container/read_file.ts";

/** No pixels are decoded, so their number has no limit. */
const LIMITS = { maxPixels: Infinity };

/** Description of a file, as {@linkcode inspect} returns it. */
export interface FileInfo {
  /** Columns, in pixels. */
  readonly width: number;
  /** Rows, in pixels. */
  readonly height: number;
  /** Size of the file. */
  readonly bytes: number;
  /** 8 · bytes / (width · height). */
  readonly bpp: number;
  /** Raw RGB bytes over the file's. */
  readonly compressionRatio: number;
  /** Name of the model that decodes it. */
  readonly model: string;
  /** First four bytes of the model's fingerprint, eight hex digits. */
  readonly modelFingerprint: string;
  /** Quality asked for; 0 if another target was. */
  readonly quality: number;
  /** Base quantiser step, in the latent's units. */
  readonly step: number;
  /** Lifting scheme. */
  // deno-doc-ignore private-type-ref -- /kernels exports it
  readonly wavelet: WaveletName;
  /** Levels of decomposition. */
  readonly levels: number;
  /** Whether R = G = B everywhere. */
  readonly grey: boolean;
  /** Bits a sample, 8 or 16. */
  readonly bitDepth: 8 | 16;
  /** Whether the picture has alpha. */
  readonly alpha: boolean;
  /**
   * What the encoder took the picture for: `"photo"`, `"graphics"` (exact, of few colours), `"mixed"` (a layer of graphics above
   * a photograph), or `"lossless"` where nothing was to be chosen.
   */
  readonly content: "photo" | "graphics" | "mixed" | "lossless";
  /** How often the sides of the coded picture are halved; the decoder enlarges it. 0 for most files. */
  readonly reduction: number;
  /** Side of the tiles in pixels; 0 for a picture in one piece. */
  readonly tileSide: number;
  /** How to read the colours, by code points; absent for sRGB and for files that have only an ICC profile. */
  readonly cicp?: Cicp;
  /** Sections in file order. */
  readonly sections: readonly {
    /** What it holds, and the coder. */
    readonly kind: string;
    /** Size of its payload. */
    readonly bytes: number;
  }[];
}

/**
 * Returns the description of a file from its headers, without loading a model or decoding pixels. If given bytes, verifies
 * all checksums and returns synchronously.
 *
 * @param bytes The file.
 * @param options `partial` (default false): accept the beginning of a file and list the sections that are whole. `signal`
 *   stops the reading of a source.
 * @throws BitstreamError, InvalidValueError ("option-unknown", "option-value"), the reason of an aborted signal.
 */
export function inspect(
  bytes: Uint8Array,
  options?: { readonly partial?: boolean; readonly signal?: AbortSignal },
): FileInfo;
/**
 * Returns the description of a `Blob`, an open file or a URL with HTTP ranges. Only the header and the first bytes of each
 * section are read, and only the header's checksum is verified.
 *
 * @param source Where the file is.
 * @param options As above.
 * @throws BitstreamError, the reason of an aborted signal.
 */
export function inspect(
  source: FileSource,
  options?: { readonly partial?: boolean; readonly signal?: AbortSignal },
): Promise<FileInfo>;
export function inspect(
  source: FileSource,
  options: { readonly partial?: boolean; readonly signal?: AbortSignal } = {},
): FileInfo | Promise<FileInfo> {
  checkAll("inspect", options, { partial: anyBoolean, signal: anySignal });
  const { partial = false, signal } = options;
  const bytes = typeOf(source) === "Uint8Array" && bytesOf(source);
  if (!bytes) return inspectSource(source, partial, signal);
  signal?.throwIfAborted();
  const { info, missing } = inspectBeginning(bytes);
  if (missing && !partial) throw truncationError(missing);
  return info;
}

/**
 * Describes a file by its header and its whole sections. `missing` is set if the bytes end within a section. Errors: as
 * {@linkcode inspect}; "file-truncated" only if the header is not whole.
 */
export function inspectBeginning(
  bytes: Uint8Array,
): { readonly info: FileInfo; readonly missing: MissingBytes | undefined } {
  const { info, missing, damage } = inspectReadable(bytes);
  if (damage) throw damage;
  return { info, missing };
}

/**
 * Describes a file by its header and the whole sections before the first that is damaged. Errors: as {@linkcode inspect},
 * those of the header only.
 */
export function inspectReadable(bytes: Uint8Array): {
  readonly info: FileInfo;
  /** The sections that `info` lists, with their payloads. */
  readonly sections: readonly ContainerSection[];
  /** Set if the bytes end within a section. */
  readonly missing?: MissingBytes;
  /** Set if a section is damaged. */
  readonly damage?: BitstreamError;
} {
  const { header, sections, missing, damage } = present(parseContainer(bytes, LIMITS));
  const heads = sections.map(({ kind, payload }) => ({ kind, byteLength: payload.length }));
  const info = describe(header, heads, sections.find(isCicp)?.payload, bytes.length);
  return { info, sections, ...missing && { missing }, ...damage && { damage } };
}

async function inspectSource(
  source: FileSource,
  partial: boolean,
  signal: AbortSignal | undefined,
): Promise<FileInfo> {
  signal?.throwIfAborted();
  const bytes = await openSource(source, signal);
  const { header, sections, missing } = await readHeads(bytes, LIMITS, signal);
  if (missing && !partial) throw truncationError(missing);
  const record = sections.find((section) => isCicp(section) && section.byteLength === CICP_BYTES);
  const cicp = record && await bytes.read(record.payloadOffset, record.byteLength, signal);
  return describe(header, sections, cicp, bytes.byteLength);
}

/** Whether a section is a colour description; they are too short to be deflated. */
function isCicp({ kind }: { readonly kind: number }): boolean {
  const metadata = metadataOfKind(kind);
  return metadata?.name === "cicp" && !metadata.deflated;
}

function contentOf(
  { graphicsLayer, quality, modelId, levels }: ContainerHeader,
  sections: readonly Pick<SectionHead, "kind">[],
): FileInfo["content"] {
  if (graphicsLayer) return "mixed";
  // Of the beginning of a file there may be no section yet: pixels without a wavelet are exact.
  const isExact = sections.some(({ kind }) => (kind & 0xf0) === EXACT_SECTION) ||
    (modelId === PIXELS.id && levels === 0);
  return !isExact ? "photo" : quality > 0 ? "graphics" : "lossless";
}

function describe(
  header: ContainerHeader,
  sections: readonly Pick<SectionHead, "kind" | "byteLength">[],
  cicpBytes: Uint8Array | undefined,
  byteLength: number,
): FileInfo {
  const { width, height } = header;
  const cicp = cicpBytes && cicpFromBytes(cicpBytes);
  return {
    width,
    height,
    bytes: byteLength,
    bpp: 8 * byteLength / (width * height),
    compressionRatio: 3 * width * height / byteLength,
    model: modelNameOf(header),
    modelFingerprint: header.modelFingerprint.toString(16).padStart(8, "0"),
    quality: header.quality,
    step: stepFromCode(header.stepCode),
    wavelet: header.wavelet,
    levels: header.levels,
    grey: header.grey,
    bitDepth: header.bitDepth,
    alpha: header.alphaBound !== undefined,
    content: contentOf(header, sections),
    reduction: header.reduction,
    tileSide: header.tileSide,
    ...(cicp && { cicp }),
    sections: sections.map(({ kind, byteLength }) => ({ kind: sectionName(kind), bytes: byteLength })),
  };
}
