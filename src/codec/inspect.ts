import { stepFromCode } from "../components/mod.ts";
import type { WaveletName } from "../core/mod.ts";
import { readContainer, sectionName } from "../format/mod.ts";
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
  /** Whether R = G = B everywhere. */
  readonly grey: boolean;
  /** Bits a sample, 8 or 16. */
  readonly bitDepth: 8 | 16;
  /** Whether the picture has alpha. */
  readonly alpha: boolean;
  /** Side of the groups in pixels; 0 for a picture in one piece. */
  readonly groupSide: number;
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
    grey: header.grey,
    bitDepth: header.bitDepth,
    alpha: header.alphaBound !== undefined,
    groupSide: header.groupSide,
    sections: sections.map(({ kind, payload }) => ({ kind: sectionName(kind), bytes: payload.length })),
  };
}
