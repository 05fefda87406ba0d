import { assertEquals } from "@std/assert";
import { compress, type ProgressReport } from "../../../mod.ts";
import { decompress } from "../../../src/decode.ts";

/** Shades with grain, or stripes of two colours. */
function pictureOf(width: number, height: number, isDrawn: boolean) {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let i = 0, seed = 1; i < width * height; i++) {
    seed = Math.imul(seed, 1103515245) + 12345 | 0;
    const grain = seed >>> 28, x = i % width, y = Math.floor(i / width);
    for (let c = 0; c < 3; c++) {
      data[4 * i + c] = isDrawn ? 200 * (x >> 4 & 1) : 40 + x / 4 + c * y / 8 + grain;
    }
  }
  return { data, width, height };
}

async function stagesOf(picture: ReturnType<typeof pictureOf>, effort: number): Promise<string[]> {
  const stages = new Set<string>(), onProgress = ({ stage }: ProgressReport) => stages.add(stage);
  const file = await compress(picture, { lossless: true, effort, onProgress });
  assertEquals((await decompress(file)).data, picture.data);
  return [...stages];
}

Deno.test("compress() decodes a new lossless file unless it is of a large photograph and the effort below 7", async () => {
  const photograph = pictureOf(280, 240, false), verified = ["encode", "verify"];
  assertEquals(await stagesOf(photograph, 5), ["encode"]);
  assertEquals(await stagesOf(photograph, 7), verified);
  assertEquals(await stagesOf(pictureOf(250, 240, false), 5), verified);
  assertEquals(await stagesOf(pictureOf(280, 240, true), 5), verified);
});
