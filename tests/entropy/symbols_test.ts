import { assertEquals, assertThrows } from "@std/assert";
import { coefficientsFromSymbols, EntropyError, symbolsFromCoefficients } from "../../src/entropy/mod.ts";
import { laplacianCoefficients } from "./_data.ts";

Deno.test("symbolsFromCoefficients() centres on 128 and escapes what a byte cannot hold", () => {
  const { symbols, escapes } = symbolsFromCoefficients(
    Int32Array.of(0, 1, -1, 127, -127, 128, -128, -(2 ** 30)),
  );
  assertEquals(symbols, Uint8Array.of(128, 129, 127, 255, 1, 0, 0, 0));
  assertEquals(escapes, Int32Array.of(128, -128, -(2 ** 30)));
});

Deno.test("coefficientsFromSymbols() undoes symbolsFromCoefficients()", () => {
  const coefficients = laplacianCoefficients(3, 5000, 80, 50);
  const { symbols, escapes } = symbolsFromCoefficients(coefficients);
  assertEquals(coefficientsFromSymbols(symbols, escapes), coefficients);
});

Deno.test("coefficientsFromSymbols() refuses too few and too many escapes", () => {
  for (const escapes of [Int32Array.of(), Int32Array.of(200, 300)]) {
    const error = assertThrows(() => coefficientsFromSymbols(Uint8Array.of(0, 128), escapes), EntropyError);
    assertEquals(error.code, "entropy-corrupt");
  }
});

Deno.test("symbolsFromCoefficients() refuses magnitudes over 2^30", () => {
  const error = assertThrows(() => symbolsFromCoefficients(Int32Array.of(2 ** 30 + 1)), EntropyError);
  assertEquals(error.code, "entropy-range");
});
