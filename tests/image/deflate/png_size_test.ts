import { assert, assertEquals } from "@std/assert";
import decodeWithJsquash from "@jsquash/png/decode.js";
import { deflateSync, inflateSync } from "node:zlib";
import { decodePicture, encodePng, type Picture } from "../../../src/image/mod.ts";
import { readPngHeader } from "../../../src/image/headers/png.ts";
import { FILTER_COUNT, filterRow } from "../../../src/image/png_filter.ts";
import { concat } from "../../../src/core/concat.ts";
import { deep, flat, inGrey, kindsOf, mixed, photograph, screenshot, withAlpha } from "./_pictures.ts";

/** The data chunks' contents. */
function dataOf(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset), parts: Uint8Array[] = [];
  for (let at = 8; at < file.length;) {
    const length = view.getUint32(at), type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    if (type === "IDAT") parts.push(file.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return concat(parts);
}

Deno.test("encodePng() keeps every sample of each kind of picture, also by another reader", async () => {
  for (const [width, height] of [[1, 1], [1, 300], [300, 1], [61, 43], [150, 101]]) {
    for (const [name, picture] of Object.entries(kindsOf(width, height))) {
      const file = await encodePng(picture), isDeep = picture.data instanceof Uint16Array;
      assertEquals(await decodePicture(file, { keepDepth: true }), picture, `${name}, ${width}×${height}`);
      assertEquals(readPngHeader(file).bitDepth, isDeep ? 16 : 8);
      if (isDeep) continue; // that reader gives 8 bits
      assertEquals(
        (await decodeWithJsquash(file.slice().buffer)).data,
        picture.data,
        `${name}, ${width}×${height}`,
      );
    }
  }
});

Deno.test("encodePng() takes at most 1.05 times zlib's bytes at level 6 for the same rows", async () => {
  const pictures: Record<string, Picture | Parameters<typeof encodePng>[0]> = {
    photo: photograph(600, 400),
    "noisy photo": photograph(600, 400, 8),
    "smooth photo": photograph(600, 400, 0.6),
    screen: screenshot(640, 480),
    mixed: mixed(600, 400),
    flat: flat(800, 600),
    "screen with alpha": withAlpha(screenshot(400, 300)),
    "grey screen": inGrey(screenshot(400, 300)),
    "grey photo": inGrey(photograph(400, 300)),
    "deep photo": deep(photograph(300, 200)),
    "deep screen": deep(screenshot(300, 200)),
  };
  for (const [name, picture] of Object.entries(pictures)) {
    const data = dataOf(await encodePng(picture)), usual = deflateSync(inflateSync(data), { level: 6 });
    const ratio = (data.length - 40) / usual.length;
    assert(ratio <= 1.05, `${name}: ${data.length} bytes, zlib ${usual.length}`);
  }
});

Deno.test("encodePng() takes less time than row filters in TypeScript and zlib, and at most 3000 copies of the samples", async () => {
  // Other programs interrupt long runs more often than short ones, so the factor of the copy is generous.
  const picture = photograph(512, 384), target = new Uint8ClampedArray(picture.data.length);
  const rows = new Uint8Array(inflateSync(dataOf(await encodePng(picture))));
  const rowBytes = 1 + 3 * picture.width, filtered = new Uint8Array(rowBytes);
  const best = { copy: Infinity, usual: Infinity, own: Infinity };
  const note = (name: keyof typeof best, start: number) => {
    best[name] = Math.min(best[name], performance.now() - start);
  };
  for (let round = 0; round < 15; round++) {
    let start = performance.now();
    target.set(picture.data);
    note("copy", start);
    start = performance.now();
    for (let y = 1; y < picture.height; y++) {
      const now = rows.subarray(y * rowBytes, (y + 1) * rowBytes),
        above = rows.subarray((y - 1) * rowBytes, y * rowBytes);
      for (let type = 0; type < FILTER_COUNT; type++) filterRow(type, now, above, 3, filtered);
    }
    deflateSync(rows, { level: 6 });
    note("usual", start);
    start = performance.now();
    await encodePng(picture);
    note("own", start);
  }
  assert(best.own < best.usual, JSON.stringify(best));
  assert(best.own <= 3000 * best.copy, JSON.stringify(best));
});
