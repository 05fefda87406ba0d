/** Detail bands coded at once in WebAssembly against those coded place by place in TypeScript. */

import { assert, assertEquals } from "@std/assert";
import { bandLayout, type BandShape, coefficientCount, type ContextPrior } from "../../../src/entropy/mod.ts";
import { emptyNet, netArrays } from "../../../src/entropy/latent/context_net.ts";
import { ContextModel, type ContextModelOptions } from "../../../src/entropy/latent/context_model.ts";
import { DETAIL_ADDRESSES } from "../../../src/entropy/latent/detail_block.ts";
import { TypeScriptNetKernel } from "../../../src/entropy/latent/net_kernel.ts";
import { levelsOf } from "../../../src/entropy/latent/trellis.ts";
import { NET_WASM } from "../../../src/entropy/latent/net_wasm.ts";
import { WasmNetKernel } from "../../../src/entropy/latent/wasm_net_kernel.ts";
import { freshState, MIXING_ADDRESSES } from "../../../src/entropy/mixing/mixing_block.ts";
import { TypeScriptMixingKernel } from "../../../src/entropy/mixing/mixing_kernel.ts";
import { MIXING_DECODING_WASM } from "../../../src/entropy/mixing/mixing_decoding_wasm.ts";
import { WasmMixingKernel } from "../../../src/entropy/mixing/wasm_mixing_kernel.ts";
import { DecodingCoder, EncodingCoder, LearningCoder } from "../../../src/entropy/rans/binary_coder.ts";
import { chooseTrellisValues } from "../../../src/entropy/rdo/optimise_trellis.ts";
import { compiledIfCan } from "../../../src/host/wasm.ts";
import { AWKWARD_SIZES, randomSource } from "../../random.ts";
import { outcomeOf, regionalValues, unrelatedBands } from "../_data.ts";

// One kernel of each kind for all pictures, as the codec has it: what a band leaves behind must not matter.
const AT_ONCE: ContextModelOptions = {
  mixingKernel: new WasmMixingKernel(compiledIfCan(MIXING_DECODING_WASM)!),
  kernel: new WasmNetKernel(compiledIfCan(NET_WASM)!),
};
const BY_PLACE: ContextModelOptions = {
  mixingKernel: new TypeScriptMixingKernel(),
  kernel: new TypeScriptNetKernel(),
};

/** A model with a net of random weights, which has learned from random values. */
function randomPrior(seed: number): ContextPrior {
  const next = randomSource(seed), net = emptyNet(), limit = [40, 700, 8191][seed % 3];
  for (const array of netArrays(net)) {
    for (let i = 0; i < array.length; i++) array[i] = Math.round((2 * next() - 1) * limit);
  }
  const bands = bandLayout({ width: 33, height: 40, channels: 4, levels: 3 });
  const model = new ContextModel(bands, { ...freshState(), net }, BY_PLACE);
  const values = regionalValues(bands, 30, next);
  for (const band of bands) model.codeBand(values, band, new LearningCoder());
  return model.state;
}

/** Pictures of all kinds: bands, and values for them. */
function* subjects(): Generator<{ bands: readonly BandShape[]; values: Int32Array; prior: ContextPrior }> {
  const next = randomSource(21), priors = [1, 2, 3].map(randomPrior);
  const sizes = [1.2, 8, 100, 2 ** 30];
  let number = 0;
  for (const [width, height] of [...AWKWARD_SIZES, [1100, 3], [90, 60]]) {
    const bands = bandLayout({ width, height, channels: 1 + number % 5, levels: 1 + number % 4 });
    yield { bands, values: regionalValues(bands, sizes[number % 4], next), prior: priors[number++ % 3] };
  }
  for (; number < 34; number++) {
    const bands = unrelatedBands(next);
    yield { bands, values: regionalValues(bands, sizes[number % 4], next), prior: priors[number % 3] };
  }
}

/** Values of the trellis that are near some, in half steps. */
function trellisValues(values: Int32Array, bands: readonly BandShape[], prior: ContextPrior): Int32Array {
  const scaled = values.map((value) => Math.max(-(2 ** 28), Math.min(2 ** 28, value)) * 60);
  return chooseTrellisValues(scaled, bands, { lambda: 614, effort: 1, prior });
}

function encoded(
  bands: readonly BandShape[],
  values: Int32Array,
  prior: ContextPrior,
  options: ContextModelOptions,
) {
  return outcomeOf(() => {
    const model = new ContextModel(bands, prior, options),
      coder = new EncodingCoder(),
      coded = values.slice();
    for (const band of bands) model.codeBand(coded, band, coder);
    return { bytes: coder.finish(), coded, state: model.state };
  });
}

