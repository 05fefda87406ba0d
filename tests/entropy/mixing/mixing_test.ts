import { assertEquals } from "@std/assert";
import { EncodingCoder } from "../../../src/entropy/rans/binary_coder.ts";
import { ContextModel } from "../../../src/entropy/latent/context_model.ts";
import { bandLayout, coefficientCount, encodeSections, parsePrior } from "../../../src/entropy/mod.ts";
import { trainPrior } from "../../../scripts/prior/train_prior.ts";
import { freshState, MIXING_ADDRESSES, WEIGHT_BITS } from "../../../src/entropy/mixing/mixing_block.ts";
import { TypeScriptMixingKernel } from "../../../src/entropy/mixing/mixing_kernel.ts";
import { MIXING_DECODING_WASM } from "../../../src/entropy/mixing/mixing_decoding_wasm.ts";
import { WasmMixingKernel } from "../../../src/entropy/mixing/wasm_mixing_kernel.ts";
import { compiledIfCan } from "../../../src/host/wasm.ts";
import { laplacianCoefficients, probabilitiesOf, SeededRandom } from "../_data.ts";

const bands = bandLayout({ width: 21, height: 17, channels: 3, levels: 2 });
const pictures = [30, 55, 80].map((percent) =>
  laplacianCoefficients(percent, coefficientCount(bands), percent, 1)
);

/** A state such as no training gives: everything as far out as it may be. */
function extremeState(seed: number): ReturnType<typeof freshState> {
  const random = new SeededRandom(seed), state = freshState();
  const limit = 4 << WEIGHT_BITS;
  for (let i = 0; i < state.counters.length; i++) {
    const probability = random.below(3) === 0 ? random.below(2) * ((1 << 22) - 1) : random.below(1 << 22);
    state.counters[i] = (probability << 10) | random.below(121);
  }
  for (const weights of [state.mixerWeights, state.directWeights]) {
    for (let i = 0; i < weights.length; i++) {
      weights[i] = random.below(4) === 0
        ? (random.below(2) * 2 - 1) * limit
        : random.below(2 * limit) - limit;
    }
  }
  for (const counts of [state.mixerCounts, state.directCounts]) {
    for (let i = 0; i < counts.length; i++) counts[i] = random.below(256);
  }
  return state;
}

function simdKernel(): WasmMixingKernel {
  const module = compiledIfCan(MIXING_DECODING_WASM);
  if (module === undefined) throw new Error("this runtime has no WebAssembly SIMD");
  return new WasmMixingKernel(module);
}

Deno.test("the SIMD mixing gives the TypeScript mixing's probabilities from any state", () => {
  const simd = simdKernel(), plain = new TypeScriptMixingKernel();
  for (const prior of [undefined, extremeState(1), extremeState(2), extremeState(3)]) {
    for (const coefficients of pictures) {
      assertEquals(
        probabilitiesOf(coefficients, bands, prior, { mixingKernel: simd }),
        probabilitiesOf(coefficients, bands, prior, { mixingKernel: plain }),
      );
    }
  }
});

Deno.test("both kernels have learned the same from a picture", () => {
  const states = [simdKernel(), new TypeScriptMixingKernel()].map((mixingKernel) => {
    const model = new ContextModel(bands, extremeState(4), { mixingKernel });
    const coder = new EncodingCoder();
    for (const band of bands) model.codeBand(pictures[1].slice(), band, coder);
    return model.state;
  });
  assertEquals(states[0], states[1]);
});

Deno.test("models that take turns band by band code as if each were alone", () => {
  const prior = parsePrior(trainPrior(pictures.map((coefficients) => ({ coefficients, bands }))));
  for (const mixingKernel of [simdKernel(), new TypeScriptMixingKernel()]) {
    const models = pictures.map((_, i) =>
      new ContextModel(bands, i === 1 ? prior : undefined, { mixingKernel })
    );
    const coders = pictures.map(() => new EncodingCoder());
    for (const band of bands) {
      models.forEach((model, i) => model.codeBand(pictures[i].slice(), band, coders[i]));
    }
    pictures.forEach((coefficients, i) => {
      const alone = new ContextModel(bands, i === 1 ? prior : undefined);
      const coder = new EncodingCoder();
      for (const band of bands) alone.codeBand(coefficients.slice(), band, coder);
      assertEquals(coders[i].finish(), coder.finish());
      assertEquals(models[i].state.counters, alone.state.counters);
    });
  }
});

Deno.test("a model that has had its last turn is as it was made, and leaves others alone", () => {
  const mixingKernel = new TypeScriptMixingKernel();
  const [first, second] = [0, 1].map(() => new ContextModel(bands, undefined, { mixingKernel }));
  const coder = new EncodingCoder();
  for (const model of [first, second]) model.codeBand(pictures[0].slice(), bands[0], coder);
  const learned = second.state;
  first.release();
  assertEquals(second.state, learned);
  second.release();
  assertEquals(second.state, freshState());
  assertEquals(first.state.counters, learned.counters);
});

Deno.test("a model leaves the prior that it starts from as it was", () => {
  const prior = extremeState(5);
  encodeSections(pictures[0], bands, { mode: "context", prior });
  encodeSections(pictures[1], bands, { mode: "context" });
  assertEquals(prior, extremeState(5));
});

Deno.test("the regions of the mixing block are aligned for SIMD and do not meet", () => {
  const addresses = Object.values(MIXING_ADDRESSES);
  assertEquals(addresses.filter((address) => address % 16 !== 0), []);
  assertEquals(addresses, addresses.toSorted((a, b) => a - b));
  assertEquals(new Set(addresses).size, addresses.length);
});
