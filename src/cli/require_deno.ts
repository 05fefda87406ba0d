import { host } from "../host/mod.ts";
import { UsageError } from "./fail.ts";

/** Throws unless the program runs in Deno: a server and the bundler are Deno's own. */
export function requireDeno(command: string): void {
  if (host.name !== "deno") {
    throw new UsageError(`${command} runs in Deno only (got ${host.name}); run it with deno`);
  }
}
