import { Deno } from "../host/deno_api.ts";
import { sourceFingerprint } from "./source_fingerprint.ts";

/** Policy of the playground's page and workers. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; " +
  "img-src 'self' blob:; connect-src 'self' blob:";

const TYPES: { readonly [ending: string]: string } = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};

/** Folder of the built playground in a clone, see {@linkcode buildPlayground}. */
export const PLAYGROUND_FOLDER: URL = new URL("../../dist/playground/", import.meta.url);

/** Whether the playground has been built from the present sources; false without permission to read them. */
export async function isPlaygroundCurrent(folder: URL = PLAYGROUND_FOLDER): Promise<boolean> {
  try {
    return await Deno.readTextFile(new URL("fingerprint.txt", folder)) === await sourceFingerprint();
  } catch {
    return false;
  }
}

/**
 * Answers a request for a file of the playground.
 *
 * @param path Path within the playground, without a slash at the beginning; empty for its page.
 * @param folder Where it was built.
 * @returns The file; status 404 if there is none.
 */
export async function playgroundResponse(path: string, folder: URL = PLAYGROUND_FOLDER): Promise<Response> {
  const name = path === "" ? "index.html" : path;
  if (!/^[\w-]+(?:[./][\w-]+)*$/.test(name)) return new Response("not found", { status: 404 });
  try {
    const { body } = await fetch(new URL(name, folder));
    return new Response(body, {
      headers: {
        "content-type": TYPES[name.split(".").at(-1)!] ?? "application/octet-stream",
        "content-security-policy": POLICY,
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
      },
    });
  } catch {
    return new Response("not found", { status: 404 });
  }
}
