import { DENO_SHIM } from "../deps/deno_shim.ts";
import { host } from "./mod.ts";
import type { NodeProcess } from "./node.ts";
import { NodeFile, type NodeFileSystem, type ShimFile } from "./node_file.ts";
import { withDenoErrors } from "./node_errors.ts";

type DenoApi = typeof globalThis.Deno;

/**
 * Deno's API for files, terminals and processes: the runtime's own, or in Node and Bun that of the package `@deno/shim-deno`, which
 * maps it to Node's modules. In browsers there is none, and nothing that uses it is called.
 *
 * The package is loaded without `await`: scripts that are no modules, as Vite's workers are by default, cannot wait at their top.
 */
export const Deno: DenoApi = host.name === "deno"
  ? globalThis.Deno
  : host.name === "web"
  ? undefined as unknown as DenoApi
  : shimmed();

function shimmed(): DenoApi {
  const { process } = globalThis as unknown as { process: NodeProcess };
  const { createRequire } = process.getBuiltinModule<
    { createRequire(from: string): (name: string) => unknown }
  >("node:module");
  // In a bundle of another format a module has no address.
  const { Deno } = createRequire(import.meta.url ?? `${process.cwd()}/`)(DENO_SHIM) as { Deno: DenoApi };
  const { totalmem } = process.getBuiltinModule<{ totalmem(): number }>("node:os");
  /** Kinds that the package lacks: Node has no permissions, and it gives folders another error. */
  class NotCapable extends Error {}
  class IsADirectory extends Error {}
  const errors = { ...Deno.errors, NotCapable, IsADirectory };
  const system = process.getBuiltinModule<NodeFileSystem>("node:fs");
  const open = async (path: string | URL, options?: Deno.OpenOptions) =>
    new NodeFile(await Deno.open(path, options) as unknown as ShimFile, system);
  return Object.freeze({
    ...Deno,
    ...withDenoErrors({ ...Deno, open }, errors),
    errors,
    systemMemoryInfo: () => ({ total: totalmem() }),
  }) as DenoApi;
}
