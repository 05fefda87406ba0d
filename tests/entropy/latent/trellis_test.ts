import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  bandLayout,
  coderNamed,
  coefficientCount,
  decodeSections,
  DEFAULT_LAMBDA,
  encodeSections,
  EntropyError,
  optimiseCoefficients,
  parsePrior,
} from "../../../src/entropy/mod.ts";
import {
  levelOfValue,
  NEXT_STATE,
  quantiserOf,
  TRELLIS_STATES,
  valueOfLevel,
} from "../../../src/entropy/latent/trellis.ts";
import { ContextModel } from "../../../src/entropy/latent/context_model.ts";
import { LevelCosts } from "../../../src/entropy/latent/level_costs.ts";
import { CostCoder } from "../../../src/entropy/rans/binary_coder.ts";
import { TypeScriptTrellisKernel } from "../../../src/entropy/rdo/trellis_kernel.ts";
import { type LevelCost, TrellisSearch } from "../../../src/entropy/rdo/trellis_search.ts";
import { TRELLIS_WASM } from "../../../src/entropy/rdo/trellis_wasm.ts";
import { WasmTrellisKernel } from "../../../src/entropy/rdo/wasm_trellis_kernel.ts";
import { compiledIfCan } from "../../../src/host/wasm.ts";
import { areRefused, SeededRandom } from "../_data.ts";

const trellisLambda = coderNamed("trellis").cost!.defaultLambda;

const bands = bandLayout({ width: 64, height: 48, channels: 2, levels: 3 });

/** Laplacian coefficients in 1/64 of `unit`, busier in the upper half of every band. */
function scaledPicture(seed: number, unit: number): Int32Array {
  const random = new SeededRandom(seed);
  const scaled = new Int32Array(coefficientCount(bands));
  for (const { offset, width, height } of bands) {
    for (let i = 0; i < width * height; i++) {
      const size = i < width * height / 2 ? 98 : 95;
      scaled[offset + i] = unit * random.laplacian(size) + random.below(unit);
    }
  }
  return scaled;
}

function bitsOf(values: Int32Array, mode: "context" | "trellis"): number {
  return encodeSections(values, bands, { mode }).reduce((sum, { length }) => sum + 8 * length, 0);
}

Deno.test("each quantiser has its own values, and zero belongs to both", () => {
  const levels = [-2, -1, 0, 1, 2];
  assertEquals(levels.map((level) => valueOfLevel(level, 0)), [-4, -2, 0, 2, 4]);
  assertEquals(levels.map((level) => valueOfLevel(level, 1)), [-3, -1, 0, 1, 3]);
  for (const quantiser of [0, 1]) {
    for (const level of levels) assertEquals(levelOfValue(valueOfLevel(level, quantiser), quantiser), level);
  }
  const error = assertThrows(
    () => levelOfValue(3, 0),
    EntropyError,
    "0 and even values, it must be one of them (got 3)",
  );
  assertEquals(error.code, "entropy-range");
  assertThrows(() => levelOfValue(2, 1), EntropyError, "0 and odd values, it must be one of them (got 2)");
});

Deno.test("every state is reached from two others, by levels of different ways to go on", () => {
  const arrivals = Array.from({ length: TRELLIS_STATES }, () => 0);
  NEXT_STATE.forEach((state) => arrivals[state]++);
  assertEquals(arrivals, Array(TRELLIS_STATES).fill(2));
  for (let state = 0; state < TRELLIS_STATES; state++) {
    assert(NEXT_STATE[2 * state] !== NEXT_STATE[2 * state + 1]);
  }
});

Deno.test("the search finds what trying every way finds", () => {
  const random = new SeededRandom(5), lambda = 1500;
  const costOf: LevelCost = (level, quantiser) =>
    level === 0 ? 90 + 40 * quantiser : 700 + 300 * Math.abs(level);
  for (let round = 0; round < 40; round++) {
    const targets = Array.from({ length: 6 }, () => random.below(800) - 400);
    const search = new TrellisSearch(targets.length, lambda);
    for (const target of targets) search.offer(target, costOf);
    const price = (levels: readonly number[]): number => {
      let state = 0, cost = 0;
      for (const [i, level] of levels.entries()) {
        const quantiser = quantiserOf(state);
        cost += (targets[i] - 64 * valueOfLevel(level, quantiser)) ** 2 * 256 +
          lambda * costOf(level, quantiser);
        state = NEXT_STATE[2 * state + (level & 1)];
      }
      return cost;
    };
    let least = Infinity;
    const walk = (levels: number[]): void => {
      if (levels.length === targets.length) {
        least = Math.min(least, price(levels));
        return;
      }
      const near = Math.round(targets[levels.length] / 128);
      for (const level of new Set([0, near - 1, near, near + 1])) walk([...levels, level]);
    };
    walk([]);
    // The search leaves out levels that cannot pay: it may only be as good.
    assertEquals(price([...search.trace()]), least);
  }
});

Deno.test("trellis sections round-trip at every size, level count and effort", () => {
  const random = new SeededRandom(9);
  for (const [width, height, levels] of [[1, 1, 0], [1, 1, 3], [1, 9, 2], [7, 13, 3], [64, 80, 4]]) {
    for (const effort of [1, 5, 8]) {
      const own = bandLayout({ width, height, channels: 4, levels });
      const scaled = new Int32Array(coefficientCount(own)).map(() => 40 * random.laplacian(80));
      const values = optimiseCoefficients(scaled, own, { effort, coder: "trellis" });
      const sections = encodeSections(values, own, { mode: "trellis" });
      assertEquals(decodeSections(sections, own, { mode: "trellis" }), values);
    }
  }
});

