import { assert, assertEquals } from "@std/assert";
import { compress, decompress } from "../../../../mod.ts";
import { Ssimulacra2Source } from "../../../../src/kernels/cpu/metrics/ssimulacra2.ts";
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

/** Two letters' strokes and a disc, drawn finer and then averaged, over a ramp: nearly every pixel of an edge has a colour of its own. */
function icon(side: number, isAlpha: boolean) {
  const data = new Uint8ClampedArray(4 * side * side).fill(255), fine = 4;
  const isDisc = (x: number, y: number) => Math.hypot(x - 0.5, y - 0.5) < 0.47;
  const isStroke = (x: number, y: number) =>
    y > 0.2 && y < 0.8 && (Math.abs(x - 0.25 - 0.2 * y) < 0.05 || Math.abs(x - 0.85 + 0.3 * y) < 0.05);
  for (let i = 0; i < side * side; i++) {
    let disc = 0, stroke = 0;
    for (let k = 0; k < fine * fine; k++) {
      const x = (i % side + (k % fine + 0.5) / fine) / side;
      const y = (Math.floor(i / side) + (Math.floor(k / fine) + 0.5) / fine) / side;
      disc += Number(isDisc(x, y)) / fine ** 2;
      stroke += Number(isStroke(x, y)) / fine ** 2;
    }
    const row = Math.floor(i / side) / side, back = isAlpha ? 1 : disc;
    for (let c = 0; c < 3; c++) {
      const ramp = [235, 60, 90][c] + [-60, 60, 90][c] * row, shown = 255 + (ramp - 255) * back;
      data[4 * i + c] = shown + ([250, 245, 220][c] - shown) * stroke;
    }
    if (isAlpha) data[4 * i + 3] = 255 * disc;
  }
  return { data, width: side, height: side };
}

Deno.test("icons with smooth edges keep their shapes at every quality from 30", async () => {
  for (const isAlpha of [false, true]) {
    for (const side of [32, 40]) {
      const picture = icon(side, isAlpha), source = new Ssimulacra2Source(picture);
      for (const quality of [30, 50]) {
        const file = await compress(picture, { quality }), score = source.score(await decompress(file));
        assert(score > 80, `${side} × ${side}, alpha ${isAlpha}, quality ${quality}: ${score} points`);
        assert(file.length <= 700, `${file.length} bytes`);
      }
    }
  }
});

Deno.test("small photographs are not kept exactly", async () => {
  for (const side of [16, 32]) {
    const random = randomSource(4), data = new Uint8ClampedArray(4 * side * side).fill(255);
    for (let i = 0; i < data.length; i++) {
      if (i % 4 !== 3) data[i] = 90 + 64 * i / data.length + 40 * random();
    }
    assert((await compress({ data, width: side, height: side }, { quality: 50 })).length < 200);
  }
});
