import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { compress, type CompressOptions, type CompressTarget, InvalidValueError } from "../../mod.ts";
import { targetOf } from "../../src/codec/target.ts";

const picture = { data: new Uint8ClampedArray(4 * 16 * 16).fill(90), width: 16, height: 16 };
/** Every target, with what it means. */
const TARGETS: readonly [CompressTarget, kind: string, value: number][] = [
  [{ quality: 60 }, "quality", 60],
  [{ bytes: 9000 }, "bytes", 9000],
  [{ bpp: 0.5 }, "bpp", 0.5],
  [{ psnr: 30 }, "psnr", 30],
  [{ ssim: 0.9 }, "ssim", 0.9],
  [{ lossless: true }, "nearLossless", 0],
  [{ nearLossless: 2 }, "nearLossless", 2],
];

/** What must not compile, and what must; `deno check` and `deno test` fail if a line does otherwise. */
export const TYPES: readonly CompressOptions[] = [
  {},
  { effort: 3 },
  { quality: 60, lossless: false },
  { target: { quality: 60 }, effort: 3 },
  { target: { nearLossless: 1, lossless: false } },
  // @ts-expect-error two flat targets
  { quality: 60, bytes: 9000 },
  // @ts-expect-error two flat targets
  { lossless: true, nearLossless: 2 },
  // @ts-expect-error two flat targets
  { psnr: 30, ssim: 0.9 },
  // @ts-expect-error two targets in one
  { target: { quality: 60, bytes: 9000 } },
  // @ts-expect-error two targets in one
  { target: { lossless: true, bpp: 1 } },
  // @ts-expect-error both forms
  { target: { quality: 60 }, bytes: 9000 },
  // @ts-expect-error both forms
  { target: { quality: 60 }, quality: 60 },
  // @ts-expect-error no target
  { target: {} },
  // @ts-expect-error no target
  { target: { lossless: false } },
  // @ts-expect-error a misspelt target
  { target: { qualtiy: 60 } },
];

async function codeOf(options: unknown): Promise<string> {
  return (await assertRejects(() => compress(picture, options as CompressOptions), InvalidValueError)).code;
}

Deno.test("a target means the same as `target` and as a flat option", () => {
  for (const [target, kind, value] of TARGETS) {
    assertEquals(targetOf({ target }), { kind, value });
    assertEquals(targetOf(target), { kind, value });
    assertEquals(targetOf({ target, quality: undefined, lossless: false }), { kind, value });
  }
});

Deno.test("compress() gives the same bytes for both forms of a target", async () => {
  for (const options of [{ quality: 60 }, { lossless: true as const }, { bytes: 400 }]) {
    assertEquals(await compress(picture, { target: options }), await compress(picture, options));
  }
});

Deno.test("compress() refuses two targets in any combination of forms by target-count", async () => {
  for (const [first] of TARGETS) {
    for (const [second] of TARGETS) {
      assertEquals(await codeOf({ target: first, ...second }), "target-count");
      if (Object.keys(first)[0] === Object.keys(second)[0]) continue;
      assertEquals(await codeOf({ ...first, ...second }), "target-count");
      assertEquals(await codeOf({ target: { ...first, ...second } }), "target-count");
    }
  }
  for (const target of [{}, { lossless: false }, { quality: undefined }]) {
    assertEquals(await codeOf({ target }), "target-count");
  }
});

Deno.test("compress() refuses a target of a wrong type, name or range", async () => {
  for (const target of ["quality", 60, null, true]) assertEquals(await codeOf({ target }), "option-value");
  assertEquals(await codeOf({ target: { quality: "60" } }), "option-value");
  assertEquals(await codeOf({ target: { qualtiy: 60 } }), "option-unknown");
  for (const target of [{ quality: 0 }, { bytes: 0 }, { bpp: 0 }, { ssim: 1.5 }, { nearLossless: 0.5 }]) {
    assertEquals(await codeOf({ target }), "target-range");
    assertEquals(await codeOf(target), "target-range");
  }
});

Deno.test("a rate that no file reaches is told as the user gave it, with bytes counted right", async () => {
  const messageOf = async (options: CompressOptions) => {
    const error = await assertRejects(() => compress(picture, options), InvalidValueError);
    assertEquals(error.code, "rate-unreachable");
    return error.message;
  };
  const pixels = picture.width * picture.height;
  for (const options of [{ bpp: 8 / pixels }, { target: { bpp: 8 / pixels } }]) {
    const message = await messageOf(options);
    const told = `for bpp ${8 / pixels}, which is 1 byte for ${picture.width}×${picture.height} pixels: `;
    assertStringIncludes(message, `Cannot compress ${told}the limit must be at least `);
    assertMatch(message, /at least \d+ bytes for this picture \(got 1\)/);
  }
  assertMatch(await messageOf({ bytes: 1 }), /^Cannot compress to 1 byte: /);
  assertMatch(await messageOf({ bytes: 9 }), /^Cannot compress to 9 bytes: /);
  assertMatch(
    await messageOf({ bpp: 16 / pixels, metadata: { user: "a".repeat(50) } }),
    /^Cannot compress for bpp \S+, which is 2 bytes .*: the metadata must leave room/,
  );
});

Deno.test("messages of tile sides and of rates below a byte name what is wrong", async () => {
  for (const tileSide of [1.5, 100, -64, NaN]) {
    const error = await assertRejects(() => compress(picture, { tileSide }), InvalidValueError);
    assertMatch(error.message, /must be 0 or a multiple of 64 \(got/);
  }
  const error = await assertRejects(() => compress(picture, { bpp: 1e-9 }), InvalidValueError);
  assertEquals(error.code, "rate-unreachable");
  assertMatch(error.message, /Cannot compress for bpp 1e-9: it must be at least/);
});
