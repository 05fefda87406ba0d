import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { CpuArena, InvalidValueError, pyramidLayout, synthesisNorm } from "../../mod.ts";
import { CpuKernels } from "../../src/kernels/cpu/cpu_kernels.ts";
import { AWKWARD_SIZES } from "../random.ts";

Deno.test("bands cover the coefficients once, in coding order, at any size and depth", () => {
  for (const [width, height] of AWKWARD_SIZES) {
    for (const levels of [0, 1, 3, 10]) {
      const layout = pyramidLayout("cdf53", levels, { channels: 3, width, height });
      assertEquals(layout.coefficientCount, 3 * width * height);
      assertEquals(layout.bands.length, 3 * (1 + 3 * levels));
      let end = 0;
      for (const band of layout.bands) {
        assertEquals(band.offset, end);
        end += band.width * band.height;
      }
      assertEquals(end, layout.coefficientCount);
    }
  }
});

Deno.test("levels out of range are refused", () => {
  assertThrows(
    () => pyramidLayout("haar", 11, { channels: 1, width: 8, height: 8 }),
    InvalidValueError,
    "0 to 10",
  );
  assertThrows(() => pyramidLayout("haar", 1.5, { channels: 1, width: 8, height: 8 }), InvalidValueError);
});

Deno.test("synthesisNorm() is the norm of what one coefficient adds to the picture", () => {
  const size = 128;
  for (const wavelet of ["cdf53", "haar", "cdf97"] as const) {
    const layout = pyramidLayout(wavelet, 3, { channels: 1, width: size, height: size });
    for (const band of layout.bands) {
      const arena = new CpuArena(2 ** 18);
      const source = arena.allocate([layout.coefficientCount], "f32");
      const target = arena.allocate([1, size, size], "f32");
      arena.view(source)[band.offset + (band.height >> 1) * band.width + (band.width >> 1)] = 1;
      new CpuKernels(arena).waveletInverse(source, target, layout);
      assertAlmostEquals(
        Math.hypot(...arena.view(target)),
        synthesisNorm(wavelet, band.level, band.orientation),
        1e-5,
      );
    }
  }
});
