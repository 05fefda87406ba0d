import { assert } from "@std/assert";
import { compress, decompress } from "../../../../mod.ts";
import { Ssimulacra2Source } from "../../../../src/kernels/cpu/metrics/ssimulacra2.ts";
import { randomSource } from "../../../random.ts";
import { mixedPicture } from "./_pictures.ts";

const SIDE = 96;
/** Qualities of the test, and by how much bytes and scores may fall from one to a later one. */
const QUALITIES = [5, 20, 35, 50, 65, 75, 80, 85, 90, 100], MOST_LOSS = 0.03, MOST_POINTS = 1.5;

type Colour = readonly [number, number, number];

/** Triangles with smoothed edges, of one colour each or of a ramp, over a ramp. */
function triangles(count: number, isRamp: boolean) {
  const next = randomSource(count), data = new Uint8ClampedArray(4 * SIDE * SIDE).fill(255);
  const colour = (): Colour => [255 * next(), 255 * next(), 255 * next()];
  const paint = (coverage: (x: number, y: number) => number, from: Colour, to: Colour) => {
    for (let y = 0, i = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++, i += 4) {
        const part = Math.max(0, Math.min(1, coverage(x, y)));
        for (let c = 0; c < 3; c++) {
          const shown = from[c] + (to[c] - from[c]) * (x + y) / (2 * SIDE);
          data[i + c] += part * (shown - data[i + c]);
        }
      }
    }
  };
  paint(() => 1, colour(), colour());
  for (let triangle = 0; triangle < count; triangle++) {
    const [cx, cy, turn, radius] = [SIDE * next(), SIDE * next(), 2 * next(), 6 + 10 * next()];
    const normals = [0, 1, 2].map((k) => turn + 2 * Math.PI * k / 3), first = colour();
    paint(
      (x, y) =>
        Math.min(...normals.map((a) => radius - (x - cx) * Math.cos(a) - (y - cy) * Math.sin(a))) + 0.5,
      first,
      isRamp ? colour() : first,
    );
  }
  return { data, width: SIDE, height: SIDE };
}

/** A white card above its shadow on a ramp, with strokes like letters. */
function card() {
  const data = new Uint8ClampedArray(4 * SIDE * SIDE).fill(255);
  for (let y = 0, i = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, i += 4) {
      const isCard = x > 15 && x < 81 && y > 19 && y < 75;
      const outside = Math.hypot(Math.max(0, 16 - x, x - 80), Math.max(0, 24 - y, y - 78));
      const light = 1 - 0.5 * Math.exp(-((outside / 6) ** 2));
      const isStroke = isCard && y > 28 && y < 66 && y % 9 > 3 && (x * 7 + Math.floor(y / 9) * 5) % 11 < 3;
      if (isStroke) data.set([40, 40, 60], i);
      else if (!isCard) data.set([light * (40 + x), light * (90 + y / 2), light * 180], i);
    }
  }
  return { data, width: SIDE, height: SIDE };
}

const KINDS = {
  "flat triangles": triangles(40, false),
  "triangles of ramps": triangles(40, true),
  "a card above its shadow": card(),
  "text beside a photograph": mixedPicture(SIDE, SIDE),
};

for (const [name, picture] of Object.entries(KINDS)) {
  Deno.test(`more quality gives no fewer bytes and looks no worse: ${name}`, async () => {
    const source = new Ssimulacra2Source(picture);
    let mostBytes = 0, mostPoints = -Infinity;
    const curve: string[] = [];
    for (const quality of QUALITIES) {
      const file = await compress(picture, { quality }), points = source.score(await decompress(file));
      curve.push(`${quality}: ${file.length} bytes, ${points.toFixed(1)}`);
      const isWorse = file.length < (1 - MOST_LOSS) * mostBytes || points < mostPoints - MOST_POINTS;
      assert(!isWorse, curve.join("; "));
      mostBytes = Math.max(mostBytes, file.length);
      mostPoints = Math.max(mostPoints, points);
    }
  });
}
