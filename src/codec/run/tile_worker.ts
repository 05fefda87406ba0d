/**
 * A worker that does one tile's job at a time; see `worker_engine.ts`.
 *
 * @module
 */
import type { TraceRecord } from "../../core/mod.ts";
import type { TileEngine } from "./tile_engine.ts";
import { LocalEngine } from "./local_engine.ts";
import type { StreamSpec } from "../streams/stream_spec.ts";
import { type AssetUrls, setAssetUrls } from "../../models/assets.ts";
import { loadModel } from "../../models/load.ts";
import { type PlainError, plainError } from "../../concurrency/error_codec.ts";

/** What an engine can be asked for. */
export type TileJob = Exclude<keyof TileEngine, "concurrency" | "close">;

/** What the engine sends to each worker that it takes, which is not answered: where the program has its files. */
export interface GroupAssets {
  /** Absolute addresses. */
  readonly assets: AssetUrls;
}

/** What the engine sends ahead of jobs, which is not answered: load what showing a stream takes. */
export interface TilePreparation {
  /** The stream. */
  readonly prepare: StreamSpec;
}

/** What the engine sends. */
export interface TileRequest {
  /** Which of the jobs. */
  readonly job: TileJob;
  /** Its arguments. */
  readonly args: readonly unknown[];
}

/** What the worker answers; its records' clock begins with the epoch. */
export type TileReply =
  & { readonly records: readonly TraceRecord[] }
  & ({ readonly result: unknown } | { readonly error: PlainError });

/** The part of a worker's global scope used here; the library's own type is not loaded with the window's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<TileRequest | TilePreparation | GroupAssets>) => void) | null;
  postMessage(reply: TileReply, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const records: TraceRecord[] = [];
const engine = new LocalEngine({
  // Each thread's clock begins with it: told as if they were one that begins with the epoch.
  onStep: (record) =>
    records.push({ ...record, startMilliseconds: record.startMilliseconds + performance.timeOrigin }),
});

scope.onmessage = async ({ data }) => {
  if ("assets" in data) return setAssetUrls(data.assets);
  if ("prepare" in data) {
    const { kind, model, runtime } = data.prepare;
    // What fails here fails again, and is told, with the first job.
    if (kind === "latent") {
      await loadModel(model).then((model) => model.prepare("decoder", runtime)).catch(() => {});
    }
    return;
  }
  const { job, args } = data;
  try {
    const run = engine[job] as (...args: unknown[]) => Promise<unknown>;
    const result = await run.apply(engine, [...args]);
    scope.postMessage({ result, records: records.splice(0) }, buffersOf(result));
  } catch (error) {
    scope.postMessage({ error: plainError(error), records: records.splice(0) }, []);
  }
};

/** The memory of an array, or of a coded tile's sections, which the worker no longer needs. */
function buffersOf(result: unknown): Transferable[] {
  if (ArrayBuffer.isView(result)) return [result.buffer as ArrayBuffer];
  const { sections = [] } = result as { sections?: readonly Uint8Array[] };
  return sections.map(({ buffer }) => buffer as ArrayBuffer);
}
