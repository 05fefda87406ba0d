import {
  isStreamKind,
  readContainer,
  sectionByteLength,
  sectionBytes,
  THUMBNAIL_SECTION,
} from "../../format/mod.ts";
import { thumbnailBytes } from "../../thumbnail/thumbnail_bytes.ts";
import type { PictureLike } from "../../world.ts";
import { isUnreachable } from "./selection.ts";

/** Files for so many bytes show something early. */
const MOST_PREVIEWED_BYTES = 3000;
/** Most bytes between the header and the end of the first section that shows something. */
const FIRST_SHOWN_BYTES = 120;
/** A photograph of so many bytes has a longer first section: there is no need to make its file twice. */
const SURELY_LATE_BYTES = 600;
/** Bytes of a thumbnail. */
const THUMBNAIL_BYTES = 24;

/** Adds a thumbnail to files that show nothing early. */
export class EarlyPreview {
  readonly #section: Uint8Array;

  /**
   * Makes the object.
   *
   * @param picture As it is shown.
   * @param limit Most bytes of a file; with more than {@linkcode MOST_PREVIEWED_BYTES} files stay as they are.
   */
  constructor(picture: PictureLike, readonly limit: number) {
    const payload = limit > MOST_PREVIEWED_BYTES
      ? new Uint8Array()
      : thumbnailBytes(picture, THUMBNAIL_BYTES);
    this.#section = sectionBytes({ kind: THUMBNAIL_SECTION, payload });
  }

  /** The file with a thumbnail in front of its sections, if it needs one and there is room. */
  added(file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (this.limit > MOST_PREVIEWED_BYTES || showsEarly(file)) return file;
    if (file.length + this.#section.length > this.limit) return file;
    const { headerByteLength: end } = readContainer(file, { maxPixels: Infinity });
    return Uint8Array.of(...file.subarray(0, end), ...this.#section, ...file.subarray(end));
  }

  /**
   * Makes a file whose first 120 bytes behind the header show something: its first section of coefficients, or a thumbnail.
   *
   * @param make Makes a file of at most so many bytes.
   * @returns What `make` gives; without a thumbnail where it cannot leave room for one.
   */
  async made<T extends { readonly file: Uint8Array<ArrayBuffer> }>(
    make: (bytes: number) => Promise<T>,
  ): Promise<T> {
    const { limit } = this, withRoom = Math.max(1, limit - this.#section.length);
    if (limit > MOST_PREVIEWED_BYTES) return await make(limit);
    const whole = limit < SURELY_LATE_BYTES ? await make(limit) : undefined;
    if (whole && (showsEarly(whole.file) || whole.file.length <= withRoom)) return this.#with(whole);
    try {
      return this.#with(await make(withRoom));
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      return whole ?? await make(limit);
    }
  }

  #with<T extends { readonly file: Uint8Array<ArrayBuffer> }>(made: T): T {
    return { ...made, file: this.added(made.file) };
  }
}

function showsEarly(file: Uint8Array): boolean {
  const { sections } = readContainer(file, { maxPixels: Infinity });
  let end = 0;
  for (const { kind, payload } of sections) {
    end += sectionByteLength(payload.length);
    if (isStreamKind(kind)) return end <= FIRST_SHOWN_BYTES;
  }
  return false;
}
