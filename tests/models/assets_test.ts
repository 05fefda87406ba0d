import { assertEquals, assertMatch } from "@std/assert";
import { compress, type CompressSettings } from "../../mod.ts";
import type { AssetUrls } from "../../src/models/assets.ts";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { gpu } from "../gpu.ts";
import { withFolder } from "../with_folder.ts";
import { runDeno } from "../run_deno.ts";

/** What `assets_program.ts` is to do. */
export interface AssetsProgram {
  /** Addresses that are set before each round of compressing and decompressing. */
  readonly rounds: readonly AssetUrls[];
  readonly options: Omit<CompressSettings, "workers"> & {
    readonly workers?: number;
    readonly quality: number;
  };
  /** The GPU that computes on the CPU says that it does not. */
  readonly pretendHardware?: boolean;
  /** Rounds share workers. */
  readonly warm?: boolean;
  /** A file that is decompressed, with nothing compressed before. */
  readonly file?: string;
  /** Files for a job of the batch's workers. */
  readonly pool?: { readonly source: string; readonly target: string };
}

const MODELS = new URL("../../models/", import.meta.url);
/** Folder of onnxruntime-web's WebAssembly. */
const WASM = new URL("./", import.meta.resolve("onnxruntime-web"));
const CPU_WASM = "ort-wasm-simd-threaded.wasm", GPU_WASM = "ort-wasm-simd-threaded.asyncify.wasm";

/** Serves the models and the WebAssembly of onnxruntime-web under `/files/`, and counts requests. */
class AssetServer {
  readonly requests = new Map<string, number>();
  /** Answers some requests otherwise. */
  answer: (path: string) => Response | Promise<Response> | undefined = () => undefined;
  readonly #server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const path = new URL(request.url).pathname.replace("/files/", "");
    this.requests.set(path, (this.requests.get(path) ?? 0) + 1);
    return this.answer(path) ?? this.#file(path);
  });

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/files`;
  }

  count(ending: string): number {
    return [...this.requests].reduce((sum, [path, count]) => path.endsWith(ending) ? sum + count : sum, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #file(path: string): Promise<Response> {
    const url = path.endsWith(".wasm") ? new URL(path, WASM) : new URL(path, MODELS);
    return await Deno.readFile(url).then(
      (bytes) => new Response(bytes),
      () => new Response("not here", { status: 404 }),
    );
  }
}

async function run(program: AssetsProgram): Promise<{ outcomes: string[]; stderr: string }> {
  const { code, out, err } = await runDeno("run -R -W --allow-net=127.0.0.1", [
    `--deny-read=${MODELS.pathname.slice(0, -1)}`,
    new URL("assets_program.ts", import.meta.url).pathname,
    JSON.stringify(program),
  ], { env: { NO_COLOR: "1" } });
  assertEquals(code, 0, err);
  return { outcomes: out.trim().split("\n"), stderr: err };
}

Deno.test("manifests and nets are fetched once per process, whatever number of calls", async () => {
  await using server = new AssetServer();
  const assets = { models: server.url }, options = { quality: 40, effort: 5 };
  assertEquals((await run({ rounds: [assets, assets, assets], options })).outcomes, ["done", "done", "done"]);
  const due = ["manifest.json", "encoder.onnx", "decoder.onnx", "prior.bin"].flatMap((file) =>
    ["vaerans-8", "vaerans-4"].map((model) => [`${model}/${file}`, 1])
  );
  assertEquals([...server.requests].sort(), due.sort() as [string, number][]);
});

Deno.test("a decoder asks for the nets and the prior of an embedded model before its manifest is there", async () => {
  await using server = new AssetServer();
  const asked = Promise.withResolvers<void>();
  server.answer = (path) => {
    if (["decoder.onnx", "prior.bin"].every((file) => server.count(file) === 1)) asked.resolve();
    if (!path.endsWith("manifest.json")) return undefined;
    return asked.promise.then(async () => new Response(await Deno.readFile(new URL(path, MODELS))));
  };
  await withFolder(async (folder) => {
    const file = `${folder}/a.vaer`, options = { quality: 20, effort: 1 };
    await Deno.writeFile(file, await compress(syntheticPicture(60, 40), options));
    const { outcomes } = await run({ rounds: [{ models: server.url }], options, file });
    assertEquals(outcomes, ["done"]);
    assertEquals(server.count("decoder.onnx") + server.count("prior.bin"), 2);
  });
});

Deno.test("a manifest that could not be fetched is asked for again", async () => {
  await using server = new AssetServer();
  // One is enough: the round may end before it has asked for the second one.
  let failures = 1;
  server.answer = () => failures-- > 0 ? new Response("later", { status: 503 }) : undefined;
  const assets = { models: `${server.url}/` };
  const { outcomes } = await run({ rounds: [assets, assets], options: { quality: 40, effort: 1 } });
  assertEquals(outcomes, ["model-missing", "done"]);
});

Deno.test("workers of a call look for models where setAssetUrls() says", async () => {
  await using server = new AssetServer();
  const options = { quality: 20, effort: 1, tileSide: 64, workers: 2 };
  assertEquals((await run({ rounds: [{ models: server.url }], options })).outcomes, ["done"]);
});

Deno.test("workers that stay are told of addresses that change between calls", async () => {
  await using first = new AssetServer();
  await using second = new AssetServer();
  const options = { model: "vaerans-8", quality: 20, effort: 1, tileSide: 64 };
  const rounds = [{ models: first.url }, { models: second.url }];
  assertEquals((await run({ rounds, options, warm: true })).outcomes, ["done", "done"]);
  // This thread plans with the manifest; nets are run in two workers.
  assertEquals([first, second].map((server) => server.count("encoder.onnx")), [2, 2]);
});

Deno.test("workers of a batch look for models where setAssetUrls() says", async () => {
  await using server = new AssetServer();
  await withFolder(async (folder) => {
    const pool = { source: `${folder}/a.png`, target: `${folder}/a.vaer` };
    await Deno.writeFile(pool.source, await encodePng(syntheticPicture(60, 40)));
    const { outcomes } = await run({
      rounds: [{ models: server.url }],
      options: { quality: 20, effort: 1 },
      pool,
    });
    assertEquals(outcomes, ["done"]);
    assertEquals(server.count("vaerans-8/encoder.onnx"), 1);
  });
});

for (const workers of [0, 2]) {
  const where = workers === 0 ? "this thread" : "workers";
  Deno.test(`onnxruntime's WebAssembly for the CPU is taken from where setAssetUrls() says, in ${where}`, async () => {
    await using server = new AssetServer();
    const assets = { models: server.url, onnxruntime: server.url };
    const options = {
      model: "vaerans-8",
      quality: 20,
      effort: 1,
      tileSide: 64,
      runtime: "onnxruntime",
      workers,
    } as const;
    assertEquals((await run({ rounds: [assets], options })).outcomes, ["done"]);
    // compress analyses tiles in each worker; it verifies the file and decompress decodes it in one share, by one worker.
    assertEquals(server.count(CPU_WASM), workers === 0 ? 1 : workers + 2);
  });
}

