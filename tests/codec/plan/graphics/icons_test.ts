import { assert, assertEquals } from "@std/assert";
import { compress, decompress } from "../../../../mod.ts";
import { randomSource } from "../../../random.ts";

const COLOURS = [[20, 12, 28], [208, 70, 72], [222, 238, 214], [89, 125, 206], [109, 170, 44], [
  218,
  212,
  94,
]];

/** A symmetric figure of six colours. */
function sprite(side: number) {
  const random = randomSource(side), data = new Uint8ClampedArray(4 * side * side).fill(255);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side / 2; x++) {
      const colour = COLOURS[Math.floor(random() * COLOURS.length)];
      for (const column of [x, side - 1 - x]) data.set(colour, 4 * (y * side + column));
    }
  }
  return { data, width: side, height: side };
}

Deno.test("pixel art of few pixels keeps its colours at every quality from 20", async () => {
  for (const side of [5, 16, 24]) {
    const picture = sprite(side);
    for (const quality of [20, 50, 70]) {
      const file = await compress(picture, { quality });
      assertEquals((await decompress(file)).data, picture.data, `${side} × ${side}, quality ${quality}`);
      assert(file.length <= 400, `${file.length} bytes`);
    }
  }
});

Deno.test("a pattern without flat blocks, whose exact file is tiny, is exact at every quality", async () => {
  const side = 128, data = new Uint8ClampedArray(4 * side * side).fill(255);
  for (let i = 0; i < side * side; i++) {
    const x = i % side, y = Math.floor(i / side);
    data.set([255 * (x & 1), 255 * (y & 1), 255 * ((x >> 1 ^ y >> 1) & 1)], 4 * i);
  }
  for (const quality of [30, 50]) {
    const file = await compress({ data, width: side, height: side }, { quality });
    assertEquals((await decompress(file)).data, data);
    assert(file.length < 100, `${file.length} bytes`);
  }
});

Deno.test("a small photograph is not kept exactly", async () => {
  const random = randomSource(4), data = new Uint8ClampedArray(4 * 16 * 16).fill(255);
  for (let i = 0; i < data.length; i++) if (i % 4 !== 3) data[i] = 90 + i / 16 + 40 * random();
  assert((await compress({ data, width: 16, height: 16 }, { quality: 50 })).length < 200);
});
