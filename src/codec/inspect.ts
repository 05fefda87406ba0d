import { stepFromCode } from "../components/mod.ts";
import type { WaveletName } from "../core/mod.ts";
import { CODER_CONTEXT, CODER_STATIC, CODER_WIDE } from "../entropy/mod.ts";
import {
  EXACT_SECTION,
  LATENT_SECTION,
  OPTIONAL_SECTION,
  PIXEL_CHECK_SECTION,
  PIXEL_SECTION,
  readContainer,
} from "../format/mod.ts";
import { modelNameOf } from "./model_choice.ts";

/** What {@linkcode inspect} tells of a file. */
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
  readonly wavelet: WaveletName;
  /** Levels of decomposition. */
  readonly levels: number;
  /** Sections in file order. */
  readonly sections: readonly FileSection[];
}

/** One section of a file. */
export interface FileSection {
  /** What it holds, and the coder. */
  readonly kind: string;
  /** Size of its payload. */
  readonly bytes: number;
}

/** Options of {@linkcode inspect}. */
export interface InspectOptions {
  /** Accept the beginning of a file and tell of the sections that are whole. */
  readonly partial?: boolean;
}

/**
 * Tells what a file holds, from its headers alone: no model is loaded, nothing is decoded. All checksums are verified.
 *
 * @param bytes The file.
 * @param options Whether a part of it will do.
 * @throws BitstreamError.
 */
export function inspect(bytes: Uint8Array, options: InspectOptions = {}): FileInfo {
  const { header, sections } = readContainer(bytes, { maxPixels: Infinity, ...options });
  const { width, height } = header;
  return {
    width,
    height,
    bytes: bytes.length,
    bpp: 8 * bytes.length / (width * height),
    compressionRatio: 3 * width * height / bytes.length,
    model: modelNameOf(header),
    modelFingerprint: header.modelFingerprint.toString(16).padStart(8, "0"),
    quality: header.quality,
    step: stepFromCode(header.stepCode),
    wavelet: header.wavelet,
    levels: header.levels,
    sections: sections.map(({ kind, payload }) => ({ kind: sectionName(kind), bytes: payload.length })),
  };
}

const STREAMS: readonly (readonly [kind: number, name: string])[] = [
  [LATENT_SECTION, "latent"],
  [PIXEL_SECTION, "pixels"],
  [EXACT_SECTION, "exact pixels"],
];

const CODERS: readonly (readonly [id: number, name: string])[] = [
  [CODER_STATIC, "static"],
  [CODER_CONTEXT, "context"],
  [CODER_WIDE, "wide"],
];

function sectionName(kind: number): string {
  if (kind === PIXEL_CHECK_SECTION) return "pixel check";
  const stream = STREAMS.find(([base]) => base === (kind & 0xf0))?.[1];
  const coder = CODERS.find(([id]) => id === (kind & 15))?.[1];
  if (stream && coder) return `${stream}, ${coder}`;
  return `${kind & OPTIONAL_SECTION ? "optional" : "critical"} ${kind & ~OPTIONAL_SECTION}`;
}
