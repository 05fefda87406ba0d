import { assert, assertEquals } from "@std/assert";
import { snapColours } from "../../../../src/codec/plan/graphics/snap_colours.ts";
import { mixedPicture, scannedPage } from "./_pictures.ts";

const coloursOf = ({ data }: { readonly data: ArrayLike<number> }) => {
  const colours = new Set<number>();
  for (let i = 0; i < data.length; i += 4) colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
  return colours;
};

Deno.test("no sample changes by more than the tolerance, and none with a tolerance of 0", () => {
  const page = scannedPage(96, 80);
  for (const tolerance of [0, 3, 14, 40]) {
    const snapped = snapColours(page, tolerance);
    const errors = page.data.map((sample, i) => Math.abs(sample - snapped.data[i]));
    assert(Math.max(...errors) <= tolerance);
  }
  assertEquals(snapColours(page, 0).data, page.data);
});

Deno.test("grain gives way to the colours of paper and ink", () => {
  const page = scannedPage(96, 80), snapped = snapColours(page, 14);
  assert(coloursOf(snapped).size <= 4 && coloursOf(page).size > 16, `${coloursOf(snapped).size}`);
  const whites = Array.from(snapped.data).filter((sample, i) => i % 4 === 0 && sample === 255).length;
  assert(whites > 0.6 * 96 * 80);
});

Deno.test("colours of flat areas stay, however near they are to more frequent ones", () => {
  const data = new Uint8ClampedArray(4 * 64 * 48).fill(255), width = 64;
  for (let y = 8; y < 24; y++) {
    for (let x = 8; x < 24; x++) data.fill(250, 4 * (y * width + x), 4 * (y * width + x) + 3);
  }
  data.set([249, 250, 251], 4 * (40 * width + 40));
  const snapped = snapColours({ data, width, height: 48 }, 20);
  assertEquals([...coloursOf(snapped)].sort(), [...new Set([0xffffff, 0xfafafa])].sort());
  assertEquals(snapped.data[4 * (10 * width + 10)], 250);
});

Deno.test("fully transparent pixels get one colour and stay transparent", () => {
  const { data, width, height } = mixedPicture(32, 16);
  for (let i = 3; i < data.length; i += 4) data[i] = i % 8 === 3 ? 0 : 200;
  const snapped = snapColours({ data, width, height }, 5);
  for (let i = 0; i < data.length; i += 4) {
    assertEquals(snapped.data[i + 3], data[i + 3]);
    if (data[i + 3] === 0) assertEquals([...snapped.data.subarray(i, i + 3)], [0, 0, 0]);
  }
});
