import { assert, assertEquals } from "@std/assert";
import { bundleSizes, moduleGraph } from "./module_graph.ts";

const ROOT = new URL("../../", import.meta.url);
/** Brotli bytes of JavaScript and WebAssembly. */
const DECODE_BUDGET_BYTES = 80_000;
/** What encodes, or computes on a GPU. */
const NOT_FOR_DECODING =
  /(?:^|\/)(?:rdo|gpu|eval|batch|cli|farm|deflate)\/|gpu_|_encod(?:e|ing)\.ts$|encode_png|gradient/;
/** Engines that code both ways share this. */
const SHARED = "src/entropy/rans/rans_single_encode.ts";

Deno.test("/decode imports no npm package, no encoder and no GPU code", async () => {
  const { own, packages } = await moduleGraph(new URL("src/decode.ts", ROOT));
  assertEquals(packages, []);
  assertEquals(own.filter((path) => NOT_FOR_DECODING.test(path) && path !== SHARED), []);
  assert(own.length > 100);
});

Deno.test("/decode, bundled for browsers, keeps its budget of bytes", async () => {
  const { brotliBytes } = await bundleSizes(new URL("src/decode.ts", ROOT));
  assert(brotliBytes <= DECODE_BUDGET_BYTES, `${brotliBytes} bytes, the budget is ${DECODE_BUDGET_BYTES}`);
});

Deno.test("only /onnxruntime imports onnxruntime, so that importing the package downloads at most 7 MB", async () => {
  const main = await moduleGraph(new URL("mod.ts", ROOT));
  assertEquals(main.packages.filter((name) => /onnx/.test(name)), []);
  const megabytes = (await main.downloadBytes()) / 1e6;
  assert(megabytes <= 7, `${megabytes} MB`);
  const onnxruntime = await moduleGraph(new URL("src/onnxruntime.ts", ROOT));
  assert(onnxruntime.packages.some((name) => name.startsWith("onnxruntime-web@")));
});
