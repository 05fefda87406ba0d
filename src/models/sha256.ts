import { ModelError } from "../core/mod.ts";

/** SHA-256 as lower-case hex. Errors: see {@linkcode sha256}. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await sha256(bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * SHA-256, as the runtime computes it. Browsers have none on pages that plain HTTP serves from another machine.
 *
 * Errors: `ModelError` ("model-insecure") there.
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  if (crypto.subtle as unknown) return await crypto.subtle.digest("SHA-256", bytes);
  throw new ModelError(
    "model-insecure",
    "Cannot use the model: the page must be of HTTPS or localhost (got another). Use HTTPS.",
  );
}