Deno.test("onnxruntime that cannot be loaded is an error with a code, until its files are there", async () => {
  const options = { model: "vaerans-8", quality: 20, effort: 1, runtime: "onnxruntime", workers: 0 } as const;
  const answers: (() => Response)[] = [
    () => new Response("not here", { status: 404 }),
    () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } }),
    () => new Response(""),
  ];
  for (const answer of answers) {
    await using server = new AssetServer();
    let asked = 0;
    server.answer = (path) => path.endsWith(".wasm") && asked++ === 0 ? answer() : undefined;
    const assets = { models: server.url, onnxruntime: server.url };
    const { outcomes } = await run({ rounds: [assets, assets], options });
    assertEquals(outcomes, ["onnxruntime-unavailable", "done"]);
  }
  await using server = new AssetServer();
  const nowhere = { models: server.url, onnxruntime: "http://127.0.0.1:9/" };
  assertEquals((await run({ rounds: [nowhere], options })).outcomes, ["onnxruntime-unavailable"]);
});

Deno.test("a damaged WebAssembly of onnxruntime is an error with a code", async () => {
  await using server = new AssetServer();
  const damaged = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 99);
  server.answer = (path) => path.endsWith(".wasm") ? new Response(damaged) : undefined;
  const assets = { models: server.url, onnxruntime: server.url };
  const options = { model: "vaerans-8", quality: 20, effort: 1, runtime: "onnxruntime", workers: 0 } as const;
  assertEquals((await run({ rounds: [assets], options })).outcomes, ["onnxruntime-unavailable"]);
});

Deno.test({
  name: "GPU: nets take the WebAssembly for WebGPU from where setAssetUrls() says",
  ignore: gpu === undefined,
  async fn() {
    await using server = new AssetServer();
    const assets = { models: server.url, onnxruntime: server.url };
    const options = { model: "vaerans-8", quality: 20, effort: 1, device: "gpu" } as const;
    assertEquals((await run({ rounds: [assets], options })).outcomes, ["done"]);
    assertEquals([server.count(GPU_WASM), server.count(CPU_WASM)], [1, 0]);
  },
});

Deno.test({
  name: "GPU: without onnxruntime's file, device auto goes on on the CPU with one warning, gpu throws",
  ignore: gpu === undefined,
  async fn() {
    await using server = new AssetServer();
    server.answer = (path) => path.endsWith(".wasm") ? new Response("not here", { status: 404 }) : undefined;
    const assets = { models: server.url, onnxruntime: server.url };
    const options = { model: "vaerans-8", quality: 20, effort: 1, device: "auto" } as const;
    const auto = await run({ rounds: [assets, assets], options, pretendHardware: true });
    assertEquals(auto.outcomes, ["done", "done"]);
    assertEquals(auto.stderr.match(/computing on the CPU/g)?.length, 1);
    assertMatch(auto.stderr, /asyncify\.wasm cannot be read: status 404/);
    const forced = await run({ rounds: [assets], options: { ...options, device: "gpu" } });
    assertEquals(forced.outcomes, ["onnxruntime-unavailable"]);
  },
});
