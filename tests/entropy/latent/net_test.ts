import { assert, assertEquals, assertThrows } from "@std/assert";
import { emptyNet, NET_WEIGHT_LIMIT, netArrays } from "../../../src/entropy/latent/context_net.ts";
import {
  bandLayout,
  coefficientCount,
  type ContextPrior,
  decodeSections,
  encodeSections,
  EntropyError,
  parsePrior,
  serialisePrior,
} from "../../../src/entropy/mod.ts";
import { trainPrior } from "../../../scripts/prior/train_prior.ts";
import { freshState } from "../../../src/entropy/mixing/mixing_block.ts";
import { TypeScriptNetKernel } from "../../../src/entropy/latent/net_kernel.ts";
import { NetSampler } from "../../../scripts/prior/net_samples.ts";
import { TAP_COUNT } from "../../../src/entropy/latent/net_taps.ts";
import { NET_WASM } from "../../../src/entropy/latent/net_wasm.ts";
import { WasmNetKernel } from "../../../src/entropy/latent/wasm_net_kernel.ts";
import { compiledIfCan } from "../../../src/host/wasm.ts";
import { laplacianCoefficients, probabilitiesOf, SeededRandom } from "../_data.ts";

/** A fresh model with a net of random weights. */
function randomNetPrior(seed: number, limit: number): ContextPrior {
  const random = new SeededRandom(seed);
  const net = emptyNet();
  for (const array of netArrays(net)) {
    for (let i = 0; i < array.length; i++) array[i] = random.below(2 * limit + 1) - limit;
  }
  return { ...freshState(), net };
}

/** A picture in which each row of a band repeats the one above, but for some noise. */
function stripedPicture(seed: number): { coefficients: Int32Array; bands: ReturnType<typeof bandLayout> } {
  const random = new SeededRandom(seed);
  const bands = bandLayout({ width: 48, height: 64, channels: 2, levels: 2 });
  const coefficients = new Int32Array(coefficientCount(bands));
  for (const { offset, width, height } of bands) {
    const busy = Array.from({ length: width }, () => random.below(3) === 0);
    for (let i = 0; i < width * height; i++) {
      coefficients[offset + i] = random.laplacian(busy[i % width] ? 70 : 5);
    }
  }
  return { coefficients, bands };
}

Deno.test("the SIMD net gives the TypeScript net's probabilities at every size", () => {
  const module = compiledIfCan(NET_WASM);
  if (module === undefined) throw new Error("this runtime has no WebAssembly SIMD");
  // One kernel of each kind for all pictures, as the codec has it: what a band leaves behind must not matter.
  const simd = new WasmNetKernel(module), plain = new TypeScriptNetKernel();
  for (const [seed, limit] of [[1, 40], [2, 700], [3, NET_WEIGHT_LIMIT]]) {
    const prior = randomNetPrior(seed, limit);
    for (const [width, height] of [[1, 1], [2, 9], [33, 18], [64, 7], [21, 40]]) {
      for (const [levels, channels] of [[1, 1], [2, 5], [4, 4]]) {
        const bands = bandLayout({ width, height, channels, levels });
        const coefficients = laplacianCoefficients(width + levels, coefficientCount(bands), 60, 1);
        assertEquals(
          probabilitiesOf(coefficients, bands, prior, { kernel: simd }),
          probabilitiesOf(coefficients, bands, prior, { kernel: plain }),
        );
      }
    }
  }
});

Deno.test("context sections round-trip with a net, also where bands do not fit each other", () => {
  const prior = randomNetPrior(4, 300);
  const pictures = [
    bandLayout({ width: 37, height: 29, channels: 3, levels: 3 }),
    bandLayout({ width: 1, height: 50, channels: 16, levels: 10 }),
    // Any table in coding order is allowed, whatever its sizes.
    [
      { level: 2, orientation: 0, channel: 0, offset: 0, width: 2, height: 1 },
      { level: 2, orientation: 1, channel: 0, offset: 2, width: 40, height: 3 },
      { level: 2, orientation: 2, channel: 0, offset: 122, width: 1, height: 9 },
      { level: 1, orientation: 1, channel: 0, offset: 131, width: 3, height: 30 },
      { level: 1, orientation: 3, channel: 0, offset: 221, width: 50, height: 2 },
    ] as const,
  ];
  for (const bands of pictures) {
    const coefficients = laplacianCoefficients(5, coefficientCount(bands), 55, 3);
    const sections = encodeSections(coefficients, bands, { mode: "context", prior });
    assertEquals(decodeSections(sections, bands, { mode: "context", prior }), coefficients);
  }
});

Deno.test("a net learned on like pictures saves bytes, and its prior reads back as it was", () => {
  const pictures = [1, 2, 3, 4, 5, 6].map(stripedPicture);
  const options = (bytes: Uint8Array) => ({ mode: "context", prior: parsePrior(bytes) }) as const;
  const plain = options(trainPrior(pictures));
  const withNet = options(trainPrior(pictures, { netSamples: 6000, netEpochs: 10 }));
  assertEquals(plain.prior.net, undefined);
  assertEquals(parsePrior(serialisePrior(withNet.prior)), withNet.prior);
  const bytesOf = (start: typeof plain) => {
    const { coefficients, bands } = stripedPicture(7);
    return encodeSections(coefficients, bands, start).reduce((sum, { length }) => sum + length, 0);
  };
  assert(bytesOf(withNet) < 0.99 * bytesOf(plain), `${bytesOf(withNet)} of ${bytesOf(plain)}`);
});

Deno.test("parsePrior() refuses a net whose weights are too large", () => {
  const prior = randomNetPrior(5, 10);
  prior.net!.pairs[77] = NET_WEIGHT_LIMIT + 1;
  assertThrows(() => parsePrior(serialisePrior(prior)), EntropyError, "at most 8191 (got 8192)");
});

Deno.test("a net's samples hold what its kernel sees: noughts beyond the band, neighbours within", () => {
  const bands = bandLayout({ width: 4, height: 4, channels: 1, levels: 1 });
  const coefficients = new Int32Array(16);
  coefficients.set([7, 0, 1, 3], 4); // HL: 7 0 | 1 3
  const sampler = new NetSampler(10);
  sampler.add({ coefficients, bands }, () => true);
  const { inputs, magnitudes, count } = sampler.samples[0];
  assertEquals([count, ...magnitudes.subarray(0, 4)], [4, 7, 0, 1, 3]);
  const last = inputs.subarray(3 * TAP_COUNT, 4 * TAP_COUNT);
  // Above, above left, above right; log2(1 + 2 · 7) is 3.9. The pairs to the left come last.
  assertEquals([...last.subarray(0, 3)], [0, 62, 0]);
  assertEquals([...last.subarray(-4)], [25, 0, 0, 0]);
});
