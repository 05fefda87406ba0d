import { assertEquals } from "@std/assert";
import * as vaerans from "../../mod.ts";
import { roundTrip } from "./round_trip.ts";

/** Asserts that a round trip elsewhere gave what it gives here: the same file, the same quality. */
export async function expectRoundTrip(found: unknown): Promise<void> {
  const here = await roundTrip(vaerans);
  assertEquals([here.lossless, here.png, here.decibels > 25], [true, true, true]);
  assertEquals(found, here);
}