function decoded(
  bands: readonly BandShape[],
  bytes: Uint8Array,
  prior: ContextPrior,
  options: ContextModelOptions,
) {
  return outcomeOf(() => {
    const model = new ContextModel(bands, prior, options), coder = new DecodingCoder(bytes);
    const values = new Int32Array(coefficientCount(bands));
    for (const band of bands) model.codeBand(values, band, coder);
    coder.finish();
    return values;
  });
}

Deno.test("detail bands coded at once give the bytes, the values and the learning of those coded by place", () => {
  for (const { bands, values, prior } of subjects()) {
    for (const trellis of [false, true]) {
      const wanted = trellis ? trellisValues(values, bands, prior) : values;
      const expected = encoded(bands, wanted, prior, { ...BY_PLACE, trellis });
      assertEquals(encoded(bands, wanted, prior, { ...AT_ONCE, trellis }), expected);
      if (typeof expected === "string") continue;
      assertEquals(decoded(bands, expected.bytes, prior, { ...AT_ONCE, trellis }), expected.coded);
    }
  }
});

Deno.test("damaged and random bytes give the same values or error at once as by place", () => {
  const next = randomSource(22);
  let refused = 0, taken = 0;
  for (const { bands, values, prior } of subjects()) {
    const trellis = next() < 0.5;
    const whole = encoded(bands, trellis ? trellisValues(values, bands, prior) : values, prior, {
      ...BY_PLACE,
      trellis,
    });
    for (let k = 0; k < 5; k++) {
      let bytes = typeof whole === "string" ? new Uint8Array(40) : whole.bytes.slice();
      if (k === 0) bytes = Uint8Array.from({ length: next() * 400 }, () => 256 * next());
      else if (k === 1) bytes = bytes.subarray(0, next() * bytes.length);
      else if (k === 2) bytes.fill(255, 4);
      else if (bytes.length > 0) bytes[Math.floor(next() * bytes.length)] ^= 1 << Math.floor(next() * 8);
      const expected = decoded(bands, bytes, prior, { ...BY_PLACE, trellis });
      assertEquals(decoded(bands, bytes, prior, { ...AT_ONCE, trellis }), expected);
      if (typeof expected === "string") refused++;
      else taken++;
    }
  }
  assert(refused > 60 && taken > 5, `${refused} refused, ${taken} decoded`);
});

Deno.test("a value that its quantiser has not is refused at once as by place", () => {
  const bands = bandLayout({ width: 16, height: 16, channels: 1, levels: 1 }), prior = randomPrior(5);
  const values = new Int32Array(256);
  values[70] = 3; // state 0 has even values only
  const outcomes = [AT_ONCE, BY_PLACE].map((options) =>
    encoded(bands, values, prior, { ...options, trellis: true })
  );
  assertEquals(outcomes[0], outcomes[1]);
  assert(typeof outcomes[0] === "string" && outcomes[0].startsWith("entropy-range"));
});

Deno.test("the trellis search at once chooses the values that the search by place chooses, at any lambda", () => {
  const next = randomSource(23);
  for (const { bands, values, prior } of subjects()) {
    const scaled = values.map((value) =>
      Math.round(Math.max(-(2 ** 30), Math.min(2 ** 30, 50 * value + 90 * next() - 45)))
    );
    const choice = { lambda: [0, 614, 65_536][Math.floor(next() * 3)], effort: 5, prior };
    const expected = chooseTrellisValues(scaled, bands, choice, BY_PLACE);
    assertEquals(chooseTrellisValues(scaled, bands, choice, AT_ONCE), expected);
    levelsOf(expected, bands); // each is one of its quantiser's
  }
});

Deno.test("a section too long for its place in the kernel's memory is decoded in a larger memory, to the same", () => {
  const bands = bandLayout({ width: 40, height: 40, channels: 1, levels: 1 }), prior = randomPrior(7);
  const bytes = new Uint8Array(DETAIL_ADDRESSES.planes - DETAIL_ADDRESSES.stream + 5).fill(77);
  const outcomes = [AT_ONCE, BY_PLACE].map((options) => decoded(bands, bytes, prior, options));
  assertEquals(outcomes[0], outcomes[1]);
});

Deno.test("the regions of the detail coder follow the mixing block and do not meet", () => {
  const addresses = Object.values(DETAIL_ADDRESSES);
  assert(addresses[0] >= MIXING_ADDRESSES.end && addresses.every((address) => address % 16 === 0));
  assertEquals(addresses, addresses.toSorted((a, b) => a - b));
});
