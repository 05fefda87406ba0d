import { anyBoolean, anyLimit, anySignal, checkAll, type Rule } from "../core/option_rules.ts";
import { typeOf } from "../core/picture.ts";
import type { DecodeOptions } from "./decode.ts";
import { ImageError } from "./errors.ts";

const DECODE_RULES: { readonly [K in keyof Required<DecodeOptions>]: Rule } = {
  maxPixels: anyLimit,
  maxPixelsPerByte: anyLimit,
  keepDepth: anyBoolean,
  maxMemoryBytes: anyLimit,
  deadlineMilliseconds: anyLimit,
  signal: anySignal,
};

/**
 * Checks names and values of the options of `decodePicture`.
 *
 * @param options What was given.
 * @param more Rules of other options that there may be.
 * @throws InvalidValueError ("option-unknown", "option-value").
 */
export function checkDecodeOptions(options: unknown, more: { readonly [name: string]: Rule } = {}): void {
  checkAll("decode the picture", options, { ...DECODE_RULES, ...more });
}

/**
 * The bytes of a picture file, as they were given.
 *
 * @throws ImageError ("image-unknown-format") for anything but a `Uint8Array` that has not been transferred.
 */
export function fileBytes(bytes: unknown): Uint8Array {
  const type = typeOf(bytes);
  if (type !== "Uint8Array") {
    throw new ImageError(
      "image-unknown-format",
      `Cannot read the picture: it must be the bytes of a file, as a Uint8Array (got ${type}). ${
        REMEDIES[type] ?? "Read the file first"
      }.`,
    );
  }
  const array = bytes as Uint8Array;
  return array.byteLength > 0 ? array : new Uint8Array(0); // one that was transferred
}

const FROM_BODY = "Give new Uint8Array(await it.arrayBuffer())";
/** How bytes are had of what is like them. */
const REMEDIES: { readonly [type: string]: string } = {
  Blob: FROM_BODY,
  File: FROM_BODY,
  Response: FROM_BODY,
  ArrayBuffer: "Give new Uint8Array(it)",
  ReadableStream: "Give new Uint8Array(await new Response(it).arrayBuffer())",
  Promise: "Await it",
};
