/** What the fuzzers of sections share. */

import process from "node:process";
import { EntropyError } from "../src/entropy/errors.ts";
import type { RandomNumbers } from "./random.ts";

/**
 * Damages a section, or leaves it as it is.
 *
 * @param bytes The section.
 * @param numbers Decide what happens to it.
 * @param longest Bytes of a section of random bytes, less than this.
 * @param kinds How many kinds of damage there are: 4, or 5 with a byte too many.
 * @returns A copy.
 */
export function damaged(
  bytes: Uint8Array,
  numbers: RandomNumbers,
  longest: number,
  kinds: 4 | 5,
): Uint8Array {
  const random = (limit: number) => numbers.below(limit), kind = random(kinds);
  if (kind === 0) return Uint8Array.from({ length: random(longest) }, () => random(256));
  const changed = Uint8Array.from(bytes);
  if (kind === 1) return changed.subarray(0, random(changed.length + 1));
  if (kind === 2 && changed.length > 0) changed[random(changed.length)] ^= 1 << random(8);
  if (kind === 3) {
    for (let k = random(8); k > 0; k--) changed[random(Math.max(1, changed.length))] = random(256);
  }
  return kind === 4 ? Uint8Array.from([...changed, random(256)]) : changed;
}

/**
 * Runs a decoder.
 *
 * @param decode Decodes one small input.
 * @param maxMilliseconds More of the processor's time counts as a hang; other processes do not count.
 * @returns What it gives; `undefined` where it refuses the input with an `EntropyError`.
 * @throws Any other error, and that of a hang.
 */
export function decodedOrRefused<T>(decode: () => T, maxMilliseconds: number): T | undefined {
  const before = process.cpuUsage();
  let result: T | undefined;
  try {
    result = decode();
  } catch (error) {
    if (!(error instanceof EntropyError)) throw error;
  }
  const { user, system } = process.cpuUsage(before), milliseconds = (user + system) / 1000;
  if (milliseconds > maxMilliseconds) throw new Error(`took ${milliseconds} ms`);
  return result;
}

/** Throws unless each value is a coefficient. */
export function checkCoefficients(values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!(Math.abs(values[i]) <= 2 ** 30)) throw new Error(`value ${values[i]} is out of range`);
  }
}

/** Tells of a finding, and ends. */
export function endAt(input: number, seed: number, error: unknown): never {
  console.error(`Input ${input}, seed ${seed}: ${error instanceof Error ? error.stack : error}`);
  Deno.exit(1);
}
