import { assertEquals, assertRejects } from "@std/assert";
import {
  BitstreamError,
  compress,
  type CompressOptions,
  decompress,
  inspect,
  InvalidValueError,
} from "../../../mod.ts";
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";
import type { ByteSource } from "../../../src/format/mod.ts";

const picture = syntheticPicture(300, 170);

/** Largest difference of any sample. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  return worst;
}

const VARIANTS: [string, CompressOptions][] = [
  ["vaerans-8", { model: "vaerans-8", quality: 60 }],
  ["vaerans-4", { model: "vaerans-4", quality: 60 }],
  ["pixels", { model: "pixels", quality: 60 }],
];

for (const [name, options] of VARIANTS) {
  Deno.test(`no seam shows between tiles of ${name}`, async () => {
    // Without costs symbols are chosen place by place, so that cutting the picture changes nothing but the cutting.
    const rounded = { ...options, effort: 1, entropy: "static" } as const;
    const whole = await decompress(await compress(picture, rounded));
    const cut = await compress(picture, { ...rounded, tileSide: 128 });
    assertEquals(inspect(cut).tileSide, 128);
    const decoded = await decompress(cut);
    assertEquals(difference(decoded.data, whole.data) <= 1, true, `${difference(decoded.data, whole.data)}`);
  });
}

/** Notes what is read. */
function countingSource(bytes: Uint8Array): ByteSource & { readBytes: number } {
  return {
    byteLength: bytes.length,
    readBytes: 0,
    read(offset, byteLength) {
      this.readBytes += byteLength;
      return Promise.resolve(bytes.subarray(offset, offset + byteLength));
    },
  };
}

for (const [name, options] of [...VARIANTS, ["lossless", { lossless: true }] as [string, CompressOptions]]) {
  Deno.test(`a region of ${name} is what the whole picture has there`, async () => {
    const bytes = await compress(picture, { ...options, tileSide: 128 });
    const whole = await decompress(bytes);
    for (
      const region of [{ x: 10, y: 100, width: 37, height: 64 }, { x: 126, y: 126, width: 5, height: 5 }]
    ) {
      const part = await decompress(countingSource(bytes), { region });
      const expected = new Uint8ClampedArray(part.data.length);
      for (let y = 0; y < region.height; y++) {
        const start = 4 * ((region.y + y) * 300 + region.x);
        expected.set(whole.data.subarray(start, start + 4 * region.width), 4 * y * region.width);
      }
      assertEquals([part.width, part.height], [region.width, region.height]);
      assertEquals(difference(part.data, expected) <= (name === "lossless" ? 0 : 1), true);
    }
  });
}

Deno.test("a region reads only the sections that it needs", async () => {
  const large = syntheticPicture(800, 500);
  const bytes = await compress(large, { nearLossless: 2, tileSide: 64 });
  const source = countingSource(bytes);
  await decompress(source, { region: { x: 400, y: 300, width: 40, height: 30 } });
  assertEquals(source.readBytes < 0.6 * bytes.length, true, `${source.readBytes} of ${bytes.length}`);
});

Deno.test("a damaged section matters to the regions that need it, and to no other", async () => {
  const bytes = (await compress(picture, { nearLossless: 2, tileSide: 64 })).slice();
  bytes[bytes.length - 60] ^= 1;
  await decompress(bytes, { region: { x: 0, y: 0, width: 20, height: 20 } });
  const error = await assertRejects(
    () => decompress(bytes, { region: { x: 280, y: 150, width: 20, height: 20 } }),
    BitstreamError,
    "exact pixels",
  );
  assertEquals(error.code, "section-damaged");
});

Deno.test("regions and tiles that make no sense are refused", async () => {
  const bytes = await compress(picture, { nearLossless: 9 });
  for (
    const region of [{ x: -1, y: 0, width: 9, height: 9 }, { x: 0, y: 0, width: 301, height: 9 }, {
      x: 0.5,
      y: 0,
      width: 9,
      height: 9,
    }]
  ) {
    assertEquals(
      (await assertRejects(() => decompress(bytes, { region }), InvalidValueError)).code,
      "region-range",
    );
  }
  assertEquals(
    (await assertRejects(() => compress(picture, { tileSide: 100 }), InvalidValueError)).code,
    "tile-side",
  );
});

Deno.test("a file that would take too much memory is refused", async () => {
  const bytes = await compress(picture, { nearLossless: 9 });
  const error = await assertRejects(() => decompress(bytes, { maxMemoryBytes: 2 ** 20 }), BitstreamError);
  assertEquals(error.code, "memory-limit");
});
