import { assert, assertEquals } from "@std/assert";
import { compress, decompress } from "../../../mod.ts";
import { ssimulacra2 } from "../../../src/kernels/cpu/metrics/ssimulacra2.ts";
import { hasSparsePoints } from "../../../src/codec/plan/sparse_points.ts";
import { randomSource } from "../../random.ts";
import { mixedPicture } from "./graphics/_pictures.ts";

/** A sky that grows lighter downwards, with soft stars of many brightnesses and with grain. */
function nightSky(width: number, height: number, stars: number, grain: number) {
  const next = randomSource(9), light = new Float32Array(width * height);
  for (let star = 0; star < stars; star++) {
    const x = next() * width, y = next() * height, brightness = 40 + 200 * next() ** 2, size = 0.4 + next();
    for (let row = Math.max(0, Math.ceil(y - 4)); row < Math.min(height, y + 4); row++) {
      for (let column = Math.max(0, Math.ceil(x - 4)); column < Math.min(width, x + 4); column++) {
        const distance = (column - x) ** 2 + (row - y) ** 2;
        light[row * width + column] += brightness * Math.exp(-distance / (2 * size * size));
      }
    }
  }
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < light.length; i++) {
    const sky = 8 + 20 * i / light.length + grain * (next() - 0.5);
    data.set([sky + light[i], sky + 0.95 * light[i], 1.8 * sky + 0.9 * light[i], 255], 4 * i);
  }
  return { data, width, height };
}

Deno.test("stars on a calm sky are sparse points, textures, strokes and flat areas are not", () => {
  assert(hasSparsePoints(nightSky(128, 96, 40, 0)));
  assert(hasSparsePoints(nightSky(128, 96, 40, 6)));
  assert(!hasSparsePoints(nightSky(128, 96, 1500, 0)));
  assert(!hasSparsePoints(nightSky(128, 96, 0, 6)));
  assert(!hasSparsePoints(mixedPicture(128, 96)));
  assert(!hasSparsePoints(mixedPicture(128, 96, 0)));
  assert(!hasSparsePoints({ data: new Uint8ClampedArray(4 * 4 * 4), width: 4, height: 4 }));
});

Deno.test("stars are kept at low qualities, with bytes and scores that rise with the quality", async () => {
  const sky = nightSky(192, 128, 70, 0);
  let before = { bytes: 0, score: 0 };
  for (const quality of [10, 30, 50]) {
    const file = await compress(sky, { quality }), decoded = await decompress(file);
    const score = ssimulacra2(sky, decoded);
    assert(score >= Math.max(15, quality - 20), `quality ${quality}: ${score}`);
    assert(file.length >= before.bytes && score >= before.score, `quality ${quality}: ${file.length} bytes`);
    before = { bytes: file.length, score };
  }
});

Deno.test("stars take the quality's own step where the caller asks for a photograph", async () => {
  const sky = nightSky(192, 128, 70, 0);
  const photo = await compress(sky, { quality: 10, content: "photo" });
  const auto = await compress(sky, { quality: 10 });
  assert(photo.length < auto.length, `${photo.length} and ${auto.length} bytes`);
  assertEquals((await decompress(photo)).width, 192);
});
