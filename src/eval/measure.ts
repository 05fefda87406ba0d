import type { Picture } from "../image/mod.ts";
import { msSsim, psnr, ssim } from "../kernels/cpu/metrics/mod.ts";
import type { EvalCodec } from "./codecs.ts";
import { ssimulacra2 } from "./ssimulacra2.ts";

/** SSIMULACRA2 is not defined for pictures smaller than this on a side. */
const SSIMULACRA2_MIN_SIDE = 8;

/** How near a decoded picture is to its source. */
export interface Likeness {
  /** RGB, decibels; Infinity when nothing is lost. */
  readonly psnr: number;
  /** Mean over RGB at full resolution. */
  readonly ssim: number;
  /** Mean over RGB. */
  readonly msssim: number;
  /** NaN for pictures below 8 pixels on a side. */
  readonly ssimulacra2: number;
}

/** What one codec makes of one picture at one setting. */
export interface Measurement extends Likeness {
  /** The file's length. */
  readonly bytes: number;
  /** Bits a pixel of the whole file. */
  readonly bpp: number;
  /** Wall time of encoding, the library being loaded. */
  readonly encodeMs: number;
  /** Wall time of decoding. */
  readonly decodeMs: number;
}

/**
 * Encodes, decodes and compares one picture.
 *
 * @param codec The codec.
 * @param picture The source, opaque.
 * @param quality The codec's setting.
 * @returns The figures.
 * @throws What the codec throws; RangeError when it returns a picture of another size.
 */
export async function measure(codec: EvalCodec, picture: Picture, quality: number): Promise<Measurement> {
  const started = performance.now();
  const file = await codec.encode(picture, quality);
  const encoded = performance.now();
  const decoded = await codec.decode(file);
  const finished = performance.now();
  return {
    bytes: file.length,
    bpp: 8 * file.length / (picture.width * picture.height),
    ...likeness(picture, decoded),
    encodeMs: encoded - started,
    decodeMs: finished - encoded,
  };
}

/**
 * Compares a decoded picture with its source.
 *
 * @param source The source.
 * @param decoded What came back, of the same size.
 * @returns All figures.
 */
export function likeness(source: Picture, decoded: Picture): Likeness {
  const small = Math.min(source.width, source.height) < SSIMULACRA2_MIN_SIDE;
  return {
    psnr: psnr(source, decoded),
    ssim: ssim(source, decoded),
    msssim: msSsim(source, decoded),
    ssimulacra2: small ? NaN : ssimulacra2(source, decoded),
  };
}

/**
 * Runs a codec on a small fixed picture, so that it loads what it needs before anything is timed, and tells which
 * codec it is: another version, model or default gives another file.
 *
 * @param codec The codec.
 * @param quality The setting.
 * @returns The first 8 hexadecimal digits of that file's SHA-256.
 * @throws What the codec throws.
 */
export async function warmUp(codec: EvalCodec, quality: number): Promise<string> {
  const side = 64;
  const data = new Uint8ClampedArray(side * side * 4);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i += 4) data.set([4 * x, 4 * y, (x * y) & 255, 255], i);
  }
  const file = await codec.encode({ data, width: side, height: side }, quality);
  await codec.decode(file);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", file as Uint8Array<ArrayBuffer>));
  return [...digest.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
