import { JSQUASH_ENCODERS } from "../deps/jsquash_encoders.ts";
import { decodePicture, type Picture } from "../image/mod.ts";
import type { EvalCodec } from "./codecs.ts";

/** The formats that people use instead, through jSquash's WebAssembly builds. */
export type PeerName = "jpeg" | "webp" | "avif" | "jxl";

/** All of them, in the order of reports. */
export const PEER_NAMES: readonly PeerName[] = ["jpeg", "webp", "avif", "jxl"];

/**
 * Encodes with a peer at jSquash's defaults, which are Squoosh's: MozJPEG progressive 4:2:0 with trellis; libwebp
 * method 4; libaom speed 6, 4:2:0; libjxl effort 7.
 */
const ENCODERS: Readonly<Record<PeerName, (image: ImageData, quality: number) => Promise<ArrayBuffer>>> = {
  jpeg: async (image, quality) => (await JSQUASH_ENCODERS.jpeg()).default(image, { quality }),
  webp: async (image, quality) => (await JSQUASH_ENCODERS.webp()).default(image, { quality }),
  avif: async (image, quality) => (await JSQUASH_ENCODERS.avif()).default(image, { quality }),
  jxl: async (image, quality) => (await JSQUASH_ENCODERS.jxl()).default(image, { quality }),
};

/**
 * A peer codec. Encoding reads the package's WebAssembly from Deno's cache and so needs `--allow-read`.
 *
 * @param name The format.
 * @returns The codec; loaded on first use.
 */
export function peerCodec(name: PeerName): EvalCodec {
  return {
    name,
    encode: async (picture: Picture, quality: number) => {
      // A copy: the encoders take all of the buffer behind the samples.
      const image = new ImageData(new Uint8ClampedArray(picture.data), picture.width, picture.height);
      return new Uint8Array(await ENCODERS[name](image, quality));
    },
    decode: (bytes: Uint8Array) => decodePicture(bytes),
  };
}
