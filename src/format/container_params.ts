import { BitstreamError } from "../core/mod.ts";
import type { WaveletName } from "../wavelets/mod.ts";

/** First bytes of every file: "V", 0xC6, "R". The middle one has its top bit set, so that a 7-bit transfer shows. */
export const MAGIC: readonly number[] = [0x56, 0xc6, 0x52];
/** Version this package writes and reads. */
export const FORMAT_VERSION = 1;

/** Largest side, in pixels. */
export const MAX_SIDE = 2 ** 24;
/** Default limit of width × height when reading. */
export const DEFAULT_MAX_PIXELS: number = 2 ** 28;
/** Most sections of a file: 2^28 pixels in tiles of 512, three resolutions of colour and of alpha, and metadata. */
export const MAX_SECTIONS = 8192;
/** Longest model name, in bytes of UTF-8. */
export const MAX_MODEL_NAME_BYTES = 64;

/** Bit of a section's kind: readers that do not know the kind may skip it. */
export const OPTIONAL_SECTION = 0x80;
/** Kind of a section of latent symbols; its low four bits are the coder's id, see `entropy/`. */
export const LATENT_SECTION = 0x10;

/** Kind of a section of quantised pixel coefficients, likewise. */
export const PIXEL_SECTION = 0x20;
/** Kind of a section of integer pixel coefficients that are not quantised, likewise. */
export const EXACT_SECTION = 0x30;
/** Kind of a section of integer alpha coefficients, likewise. */
export const ALPHA_SECTION = 0x40;
/** Kind of the section that gives the lengths of all stream sections of a picture in tiles. */
export const INDEX_SECTION = 0x50;
/** Kind of the section that holds the blocks' steps of a pixel stream of weighted steps, coded by the subband coder. */
export const STEP_MAP_SECTION = 0x60;
/** Kind of the section that lists the values of samples of an exact stream. */
export const SAMPLE_VALUES_SECTION = 0x61;
/** Kind of a section of the layer of graphics above a lossy stream, likewise. */
export const LAYER_SECTION = 0x70;
/** Kind of the section that holds a thumbnail, see `thumbnail/`. */
export const THUMBNAIL_SECTION: number = OPTIONAL_SECTION | 2;
/** Kind of the section that holds the CRC-32C of a lossless picture's samples. */
export const PIXEL_CHECK_SECTION: number = OPTIONAL_SECTION | 1;
/** First of ten kinds of metadata: twice the number of {@linkcode METADATA_NAMES}, plus 1 where it is deflated. */
export const METADATA_SECTION: number = OPTIONAL_SECTION | 0x10;
/** What metadata sections hold, by number. */
export const METADATA_NAMES = ["icc", "exif", "xmp", "user", "cicp"] as const;
/** Kind of the section of the user's own JSON, not deflated. */
export const USER_SECTION: number = METADATA_SECTION + 2 * /* @__PURE__ */ METADATA_NAMES.indexOf("user");
/** Name of the model in files that a pipe made: `VaerWrite`. */
export const PIPE_MODEL_NAME = "pipe";
/** Most bytes of one metadata section once inflated. */
export const MAX_METADATA_BYTES: number = 2 ** 24;

/** Sides of tiles are multiples of this, in pixels. */
export const TILE_SIDE_UNIT = 64;
/** Bit of the header's transform: a varint of features follows the quality. */
export const FEATURES_FOLLOW = 0x80;
/** Bits of the header's features; those not listed are refused. */
export const FEATURES = {
  grey: 1,
  deep: 2,
  alpha: 4,
  tiles: 8,
  weighted: 16,
  jointAlpha: 32,
  graphicsLayer: 64,
  reduced: 128,
} as const;
/** Most halvings of a reduced picture. */
export const MAX_REDUCTION = 8;

/** What a file says before its sections. */
export interface ContainerHeader {
  /** Columns, 1 to 2^24. */
  readonly width: number;
  /** Rows, 1 to 2^24. */
  readonly height: number;
  /** Number of an embedded model, 1 and up, or 0: the name says which. */
  readonly modelId: number;
  /** Name of a model without a number; empty otherwise. */
  readonly modelName: string;
  /** First four bytes of the model's fingerprint, little-endian. */
  readonly modelFingerprint: number;
  /** Lifting scheme. */
  readonly wavelet: WaveletName;
  /** Levels of decomposition, 0 to 10. */
  readonly levels: number;
  /** Base step, see `components/step_code.ts`; of exact streams the largest error of a sample. */
  readonly stepCode: number;
  /** Quality asked for, 1 to 100; 0 if none was. */
  readonly quality: number;
  /** Whether R = G = B everywhere: pixel streams have one channel, latents decode to grey. */
  readonly grey: boolean;
  /** Bits a sample; 16 in exact streams only. */
  readonly bitDepth: 8 | 16;
  /** Largest error of an alpha sample, 0 to 127; `undefined` for opaque pictures. */
  readonly alphaBound: number | undefined;
  /** Side of the tiles in pixels, a multiple of 64; 0 for a picture in one piece. */
  readonly tileSide: number;
  /** Whether the steps of a pixel stream are weighted by how errors show: by level, and by block where there is a map. */
  readonly weighted: boolean;
  /** Whether alpha is the last plane of an exact stream, not a stream of its own. */
  readonly jointAlpha: boolean;
  /** Whether a layer of graphics covers parts of a lossy picture. */
  readonly graphicsLayer: boolean;
  /** How often the coded picture's sides are halved; the decoder enlarges it. 0 to 8. */
  readonly reduction: number;
}

/** The fields of a header that most streams of pipes and tests leave alone: one tile of colours, 8 bits, opaque. */
export const PLAIN_HEADER = {
  grey: false,
  bitDepth: 8,
  alphaBound: undefined,
  tileSide: 0,
  weighted: false,
  jointAlpha: false,
  graphicsLayer: false,
  reduction: 0,
} as const;

/** One section of a file. */
export interface ContainerSection {
  /** See {@linkcode LATENT_SECTION} and {@linkcode OPTIONAL_SECTION}. */
  readonly kind: number;
  /** Its content. */
  readonly payload: Uint8Array;
}

/**
 * The error of a header that no encoder writes.
 *
 * @param rule What must hold of a part of the header.
 * @param got What the part is.
 */
export function headerError(rule: string, got: string | number): BitstreamError {
  return new BitstreamError(
    "file-header",
    `Cannot read the header of this .vaer file: ${rule} (got ${got}). Fetch the file again.`,
  );
}
