import type { Orientation } from "../picture.ts";

/** What a format's header reader returns: the picture as stored, before its orientation is applied. */
export interface StoredHeader {
  /** Pixels in a stored row, at least 1. */
  readonly width: number;
  /** Stored rows, at least 1. */
  readonly height: number;
  /** How a decoder of this format that ignores orientation must have its output turned. */
  readonly orientation: Orientation;
  /** Whether the format's library turns the picture itself (JPEG XL's does). */
  readonly libraryOrients?: boolean;
  /** A feature that {@linkcode decodePicture} refuses, for the message. */
  readonly unsupportedFeature?: string;
}
