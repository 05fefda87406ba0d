import { assert, assertEquals } from "@std/assert";
import { compress } from "../../../mod.ts";
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";
import { decodingBytes } from "../../../src/codec/streams/decoding_memory.ts";
import { streamsOf } from "../../../src/codec/streams/streams_of_file.ts";
import { JobWorker } from "../../../src/concurrency/job_worker.ts";
import { GRAPHICS_MARK } from "../../../src/entropy/lossless/graphics_section.ts";
import { EXACT_SECTION, LATENT_SECTION, PIXEL_SECTION, readContainer } from "../../../src/format/mod.ts";
import type { PictureLike } from "../../../src/world.ts";
import { randomSource } from "../../random.ts";
import type { MeasuredMemory } from "./measuring_worker.ts";

/** Noise as cameras add it, on a drawing. */
function photograph(width: number, height: number): PictureLike {
  const drawn = syntheticPicture(width, height), next = randomSource(5);
  return { ...drawn, data: drawn.data.map((value, i) => i % 4 === 3 ? 255 : value + 9 * next() - 4) };
}

/** Rectangles of few colours. */
function graphics(width: number, height: number): PictureLike {
  const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => {
    const x = (i >> 2) % width, y = Math.floor((i >> 2) / width);
    return i % 4 === 3 ? 255 : 51 * (((x >> 4) * 7 + (y >> 3) * 3 + (i & 3)) % 6);
  });
  return { data, width, height };
}

// A header does not tell whether a lossless section is of graphics, whose coder has tables of a fixed size: below half a
// megapixel they are most of what is declared.
for (
  const [name, picture, options, sectionKind] of [
    ["latent", photograph(512, 384), { model: "vaerans-8", quality: 50 }, LATENT_SECTION],
    ["pixel", photograph(512, 384), { model: "pixels", quality: 50 }, PIXEL_SECTION],
    ["lossless photograph", photograph(1024, 640), { lossless: true }, EXACT_SECTION],
    ["lossless graphics", graphics(1024, 640), { lossless: true }, EXACT_SECTION],
  ] as const
) {
  Deno.test(`the declared memory is 1 to 2 times the measured peak of decoding: a ${name} file`, async () => {
    const file = await compress(picture, options);
    const { header, sections } = readContainer(file);
    const { payload } = sections.find(({ kind }) => (kind & 0xf0) === sectionKind)!;
    if (sectionKind === EXACT_SECTION) {
      assertEquals((payload[0] & GRAPHICS_MARK) === GRAPHICS_MARK, name === "lossless graphics");
    }
    const { width, height } = header, streams = await streamsOf(header, sections, undefined);
    const declared = decodingBytes(header, streams, { x: 0, y: 0, width, height }, 1);
    const worker = new JobWorker(() =>
      new Worker(new URL("./measuring_worker.ts", import.meta.url), { type: "module" })
    );
    try {
      // A fresh worker has no memory from other pictures.
      const parts = await worker.run<MeasuredMemory>(file);
      const measured = parts.arena + parts.wasm + parts.output;
      const figures = `declared ${declared}, measured ${JSON.stringify(parts)}`;
      assert(parts.arena > 0 && parts.wasm > 0, figures);
      assert(measured <= declared, figures);
      assert(declared <= 2 * measured, figures);
    } finally {
      worker.terminate();
    }
  });
}
