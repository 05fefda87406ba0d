import { assertEquals } from "@std/assert";
import { fromFloat16, toFloat16 } from "../../../src/image/headers/float16.ts";

Deno.test("half floats are those of the runtime, and come back", () => {
  const bits = new Uint16Array(1), float = new Float16Array(bits.buffer);
  for (let half = 0; half < 65536; half++) {
    bits[0] = half;
    if (!Number.isFinite(float[0])) assertEquals(fromFloat16(half), NaN);
    else {
      assertEquals(fromFloat16(half), float[0]);
      if (half !== 0x8000) assertEquals(toFloat16(float[0]), half);
    }
  }
});

Deno.test("toFloat16() takes the next half float", () => {
  const bits = new Uint16Array(1), float = new Float16Array(bits.buffer);
  for (let i = 1; i < 5000; i++) {
    const value = (i % 2 === 0 ? 1 : -1) * i * i / 12_345.678;
    float[0] = value;
    assertEquals(toFloat16(value), bits[0], `${value}`);
  }
});
