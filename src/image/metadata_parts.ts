/** What a picture file holds besides its pixels, as bytes that another file can carry. */
export interface PictureMetadata {
  /** ICC profile: how to read the colours. */
  readonly icc?: Uint8Array;
  /** EXIF, from its TIFF header on, its orientation set to upright. */
  readonly exif?: Uint8Array;
  /** XMP packet, UTF-8. */
  readonly xmp?: Uint8Array;
}

/** Metadata as they come out of a file, before broken or empty parts are dropped. */
export type RawMetadata = { -readonly [K in keyof PictureMetadata]: PictureMetadata[K] | undefined };

/** Most bytes of one part: what is larger is left behind. */
export const MAX_METADATA_PART_BYTES: number = 2 ** 24;
