import { assertEquals, assertRejects } from "@std/assert";
import { InvalidValueError } from "../../../mod.ts";
import { searchNear, searchQuality, searchSize } from "../../../src/codec/plan/rate_control.ts";

Deno.test("searchSize() finds the finest step within the limit, also where size is not monotone", async () => {
  for (const limit of [30, 500, 5000, 99999]) {
    const size = (code: number) => 20 + Math.round(1e5 * 2 ** (-code / 100)) + (code % 3 === 0 ? 2 : 0);
    const tried: number[] = [];
    const { stepCode, value } = await searchSize(
      (code) => {
        tried.push(code);
        return Promise.resolve(size(code));
      },
      (bytes) => bytes,
      limit,
      900,
    );
    assertEquals(value <= limit, true);
    assertEquals(value > 0.9 * limit, true, `${value} of ${limit} at ${stepCode}`);
    assertEquals(tried.length <= 20, true, `${tried.length} encodings`);
    assertEquals(new Set(tried).size, tried.length);
  }
});

Deno.test("searchNear() estimates the step of a size from a few files near it", async () => {
  for (const codesAHalving of [55, 80, 140]) {
    for (const guess of [0, 300, 330, 420, 700]) {
      let probes = 0;
      const sizeAt = (code: number) => Math.round(1e5 * 2 ** (-code / codesAHalving));
      const encode = (code: number) => {
        probes++;
        return Promise.resolve(sizeAt(code));
      };
      const { stepCode, value, octaves } = await searchNear(encode, (bytes) => bytes, 5000, guess, 0);
      assertEquals(Math.abs(Math.log2(sizeAt(stepCode) / 5000)) < 0.03, true, `${sizeAt(stepCode)}`);
      assertEquals(octaves, Math.log2(value / 5000));
      assertEquals(probes <= 3, true, `${probes} encodings`);
    }
  }
  const large = () => Promise.resolve(6000);
  const error = await assertRejects(
    () => searchNear(large, (bytes) => bytes, 5000, 9999, 0),
    InvalidValueError,
  );
  assertEquals(error.code, "rate-unreachable");
});

Deno.test("searchSize() ends early where it may stay a little below the limit", async () => {
  for (const codesAHalving of [55, 80, 140]) {
    for (const guess of [150, 300, 420, 700]) {
      let probes = 0;
      const { value } = await searchSize(
        (code) => {
          probes++;
          return Promise.resolve(Math.round(1e5 * 2 ** (-code / codesAHalving)));
        },
        (bytes) => bytes,
        5000,
        guess,
        { slack: 0.02 },
      );
      assertEquals(value <= 5000 && value >= 4900, true, `${value}`);
      assertEquals(
        probes <= 4,
        true,
        `${probes} encodings from ${guess} at ${codesAHalving} codes a halving`,
      );
    }
  }
});

Deno.test("searchSize() states the size of the smallest file if the limit is below it", async () => {
  const error = await assertRejects(
    () => searchSize((code) => Promise.resolve(3000 - code), (bytes) => bytes, 100, 900),
    InvalidValueError,
    "at least 953 for this picture (got 100)",
  );
  assertEquals(error.code, "rate-unreachable");
});

Deno.test("searchQuality() finds the coarsest step that is good enough, in few probes", async () => {
  const score = (code: number) => 45 - code / 60 - Math.max(0, code - 1000) ** 2 / 40000;
  for (const target of [20, 26.5, 31, 38, 44]) {
    let probes = 0;
    const { value } = await searchQuality(
      (code) => {
        probes++;
        return Promise.resolve(score(code));
      },
      (decibels) => decibels,
      target,
      0.02,
      { fine: 700, coarse: 1200, finest: 0 },
    );
    assertEquals(value >= target && value < target + 0.25, true, `${value} for ${target}`);
    assertEquals(probes <= 16, true, `${probes} probes`);
  }
});

Deno.test("searchQuality() states the best score if the target is above it", async () => {
  const error = await assertRejects(
    () =>
      searchQuality((code) => Promise.resolve(30 - code / 100), (s) => s, 50, 0.02, {
        fine: 700,
        coarse: 1200,
        finest: 300,
      }),
    InvalidValueError,
    "at most 27.000 for this picture and model (got 50)",
  );
  assertEquals(error.code, "quality-unreachable");
});
