import type { Cicp } from "./cicp.ts";

/** What a picture file holds besides its pixels, as bytes that another file can carry. */
export interface PictureMetadata {
  /** ICC profile: how to read the colours. */
  readonly icc?: Uint8Array;
  /**
   * How to read the colours, by code points; absent for sRGB. If there is a profile as well, this counts, and the profile is
   * for programs that know only profiles.
   */
  readonly cicp?: Cicp;
  /** EXIF, from its TIFF header on, its orientation set to upright, without thumbnail. */
  readonly exif?: Uint8Array;
  /** XMP packet, UTF-8. */
  readonly xmp?: Uint8Array;
}

/** Metadata as they come out of a file, before broken or empty parts are dropped. */
export type RawMetadata =
  & { readonly [K in keyof Required<PictureMetadata>]: PictureMetadata[K] | undefined }
  & {
    /** What was lost and why, in full sentences without a full stop. */
    readonly warnings: readonly string[];
  };

/** Most bytes of one part: what is larger is left behind. */
export const MAX_METADATA_PART_BYTES: number = 2 ** 24;
