import { messageOf } from "../core/error_message.ts";
import { ModelError } from "../core/mod.ts";
import {
  importOnnxRuntime,
  importOnnxRuntimeForBrowsers,
  importOnnxRuntimeWithWebGpu,
  type OnnxRuntime,
} from "../deps/onnxruntime.ts";
import { host } from "../host/mod.ts";
import { onnxruntimeFileUrl } from "./assets.ts";

/**
 * One thread: it repeats bit for bit, and cannot hang. With two, a decoding in some hundreds was seen to spin for ever
 * under load in Deno 2.9, for a gain of 1.5 to 1.9 in time.
 */
const THREADS = 1;
/** First bytes of a WebAssembly module. */
const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** A build of onnxruntime-web, loaded when a net first needs it. */
class Build {
  readonly #wasmName: string;
  readonly #import: () => Promise<OnnxRuntime>;
  #loading: Promise<OnnxRuntime> | undefined;

  /**
   * @param wasmName File with the build's WebAssembly in `onnxruntime-web`'s `dist/`.
   * @param load Imports the build's JavaScript.
   */
  constructor(wasmName: string, load: () => Promise<OnnxRuntime>) {
    this.#wasmName = wasmName;
    this.#import = load;
  }

  /** The build, ready to make sessions. After a failure the next call tries again. */
  load(): Promise<OnnxRuntime> {
    if (!this.#loading) {
      this.#loading = this.#load();
      this.#loading.catch(() => this.#loading = undefined);
    }
    return this.#loading;
  }

  /** Lets go of the file's bytes once a session has been made of them. */
  async started(): Promise<void> {
    delete (await this.#loading)?.env.wasm.wasmBinary;
  }

  async #load(): Promise<OnnxRuntime> {
    const url = onnxruntimeFileUrl(this.#wasmName);
    try {
      const [ort, wasm] = await Promise.all([this.#import(), url && readWasm(url)]);
      if (wasm) ort.env.wasm.wasmBinary = wasm;
      ort.env.wasm.numThreads = THREADS;
      ort.env.logLevel = "error";
      return ort;
    } catch (cause) {
      throw unavailable(cause);
    }
  }
}

/**
 * 14 MB of WebAssembly, for the CPU. The JavaScript around it is there twice: the root build works in Deno's workers, the other is
 * the one for a browser's CPU.
 */
export const CPU_BUILD: Build = new Build(
  "ort-wasm-simd-threaded.wasm",
  () => host.name === "deno" ? importOnnxRuntime() : importOnnxRuntimeForBrowsers(),
);

/** 27 MB, with WebGPU. */
export const GPU_BUILD: Build = new Build(
  "ort-wasm-simd-threaded.asyncify.wasm",
  async () => await importOnnxRuntimeWithWebGpu() as unknown as OnnxRuntime,
);

/** Whether onnxruntime failed to start, before it saw the net. */
export function failedToStart(error: unknown): boolean {
  return error instanceof Error && error.message.includes("no available backend found");
}

/** The error for a build that cannot be loaded or started. */
export function unavailable(cause: unknown): ModelError {
  return new ModelError(
    "onnxruntime-unavailable",
    "Cannot start onnxruntime-web: its files must be readable (got: " +
      `${messageOf(cause)}). Put the files of its dist/ where ` +
      "setAssetUrls({ onnxruntime }) says, or use a model that runs without it.",
    { cause },
  );
}

async function readWasm(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url).catch((cause) => {
    throw new Error(`${url} cannot be read: ${messageOf(cause)}`, { cause });
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${url} cannot be read: status ${response.status}`);
  }
  const binary = await response.arrayBuffer(), start = new Uint8Array(binary).subarray(0, WASM_MAGIC.length);
  if (WASM_MAGIC.some((byte, i) => byte !== start[i])) throw new Error(`${url} is no WebAssembly`);
  return binary;
}
