import type { StoredHeader } from "../headers/types.ts";
import type { RawMetadata } from "../metadata_parts.ts";
import type { DeepPicture, Picture } from "../picture.ts";

/** A picture file format: what this package knows of it. A new format is one file that describes it, and one line in `mod.ts`. */
export interface FileFormat {
  /** Name in options. */
  readonly id: string;
  /** Name in messages. */
  readonly label: string;
  /** Extensions of its files in lower case, without a dot; the first one is written. */
  readonly extensions: readonly string[];
  /** How files are read; absent for a format that is only written. */
  readonly read?: FormatReader;
  /** How files are written; absent for a format that is only read. */
  readonly write?: FormatWriter;
}

/** How a format's files are read. */
export interface FormatReader {
  /**
   * Whether a file claims the format.
   *
   * @param start The file, or at least its first 64 bytes.
   */
  matches(start: Uint8Array): boolean;
  /** Reads size and orientation. Errors: `ImageError` ("image-damaged"). */
  header(bytes: Uint8Array): StoredHeader | Promise<StoredHeader>;
  /** Refuses a file that would take more work than a picture of its size needs. Errors: `ImageError`. */
  checkWork(bytes: Uint8Array, size: StoredSize, maxPixelsPerByte: number): void;
  /** Reads profile, EXIF, XMP and colour description. */
  metadata(bytes: Uint8Array): RawMetadata | Promise<RawMetadata>;
  /** Whether the format's own properties turn the picture, whatever EXIF and XMP say. */
  readonly orientsItself: boolean;
  /** Decodes the stored picture, before it is turned. Errors: `ImageError`. */
  decode(
    bytes: Uint8Array,
    header: StoredHeader,
    options: StoredDecodeOptions,
  ): Promise<Picture | DeepPicture>;
}

/** Size of a stored picture, in pixels. */
export interface StoredSize {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Options of {@linkcode FormatReader.decode}. */
export interface StoredDecodeOptions {
  /** Keep 16 bits per sample. */
  readonly keepDepth: boolean;
  /** Most memory that a library may take, in bytes. */
  readonly maxMemoryBytes: number | undefined;
  /** Ends decoding between steps. */
  readonly signal: AbortSignal | undefined;
}

/** How a format's files are written. */
export interface FormatWriter {
  /** Whether `quality` has a meaning. */
  readonly hasLossyMode: boolean;
  /** Whether a file can be exact, in 8 bits at least. */
  readonly hasLosslessMode: boolean;
  /** Whether files have alpha; otherwise pixels are laid on white. */
  readonly hasAlpha: boolean;
  /** Whether samples are still read after the call of `encode` has returned. */
  readonly readsLater: boolean;
  /**
   * Encodes a picture that fits the fields above.
   *
   * @param picture The picture.
   * @param choice Quality from 1 to 100, and whether the file is to be exact.
   * @returns The file, and what of the picture it does not hold.
   */
  encode(
    picture: Picture | DeepPicture,
    choice: { readonly quality: number; readonly lossless: boolean },
  ): Promise<WrittenFile>;
}

/** An encoded file. */
export interface WrittenFile {
  /** The file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For people: what is lost and why, without a full stop. */
  readonly warnings: readonly string[];
}
