import { host } from "./mod.ts";

/** Whether the program may read a file without asking its user: everywhere but in Deno without `--allow-read`. */
export function mayRead(url: URL): boolean {
  return host.name !== "deno" ||
    globalThis.Deno.permissions.querySync({ name: "read", path: url }).state === "granted";
}
