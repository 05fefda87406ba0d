import { assert, assertEquals } from "@std/assert";
import type { ContainerHeader } from "../../../src/format/mod.ts";
import { codedHeader, codedRect } from "../../../src/codec/reduction/coded_size.ts";
import { enlarge } from "../../../src/codec/reduction/enlarge.ts";
import { reducedPicture } from "../../../src/codec/reduction/reduce.ts";
import { cropSamples } from "../../../src/codec/samples.ts";

function picture(width: number, height: number, sample: (x: number, y: number) => number) {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    data.fill(sample(i % width, Math.floor(i / width)), 4 * i, 4 * i + 3);
  }
  return { data, width, height };
}

function enlarged(
  coded: { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number },
  shown: { readonly width: number; readonly height: number },
  reduction: number,
  wanted = { x: 0, y: 0, ...shown },
) {
  const header = { ...shown, reduction } as ContainerHeader, inner = codedRect(wanted, header);
  const { width, height } = codedHeader(header);
  assertEquals([width, height], [coded.width, coded.height]);
  const samples = cropSamples(coded, inner) as Uint8ClampedArray;
  return enlarge(samples, { reduction, coded, inner, wanted });
}

Deno.test("reducing and enlarging keep a colour, at any size", () => {
  for (const [width, height] of [[1, 1], [3, 1], [17, 9], [64, 33]]) {
    for (const reduction of [1, 2, 3, 8]) {
      const source = picture(width, height, () => 93);
      const back = enlarged(reducedPicture(source, reduction) as typeof source, source, reduction);
      assertEquals(back, source.data, `${width}×${height}, ${reduction}`);
    }
  }
});

Deno.test("enlarging a slope gives the slope away from the borders", () => {
  const source = picture(64, 48, (x, y) => 20 + 2 * x + y), small = reducedPicture(source, 2);
  const back = enlarged(small as typeof source, source, 2);
  for (let y = 8; y < 40; y++) {
    for (let x = 8; x < 56; x++) {
      const i = 4 * (64 * y + x);
      assert(Math.abs(back[i] - source.data[i]) <= 1, `${x}, ${y}: ${back[i]}, not ${source.data[i]}`);
    }
  }
});

Deno.test("an enlarged region has the samples of the whole picture", () => {
  const coded = picture(13, 10, (x, y) => (x * 37 + y * y * 11) % 256), shown = { width: 50, height: 39 };
  const whole = { data: enlarged(coded, shown, 2), ...shown };
  for (const [x, y, width, height] of [[0, 0, 1, 1], [49, 38, 1, 1], [5, 7, 20, 13], [30, 0, 20, 39]]) {
    const rect = { x, y, width, height };
    assertEquals(enlarged(coded, shown, 2, rect), cropSamples(whole, rect), JSON.stringify(rect));
  }
});
