import { DENO_SHIM } from "../deps/deno_shim.ts";
import { host } from "./mod.ts";

type DenoApi = typeof globalThis.Deno;

/**
 * Deno's API for files, terminals and processes: the runtime's own, or in Node and Bun that of the package `@deno/shim-deno`, which
 * maps it to Node's modules. In browsers there is none, and nothing that uses it is called.
 */
export const Deno: DenoApi = host.name === "deno"
  ? globalThis.Deno
  : host.name === "web"
  ? undefined as unknown as DenoApi
  : await shimmed();

async function shimmed(): Promise<DenoApi> {
  const { Deno } = await import(DENO_SHIM) as { Deno: DenoApi };
  const { totalmem } =
    (globalThis as unknown as { process: { getBuiltinModule(name: string): { totalmem(): number } } })
      .process.getBuiltinModule("node:os");
  /** Kinds that the package lacks: Node has no permissions, and it gives folders another error. */
  class NotCapable extends Error {}
  class IsADirectory extends Error {}
  return Object.freeze({
    ...Deno,
    errors: { ...Deno.errors, NotCapable, IsADirectory },
    systemMemoryInfo: () => ({ total: totalmem() }),
  }) as DenoApi;
}
