import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { compress, type CompressOptions, decompressStream, type Picture, psnr } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { latentColours } from "../../src/codec/latent_preview.ts";

const WIDTH = 460, HEIGHT = 301, picture = syntheticPicture(WIDTH, HEIGHT);

/** Pictures that a file gives which arrives at once. */
async function shown(source: Picture, options: CompressOptions) {
  const bytes = await compress(source, { ...options, workers: 0 }), all = [];
  const steps: string[] = [];
  const onStep = ({ step }: { step: string }) => void steps.push(step);
  for await (const one of decompressStream(new Blob([bytes]).stream(), { workers: 0, onStep })) all.push(one);
  return { all, decodings: steps.filter((step) => step.startsWith("ANSDecode")).length };
}

for (const model of ["vaerans-8", "vaerans-4"]) {
  Deno.test(`a file of ${model} that arrives at once is shown before its network has run`, async () => {
    const { all: [first, last], decodings } = await shown(picture, { model, quality: 50 });
    assertEquals([first.complete, last.complete], [false, true]);
    assertEquals([first.width, first.height], [WIDTH, HEIGHT]);
    assertEquals(first.data.filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255), true);
    const score = psnr(last, first);
    assert(score > 18, `${score} dB`);
    assertEquals(decodings, 1); // steps and progress are those of the whole picture
  });
}

Deno.test("previews of grey files are grey", async () => {
  const grey = { ...picture, data: picture.data.map((_, i) => i % 4 === 3 ? 255 : picture.data[i - i % 4]) };
  const { all: [first] } = await shown(grey, { model: "vaerans-8", quality: 30 });
  assertEquals(first.complete, false);
  for (let i = 0; i < first.data.length; i += 4) assertEquals(first.data[i], first.data[i + 2]);
});

Deno.test("files without such a preview are decoded once", async () => {
  const transparent = {
    ...picture,
    data: picture.data.map((value, i) => i % 4 === 3 ? i >> 4 & 255 : value),
  };
  for (
    const [source, options] of [
      [picture, { model: "pixels" }],
      [picture, { model: "vaerans-8", tileSide: 64 }],
      [transparent, { model: "vaerans-8" }],
      [picture, { lossless: true }],
      [syntheticPicture(60, 40), { model: "vaerans-4" }],
    ] as const
  ) {
    const { all } = await shown(source, options);
    assertEquals(all.map(({ complete }) => complete), [true], JSON.stringify(options));
  }
});

Deno.test("a latent's colours are a linear map of its planes, enlarged", () => {
  const preview = [1, 0, 0, 0, 10, 0, 2, 0, 0, 20, 0, 0, 0, -3, 300];
  const latent = Float32Array.of(5, 5, 7, 7, 0, 0, 9, 9), rect = { x: 0, y: 0, width: 8, height: 4 };
  const data = latentColours(
    latent,
    { width: 2, height: 1 },
    { preview, downsampling: 4, grey: false },
    { pixels: rect, wanted: { x: 2, y: 1, width: 3, height: 2 } },
  );
  assertEquals(data.length, 4 * 3 * 2);
  for (let i = 0; i < data.length; i += 4) {
    assertAlmostEquals(data[i], 15, 1);
    assertAlmostEquals(data[i + 1], 34, 1);
    assertEquals([data[i + 2], data[i + 3]], [255, 255]);
  }
});
