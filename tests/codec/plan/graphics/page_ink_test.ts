import { assert, assertEquals } from "@std/assert";
import { FULL_COVERAGE } from "../../../../src/codec/plan/graphics/page_coverage.ts";
import { findPageInk } from "../../../../src/codec/plan/graphics/page_ink.ts";
import { randomSource } from "../../../random.ts";
import { mixedPicture, paste, textPage } from "./_pictures.ts";

Deno.test("the ink of a page is found, at every light of its paper", () => {
  const page = textPage(320, 240), found = findPageInk(page)!;

  let wrong = 0;
  for (let i = 0; i < page.inked.length; i++) {
    const share = found.coverage[i] / FULL_COVERAGE;
    if (page.inked[i] > 0.6 ? share < 0.5 : page.inked[i] === 0 && share > 0.25) wrong++;
  }
  assert(wrong < 0.002 * page.inked.length, `${wrong} pixels`);
  for (const x of [8, 160, 312]) {
    const expected = (1 - 0.15 * x / 320) * (2 * 240 + 5 * 236 + 224) / 8;
    assert(Math.abs(found.paper[120 * 320 + x] - expected) < 8, `column ${x}`);
  }
});

Deno.test("pages of pale, of coloured and of little ink are found", () => {
  assert(findPageInk(textPage(320, 240, { ink: [120, 120, 125], grain: 6 })));
  assert(findPageInk(textPage(320, 240, { ink: [40, 50, 150] })));
  assert(findPageInk(textPage(480, 320, { grain: 2 })));
});

Deno.test("a photograph on a page is none of its ink", () => {
  const page = textPage(320, 240);
  paste(page, mixedPicture(112, 96, 0), 128, 64);
  const found = findPageInk(page)!;

  for (let y = 80; y < 144; y++) {
    for (let x = 144; x < 224; x++) assertEquals(found.coverage[y * 320 + x], 0, `pixel ${x}, ${y}`);
  }
  assert(found.coverage.some((coverage) => coverage === FULL_COVERAGE));
});

Deno.test("photographs, noise, stripes and an empty page are no pages of text", () => {
  assertEquals(findPageInk(mixedPicture(320, 240, 0)), undefined);
  assertEquals(findPageInk(textPage(320, 24)), undefined, "empty");
  const next = randomSource(5), noise = textPage(320, 240), stripes = textPage(320, 240);
  for (let i = 0; i < noise.data.length; i += 4) {
    noise.data.fill(next() < 0.15 ? 40 : 230, i, i + 3);
    stripes.data.fill(i / 4 % 320 % 12 < 3 ? 40 : 230, i, i + 3);
  }
  assertEquals(findPageInk(noise), undefined, "noise");
  assertEquals(findPageInk(stripes), undefined, "stripes");
});

Deno.test("small pictures, light text on a dark ground and pages with transparent pixels are left alone", () => {
  assertEquals(findPageInk(textPage(120, 80)), undefined);
  assertEquals(findPageInk(textPage(320, 240, { ink: [240, 240, 240], paper: [20, 20, 30] })), undefined);
  const page = textPage(320, 240);
  page.data[3] = 0;
  assertEquals(findPageInk(page), undefined);
});
