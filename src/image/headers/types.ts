import type { Orientation } from "../picture.ts";

/** A part of a stored picture, in pixels. */
export interface CropRect {
  /** Columns left of it. */
  readonly x: number;
  /** Rows above it. */
  readonly y: number;
  /** Its columns, at least 1. */
  readonly width: number;
  /** Its rows, at least 1. */
  readonly height: number;
}

/** What a format's header reader returns: the picture as stored, before its orientation is applied. */
export interface StoredHeader {
  /** Pixels in a stored row, at least 1. */
  readonly width: number;
  /** Stored rows, at least 1. */
  readonly height: number;
  /** How a decoder of this format that ignores orientation must have its output turned. */
  readonly orientation: Orientation;
  /** The part that is the picture, before it is turned; all of it by default. */
  readonly crop?: CropRect;
  /** Bits per sample; 8 or fewer by default. */
  readonly bitDepth?: number;
  /** Whether the format's library turns the picture itself (JPEG XL's does). */
  readonly libraryOrients?: boolean;
  /** A feature that {@linkcode decodePicture} refuses, for the message. */
  readonly unsupportedFeature?: string;
  /** What to do about it; by default to convert the file. */
  readonly remedy?: string;
}
