import { ModelError } from "../core/mod.ts";

/** A protobuf message has no more bytes, and onnxruntime-web's memory has room for little more. */
const LARGEST_NET_BYTES = 2 ** 31 - 1;

/** Throws for nets of more bytes than a runtime can take: `ModelError` ("model-too-large"). */
export function checkNetSize(byteLength: number, what: string): void {
  if (byteLength <= LARGEST_NET_BYTES) return;
  throw new ModelError(
    "model-too-large",
    `Cannot use ${what}: a net must have at most ${LARGEST_NET_BYTES} bytes (got ${byteLength}). ` +
      "Export it with 16-bit weights.",
  );
}
