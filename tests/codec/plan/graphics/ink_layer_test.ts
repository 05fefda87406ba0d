import { assert, assertEquals } from "@std/assert";
import { inkLayer } from "../../../../src/codec/plan/graphics/ink_layer.ts";
import { findPageInk } from "../../../../src/codec/plan/graphics/page_ink.ts";
import { textPage } from "./_pictures.ts";

const WIDTH = 320, HEIGHT = 240;

Deno.test("the layer holds ink in few colours, and below is paper alone", () => {
  const page = textPage(WIDTH, HEIGHT), { layer, below } = inkLayer(page, findPageInk(page)!, 4);
  const colours = new Set<number>();
  for (let i = 0; i < page.inked.length; i++) {
    const isInk = layer.data[4 * i + 3] === 255, [red, green, blue] = layer.data.subarray(4 * i);
    if (isInk) colours.add(red << 16 | green << 8 | blue);
    else assertEquals([...layer.data.subarray(4 * i, 4 * i + 4)], [0, 0, 0, 0]);
    if (page.inked[i] > 0.6) assert(isInk, `pixel ${i}`);
    if (page.inked[i] > 0.6) assert(red < 140, `red ${red} at pixel ${i}`);
    assertEquals(below.data[4 * i + 3], 255);
    assert(below.data[4 * i] > 185, `red ${below.data[4 * i]} below pixel ${i}`);
  }
  assert(colours.size <= 16, `${colours.size} colours`);
});

Deno.test("more shades are nearer to the page", () => {
  const page = textPage(WIDTH, HEIGHT), ink = findPageInk(page)!;
  const errors = [3, 6, 12].map((shades) => {
    const { layer, below } = inkLayer(page, ink, shades);
    return page.data.reduce((sum, value, i) => {
      const shown = layer.data[i | 3] === 255 ? layer.data[i] : below.data[i];
      return sum + (value - shown) ** 2;
    }, 0);
  });
  assert(errors[0] > 1.2 * errors[1] && errors[1] > errors[2], errors.join(", "));
});

Deno.test("inks of two colours stay apart", () => {
  const blue = [40, 50, 180], red = [190, 40, 40];
  const page = textPage(WIDTH, HEIGHT, { ink: blue, grain: 4 });
  const other = textPage(WIDTH, HEIGHT, { ink: red, grain: 4 });
  page.data.set(other.data.subarray(2 * WIDTH * HEIGHT), 2 * WIDTH * HEIGHT);
  const { layer } = inkLayer(page, findPageInk(page)!, 4);
  for (let i = 0; i < page.inked.length; i++) {
    if (page.inked[i] < 0.6) continue;
    const redness = layer.data[4 * i] - layer.data[4 * i + 2], y = Math.floor(i / WIDTH);
    if (y < HEIGHT / 2 - 1) assert(redness < -30, `pixel ${i}`);
    if (y > HEIGHT / 2 + 1) assert(redness > 30, `pixel ${i}`);
  }
});
