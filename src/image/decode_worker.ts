/**
 * A worker that decodes pictures, see `picture_decoder.ts`.
 *
 * @module
 */
import { decodeHere, type DecodeHereOptions } from "./decode_here.ts";
import { ImageError } from "./errors.ts";
import type { DeepPicture, Picture } from "./picture.ts";

/** What the worker is sent. */
export interface DecodeRequest {
  /** The file. */
  readonly bytes: Uint8Array;
  /** What can be sent of the options. */
  readonly options: Omit<DecodeHereOptions, "signal">;
}

/** What the worker answers: that it has begun, then how it ended. */
export type DecodeReply =
  | { readonly kind: "begun" }
  | { readonly kind: "picture"; readonly picture: Picture | DeepPicture }
  | { readonly kind: "error"; readonly name: string; readonly code?: string; readonly message: string };

/** The part of a worker's global scope used here; the library's own type is not loaded with the window's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<DecodeRequest>) => void) | null;
  postMessage(reply: DecodeReply, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = async ({ data: { bytes, options } }) => {
  scope.postMessage({ kind: "begun" });
  try {
    const picture = await decodeHere(bytes, options);
    scope.postMessage({ kind: "picture", picture }, [picture.data.buffer as ArrayBuffer]);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    scope.postMessage({
      kind: "error",
      name,
      message,
      ...(error instanceof ImageError && { code: error.code }),
    });
  }
};