Deno.test("trellis sections hold the largest values", () => {
  const own = bandLayout({ width: 4, height: 4, channels: 1, levels: 1 });
  const scaled = new Int32Array(16).map((_, i) =>
    i % 3 === 0 ? 2 ** 31 - 1 : i % 3 === 1 ? -(2 ** 31 - 1) : 0
  );
  for (const effort of [2, 5]) {
    const values = optimiseCoefficients(scaled, own, { effort, coder: "trellis" });
    assert(Math.max(...values.map(Math.abs)) >= 2 ** 25 - 1);
    assertEquals(
      decodeSections(encodeSections(values, own, { mode: "trellis" }), own, { mode: "trellis" }),
      values,
    );
  }
});

Deno.test("a trellis takes fewer bits for the same error than a quantiser of single coefficients", () => {
  // The same coefficients in steps and in half steps, at three steps a quantiser.
  const rates = (coder: "context" | "trellis") =>
    [7, 8, 10].map((unit) => {
      const scaled = scaledPicture(3, unit), half = scaled.map((value) => 2 * value);
      const lambda = coder === "context" ? DEFAULT_LAMBDA : trellisLambda;
      const values = optimiseCoefficients(coder === "context" ? scaled : half, bands, {
        lambda,
        effort: 5,
        coder,
      });
      const unitsOfValue = coder === "context" ? 64 : 32;
      const error = scaled.reduce((sum, value, i) => sum + (value - unitsOfValue * values[i]) ** 2, 0);
      return { bits: bitsOf(values, coder), decibels: 10 * Math.log10(error / unit ** 2) };
    });
  const plain = rates("context");
  const slope = Math.log(plain[2].bits / plain[0].bits) / (plain[2].decibels - plain[0].decibels);
  for (const { bits, decibels } of rates("trellis")) {
    const same = plain[1].bits * Math.exp(slope * (decibels - plain[1].decibels));
    assert(bits < 0.985 * same, `${bits} of ${same}`);
  }
});

Deno.test("a trellis that looks at its model's costs does better than one that guesses them", () => {
  const scaled = scaledPicture(4, 16);
  const costAt = (effort: number): number => {
    const values = optimiseCoefficients(scaled, bands, { effort, coder: "trellis" });
    const error = scaled.reduce((sum, value, i) => sum + (value - 64 * values[i]) ** 2, 0);
    return error + trellisLambda * bitsOf(values, "trellis");
  };
  assert(costAt(5) < costAt(1), `${costAt(5)} of ${costAt(1)}`);
  assert(costAt(8) < costAt(1), `${costAt(8)} of ${costAt(1)}`);
});

Deno.test("values of another quantiser are refused by name", () => {
  const own = bandLayout({ width: 4, height: 1, channels: 1, levels: 1 });
  const error = assertThrows(
    () => encodeSections(Int32Array.of(2, 0, 3, 0), own, { mode: "trellis" }),
    EntropyError,
    "its quantiser has 0 and even values, it must be one of them (got 3)",
  );
  assertEquals(error.code, "entropy-range");
});

Deno.test("damaged trellis sections give an error or values in range, and end", () => {
  const random = new SeededRandom(77);
  const values = optimiseCoefficients(scaledPicture(6, 12), bands, { effort: 5, coder: "trellis" });
  const sections = encodeSections(values, bands, { mode: "trellis" });
  for (let round = 0; round < 60; round++) {
    const damaged = sections.map((section) => section.slice());
    const section = damaged[random.below(damaged.length)];
    if (section.length > 0) section[random.below(section.length)] ^= 1 << random.below(8);
    areRefused(damaged, bands, { mode: "trellis" });
  }
});

Deno.test("the SIMD steps through the trellis choose what the TypeScript steps choose", () => {
  const random = new SeededRandom(31);
  const kernels = [new WasmTrellisKernel(compiledIfCan(TRELLIS_WASM)!), new TypeScriptTrellisKernel()];
  for (const count of [1, 7, 1024, 3000]) {
    for (const limit of [3, 100_000_000]) {
      const targets = Array.from({ length: count }, () => random.below(1200) - 600);
      // Few costs make ties.
      const bits = Array.from({ length: 8 * count }, () => random.below(limit));
      const [expected, actual] = kernels.map((kernel) => {
        const search = new TrellisSearch(count, 500, kernel);
        targets.forEach((target, i) =>
          search.offer(
            limit === 3 ? 0 : target,
            (level, quantiser) => bits[8 * i + 4 * quantiser + (level & 3)],
          )
        );
        return search.trace();
      });
      assertEquals(actual, expected);
    }
  }
});

Deno.test("costs asked for level by level are what coding the level costs", () => {
  const prior = parsePrior(
    Deno.readFileSync(new URL("../../../models/vaerans-8/prior.bin", import.meta.url)),
  );
  const probe = new CostCoder(), costs = new LevelCosts(), random = new SeededRandom(32);
  for (const start of [prior, undefined]) {
    const model = new ContextModel(bands, start, { trellis: true });
    model.learning = false;
    for (const band of bands) {
      if (band.orientation === 0) continue;
      model.visitDetail(band, (place) => {
        const negative = random.below(2) === 1;
        costs.turnTo(place, negative);
        for (let k = 0; k < 3; k++) {
          const magnitude = random.below(4) === 0 ? random.below(200) : random.below(4),
            quantiser = random.below(2);
          const actual = costs.bitsOf(magnitude, quantiser);
          probe.cost = 0;
          place.quantiser = quantiser;
          place.code(probe, negative ? -magnitude : magnitude);
          place.quantiser = 0;
          assertEquals(actual, probe.cost);
        }
        return random.below(3) - 1;
      });
    }
  }
});
