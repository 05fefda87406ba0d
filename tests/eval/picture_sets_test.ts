import { assert, assertEquals } from "@std/assert";
import { graphicsSet } from "../../src/eval/graphics_set.ts";
import { hasInk } from "../../src/eval/graphics/font.ts";
import { picturesOf } from "../../src/eval/picture_sets.ts";
import { loadPicture, onChequerboard } from "../../src/eval/pictures.ts";
import { withFolder } from "../with_folder.ts";

Deno.test("graphicsSet() draws the same pictures each time, none of them flat, one with alpha", () => {
  const first = [...graphicsSet()], second = [...graphicsSet()];
  second.forEach(({ name, picture }, i) => {
    assertEquals([name, picture.width, picture.height], [
      first[i].name,
      first[i].picture.width,
      first[i].picture.height,
    ]);
    assert(picture.data.every((value, at) => value === first[i].picture.data[at]), name);
  });
  assertEquals(new Set(first.map(({ name }) => name)).size, first.length);
  for (const { name, picture: { data, width, height } } of first) {
    assertEquals(data.length, width * height * 4, name);
    const pixels = new Uint32Array(data.buffer);
    assert(new Set(pixels).size >= 2, name);
    assertEquals(data.some((value, i) => i % 4 === 3 && value < 255), name === "logo", name);
  }
});

Deno.test("graphicsSet() has pages that are mostly exact white, and flat areas of few colours", () => {
  const byName = new Map([...graphicsSet()].map(({ name, picture }) => [name, picture]));
  const colours = (name: string) => new Set(new Uint32Array(byName.get(name)!.data.buffer)).size;
  const page = new Uint32Array(byName.get("page")!.data.buffer);
  assert(page.filter((pixel) => pixel === 0xffffffff).length > 0.6 * page.length);
  assertEquals(colours("code"), 2);
  assert(colours("pixels") < 16 && colours("terminal") < 8 && colours("gradients") > 1000);
});

Deno.test("every letter and digit has a glyph of its own", () => {
  const shapes = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:-_+=/()<>!?#$%*@~ "]
    .map(
      (character) => {
        let shape = "";
        for (let row = 0; row < 7; row++) {
          for (let x = 0; x < 5; x++) {
            shape += hasInk(character, x, row) ? "#" : ".";
          }
        }
        return shape;
      },
    );
  assertEquals(new Set(shapes).size, shapes.length);
});

Deno.test("onChequerboard() keeps opaque pixels, and shows both greys through transparent ones", () => {
  const data = new Uint8ClampedArray(16 * 16 * 4);
  data.set([10, 20, 30, 255], 0);
  data.set([255, 255, 255, 128], 4);
  const { data: opaque } = onChequerboard({ data, width: 16, height: 16 });
  assertEquals([...opaque.subarray(0, 8)], [10, 20, 30, 255, 184, 184, 184, 255]);
  assertEquals([...opaque.subarray(8, 12)], [112, 112, 112, 255]);
  assertEquals([...opaque.subarray(4 * 8, 4 * 8 + 4)], [144, 144, 144, 255]);
  assertEquals([...opaque.subarray(4 * (16 * 8 + 8), 4 * (16 * 8 + 8) + 4)], [112, 112, 112, 255]);
  assertEquals(data[4 * 8 + 3], 0); // the source is left alone
});

Deno.test("picturesOf() writes a generated set as PNG, and names pictures by their set", async () => {
  await withFolder(async (folder) => {
    const generated = await picturesOf({ name: "graphics" }, folder);
    const [{ name, picture }] = graphicsSet();
    const first = generated.find((file) => file.name === `graphics/${name}.png`)!;
    const decoded = await (await loadPicture(first.path)).decode();
    assert(decoded.data.every((value, i) => value === picture.data[i]));

    await Deno.mkdir(`${folder}/own`);
    await Deno.copyFile(first.path, `${folder}/own/a.png`);
    const own = await picturesOf({ name: "mine", paths: [`${folder}/own`] }, folder);
    assertEquals(own, [{ path: `${folder}/own/a.png`, name: "mine/a.png" }]);
    assertEquals((await picturesOf({ paths: [`${folder}/own`] }, folder)).map(({ name }) => name), ["a.png"]);
  });
});
