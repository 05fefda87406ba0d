import { assert, assertEquals } from "@std/assert";
import {
  compress,
  decodePicture,
  decompress,
  encodePicture,
  inspect,
  type Picture,
} from "../../../../mod.ts";
import { Ssimulacra2Source } from "../../../../src/kernels/cpu/metrics/ssimulacra2.ts";
import { isDrawing } from "../../../../src/codec/plan/graphics/drawings.ts";
import { findGraphicsBlocks } from "../../../../src/codec/plan/graphics/graphics_blocks.ts";
import { syntheticPicture } from "../../../../src/cli/synthetic_picture.ts";
import { mixedPicture, textPage } from "./_pictures.ts";

/** Text of a white and of a dark ground, without grain. */
const WHITE = { ink: [20, 20, 30], paper: [255, 255, 255], grain: 0 };
const DARK = { ink: [210, 220, 170], paper: [20, 30, 40], grain: 0 };

/** Text above an empty margin, as on a screen: the ground has one colour. */
function screenshot(print: typeof WHITE) {
  const width = 320, height = 256, { inked } = textPage(width, height, print);
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0; i < inked.length; i++) {
    const share = i < 150 * width ? inked[i] : 0;
    for (let c = 0; c < 3; c++) {
      data[4 * i + c] = print.paper[c] + (print.ink[c] - print.paper[c]) * share;
    }
  }
  return { data, width, height };
}

async function savedAs(format: "jpeg" | "webp" | "avif", quality: number, picture: Picture) {
  const { bytes } = await encodePicture(picture, format, { quality });
  return await decodePicture(bytes) as Picture;
}

for (const [name, print] of Object.entries({ "dark on white": WHITE, "light on dark": DARK })) {
  for (const [format, quality] of [["jpeg", 90], ["jpeg", 70], ["webp", 75], ["avif", 60]] as const) {
    Deno.test(`text ${name} that was saved as ${format} at ${quality} is a drawing`, async () => {
      assert(isDrawing(findGraphicsBlocks(await savedAs(format, quality, screenshot(print)))));
    });
  }

  Deno.test(`text ${name} that was saved as JPEG is legible from quality 30 on, and rises with the quality`, async () => {
    const picture = await savedAs("jpeg", 85, screenshot(print)), source = new Ssimulacra2Source(picture);
    let mostBytes = 0, mostPoints = -Infinity;
    for (const quality of [30, 50, 75, 90]) {
      const file = await compress(picture, { quality }), points = source.score(await decompress(file));
      const said = `quality ${quality}: ${file.length} bytes, ${points.toFixed(1)}`;
      assert(points > 60 && points > mostPoints - 1 && file.length >= 0.97 * mostBytes, said);
      assert(file.length <= 0.5 * picture.width * picture.height / 8 || quality > 50, said);
      if (quality === 50) assertEquals((await inspect(file)).content, "graphics");
      mostBytes = Math.max(mostBytes, file.length);
      mostPoints = Math.max(mostPoints, points);
    }
  });
}

Deno.test("the text of a drawing that was saved as JPEG survives in a number of bytes", async () => {
  const picture = await savedAs("jpeg", 85, screenshot(WHITE)), bytes = 4500;
  const file = await compress(picture, { bytes }), drawn = new Ssimulacra2Source(picture);
  const photograph = await compress(picture, { bytes, content: "photo" });
  assert(file.length <= bytes);
  const [own, other] = [drawn.score(await decompress(file)), drawn.score(await decompress(photograph))];
  assert(own > other + 10, `${own} and ${other}`);
});

Deno.test("a photograph with a flat sky, noise and an empty page are no drawings", () => {
  assertEquals(isDrawing(findGraphicsBlocks(syntheticPicture(320, 240))), false);
  assertEquals(isDrawing(findGraphicsBlocks(mixedPicture(320, 240, 0))), false);
  const empty = { data: new Uint8ClampedArray(4 * 128 * 128).fill(255), width: 128, height: 128 };
  assertEquals(isDrawing(findGraphicsBlocks(empty)), false);
  const sky = mixedPicture(320, 240, 0);
  sky.data.fill(255, 0, 4 * 320 * 120);
  assertEquals(isDrawing(findGraphicsBlocks(sky)), false);
});
