import { assert, assertEquals } from "@std/assert";
import { compress, type CompressOptions, decompress, inspect } from "../../../../mod.ts";
import { textPage } from "./_pictures.ts";

const PAGE = textPage(304, 224);

/** Share of the pixels inside strokes, and between them, that are nearer to ink than to paper where they should be. */
function legibility({ data }: { readonly data: ArrayLike<number> }): number {
  const contrastOf = (i: number) => PAGE.inked[i] - 0.5;
  let right = 0, all = 0;
  for (let i = 0; i < PAGE.inked.length; i++) {
    const isNear = [i - 3, i + 3, i - 3 * PAGE.width, i + 3 * PAGE.width].some((at) => PAGE.inked[at] > 0.6);
    if (Math.abs(contrastOf(i)) < 0.15 || (contrastOf(i) < 0 && !isNear)) continue;
    const lit = 1 - 0.15 * (i % PAGE.width) / PAGE.width, isDark = data[4 * i] < lit * 135;
    right += Number(isDark === contrastOf(i) > 0);
    all++;
  }
  return right / all;
}

async function tried(options: CompressOptions) {
  const file = await compress(PAGE, options), decoded = await decompress(file);
  return { file, legibility: legibility(decoded), content: (await inspect(file)).content };
}

Deno.test("the source of the test is legible", () => assert(legibility(PAGE) > 0.99));

for (const quality of [30, 50]) {
  Deno.test(`the strokes of a scanned page survive at quality ${quality}, and not as a photograph`, async () => {
    const page = await tried({ quality }), photograph = await tried({ quality, content: "photo" });
    assertEquals(page.content, "mixed");
    assert(page.legibility > 0.97, `${page.legibility} of ${page.file.length} bytes`);
    assert(
      photograph.legibility < page.legibility - 0.05,
      `${photograph.legibility} of ${photograph.file.length} bytes`,
    );
    assert(page.file.length < 4 * photograph.file.length, `${page.file.length} bytes`);
  });
}

Deno.test("the strokes of a scanned page survive in a number of bytes", async () => {
  const bytes = 3800, page = await tried({ bytes }), photograph = await tried({ bytes, content: "photo" });
  assert(page.file.length <= bytes);
  assert(page.legibility > 0.97, `${page.legibility}`);
  assert(page.legibility > photograph.legibility, `${photograph.legibility}`);
});
