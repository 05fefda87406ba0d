/**
 * The only access to the JavaScript runtime: Deno, Node, Bun, browsers and workerd.
 *
 * @module
 */
import { denoHost } from "./deno.ts";
import type { Host } from "./host.ts";
import { nodeHost, type NodeProcess } from "./node.ts";
import { nodeWorkerScope, type WorkerScope } from "./node_worker.ts";
import { webHost } from "./web.ts";

const isDeno = "Deno" in globalThis;
const { process } = globalThis as { process?: Partial<NodeProcess> };
/** workerd has parts of Node's `process`, and neither files nor threads. */
const isWorkerd = globalThis.navigator?.userAgent === "Cloudflare-Workers";
const nodeProcess = !isDeno && !isWorkerd && process?.getBuiltinModule ? process as NodeProcess : undefined;

/** The runtime that this program runs in. */
export const host: Host = isDeno ? denoHost : nodeProcess ? nodeHost(nodeProcess) : webHost;

/** The scope of this worker: what it receives and sends messages by. */
export const workerScope: WorkerScope = (nodeProcess && !globalThis.Worker && nodeWorkerScope(nodeProcess)) ||
  globalThis as unknown as WorkerScope;

/**
 * Imports an entry point of this package in a way that neither bundlers nor package managers follow.
 *
 * @param name Of the module in `src/`, without its ending.
 */
export async function importOwnModule(name: string): Promise<void> {
  const { url } = import.meta; // on its own: webpack copies files whose addresses are made of it
  const specifier = new URL(`../${name}${/\.\w+$/.exec(url)}`, url).href;
  await import(/* webpackIgnore: true */ /* @vite-ignore */ specifier);
}

/** Threads that the machine runs at once. */
export function coreCount(): number {
  return globalThis.navigator?.hardwareConcurrency ??
    nodeProcess?.getBuiltinModule<{ availableParallelism(): number }>("node:os").availableParallelism() ?? 1;
}
