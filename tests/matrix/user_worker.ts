/** A worker as a user of the package writes it: pictures in, `.vaer` files out. */
import { compress, type CompressOptions, decodePicture } from "../../mod.ts";
import type { AnyPicture } from "../../src/codec/samples.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<{ bytes: Uint8Array; options: CompressOptions }>) => void;
  postMessage(message: unknown): void;
};

scope.onmessage = async ({ data: { bytes, options } }) => {
  try {
    const picture: AnyPicture = options.lossless
      ? await decodePicture(bytes, { keepDepth: true })
      : await decodePicture(bytes);
    scope.postMessage({ file: await compress(picture, options) });
  } catch (error) {
    scope.postMessage({ error: String(error) });
  }
};
