import { assert, assertEquals } from "@std/assert";
import { inflateSync } from "node:zlib";
import { type DeflateKernel, TypeScriptDeflateKernel } from "../../../src/image/deflate/deflate_kernel.ts";
import { deflateBytes } from "../../../src/image/deflate/deflate_with.ts";
import { deflateRows } from "../../../src/image/deflate/png_rows.ts";
import { WasmDeflateKernel } from "../../../src/image/deflate/wasm_deflate_kernel.ts";
import { concat } from "../../../src/core/concat.ts";
import type { DeepPicture, Picture } from "../../../src/image/mod.ts";
import { unfilterRow } from "../../../src/image/png_filter.ts";
import { AWKWARD_SIZES, randomSource } from "../../random.ts";
import { kindsOf, mixed, photograph } from "./_pictures.ts";

const wasm = WasmDeflateKernel.create()!, plain = new TypeScriptDeflateKernel();

function rowsOf(kernel: DeflateKernel, picture: Picture | DeepPicture, channels: number): Uint8Array {
  const parts: Uint8Array[] = [];
  deflateRows(kernel, picture, channels, (bytes) => parts.push(bytes));
  return concat(parts);
}

function deflated(kernel: DeflateKernel, bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  deflateBytes(kernel, bytes, (part) => parts.push(part));
  return concat(parts);
}

/** The samples that the channels hold, as PNG orders their bytes. */
function packed({ data, width, height }: Picture | DeepPicture, channels: number): Uint8Array {
  const kept = [[], [0], [0, 3], [0, 1, 2], [0, 1, 2, 3]][channels];
  const samples = Array.from(
    { length: width * height * channels },
    (_, i) => data[4 * Math.floor(i / channels) + kept[i % channels]],
  );
  return Uint8Array.from(data instanceof Uint16Array ? samples.flatMap((v) => [v >> 8, v & 255]) : samples);
}

Deno.test("deflateRows() gives the same bytes in WebAssembly and in TypeScript, and zlib restores the samples", () => {
  for (const [width, height] of AWKWARD_SIZES) {
    for (const [name, picture] of Object.entries(kindsOf(width, height))) {
      for (const channels of [1, 2, 3, 4]) {
        const stream = rowsOf(wasm, picture, channels);
        assertEquals(
          stream,
          rowsOf(plain, picture, channels),
          `${name}, ${width}×${height}, ${channels} channels`,
        );
        const unit = channels * picture.data.BYTES_PER_ELEMENT,
          filtered = new Uint8Array(inflateSync(stream));
        let above = new Uint8Array(width * unit);
        const rows: Uint8Array[] = [];
        for (let y = 0; y < height; y++) {
          const start = y * (width * unit + 1), row = filtered.slice(start + 1, start + 1 + width * unit);
          unfilterRow(filtered[start], row, above, unit);
          rows.push(above = row);
        }
        assertEquals(concat(rows), packed(picture, channels), `${name}, ${width}×${height}`);
      }
    }
  }
});

Deno.test("deflateRows() gives the same bytes in both forms over many blocks and changes of the search", () => {
  for (const picture of [mixed(400, 300), photograph(301, 200), ...Object.values(kindsOf(200, 120))]) {
    const stream = rowsOf(wasm, picture, 3);
    assertEquals(stream, rowsOf(plain, picture, 3));
    assertEquals(
      inflateSync(stream).length,
      picture.height * (1 + 3 * picture.width * picture.data.BYTES_PER_ELEMENT),
    );
  }
});

Deno.test("deflateRows() filters rows longer than the pixels that are handed over at a time", () => {
  for (const width of [8191, 8192, 8193, 20_001]) {
    const picture = photograph(width, 2), stream = rowsOf(wasm, picture, 3);
    assertEquals(stream, rowsOf(plain, picture, 3));
    assertEquals(inflateSync(stream).length, 2 * (1 + 3 * width));
  }
});

Deno.test("deflateBytes() gives streams that zlib inflates, the same in both forms, for any mixture", () => {
  const random = randomSource(77);
  for (let round = 0; round < 40; round++) {
    const pieces: Uint8Array[] = [new Uint8Array(Math.floor(random() * 20))];
    for (let piece = 0; piece < 12; piece++) {
      const length = Math.floor(random() ** 3 * 30_000), values = 2 ** Math.floor(1 + random() * 8);
      const before = concat(pieces), distance = 1 + Math.floor(random() * Math.min(before.length, 40_000));
      pieces.push(
        random() < 0.4
          ? Uint8Array.from({ length }, () => Math.floor(random() * values))
          : random() < 0.5
          ? new Uint8Array(length).fill(random() * 256)
          : before.slice(before.length - distance, before.length - distance + length),
      );
    }
    const bytes = concat(pieces), stream = deflated(wasm, bytes);
    assertEquals(stream, deflated(plain, bytes));
    assertEquals(new Uint8Array(inflateSync(stream)), bytes);
    assert(stream.length <= bytes.length + 6 + 5 * (1 + bytes.length / 16384) + 2);
  }
});
