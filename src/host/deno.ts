import { type Host, readByFetch } from "./host.ts";

/** Deno. */
export const denoHost: Host = {
  name: "deno",
  async read(url, checkSize) {
    if (url.protocol === "file:") checkSize((await Deno.stat(url)).size);
    return await readByFetch(url, checkSize);
  },
  workingFolder: () => Deno.cwd(),
  Worker: globalThis.Worker,
};
