import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { compress, decompress, inspect, InvalidValueError, msSsim, psnr } from "../../../mod.ts";
import { bestOf, firstInReach } from "../../../src/codec/plan/selection.ts";
import { candidatesForTarget, overlapOf } from "../../../src/codec/plan/model_choice.ts";
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";

const unreachable = () => Promise.reject(new InvalidValueError("rate-unreachable", "too small"));

Deno.test("the way of most merit wins, the earlier of equals", async () => {
  const ways = ["a", "bbb", "ccc", "dd"].map((file) => () => Promise.resolve(file));
  assertEquals(await bestOf(ways, (file) => file.length), "bbb");
});

Deno.test("ways that cannot reach the target drop out, and one left alone is not judged", async () => {
  const judge = () => {
    throw new Error("judged");
  };
  assertEquals(await bestOf([unreachable, () => Promise.resolve("file")], judge), "file");
  await assertRejects(() => bestOf([unreachable, unreachable], judge), InvalidValueError, "too small");
  const broken = new TypeError("broken");
  const thrown = await assertRejects(() => bestOf([() => Promise.reject(broken), unreachable], judge));
  assertStrictEquals(thrown, broken);
});

Deno.test("the first way that reaches its target ends the search, and only unreachable targets go on to the next", async () => {
  const never = () => Promise.reject(new Error("tried"));
  assertEquals(await firstInReach([unreachable, () => Promise.resolve("second"), never]), "second");
  await assertRejects(() => firstInReach([unreachable, unreachable]), InvalidValueError, "too small");
  await assertRejects(() => firstInReach([never, () => Promise.resolve("file")]), Error, "tried");
});

Deno.test("a model is tried beside the chosen one where their border is near, the pixels' stream for qualities and sizes", async () => {
  const candidates = (value: number, name: string) =>
    candidatesForTarget({ kind: "quality", value }, name, 1e5);
  assertEquals(await candidates(18, "vaerans-8"), []);
  assertEquals(await candidates(25, "vaerans-8"), ["vaerans-4"]);
  assertEquals(await candidates(40, "vaerans-4"), ["vaerans-8"]);
  assertEquals(await candidates(50, "vaerans-4"), []);
  assertEquals(await candidates(69, "vaerans-4"), []);
  assertEquals(await candidates(72, "vaerans-4"), ["pixels"]);
  assertEquals(await candidates(78, "vaerans-4"), ["pixels"]);
  assertEquals(await candidates(92, "pixels"), ["vaerans-4"]);
  assertEquals(await candidates(99, "pixels"), []);
  assertEquals(await candidatesForTarget({ kind: "bpp", value: 0.5 }, "pixels", 1e5), ["vaerans-4"]);
  assertEquals(await candidatesForTarget({ kind: "bpp", value: 0.9 }, "pixels", 1e5), []);
  assertEquals(await candidatesForTarget({ kind: "bytes", value: 12500 }, "pixels", 1e5), []);
  assertEquals(await candidatesForTarget({ kind: "bpp", value: 0.35 }, "vaerans-4", 1e5), ["pixels"]);
  assertEquals(await candidatesForTarget({ kind: "bpp", value: 0.25 }, "vaerans-4", 1e5), []);
  assertEquals(await candidatesForTarget({ kind: "ssim", value: 0.982 }, "vaerans-4", 1e5), []);
  assertEquals(await candidatesForTarget({ kind: "psnr", value: 31.9 }, "vaerans-4", 1e5), []);
  assertEquals(await candidatesForTarget({ kind: "ssim", value: 0.93 }, "vaerans-8", 1e5), ["vaerans-4"]);
  assertEquals(await candidatesForTarget({ kind: "psnr", value: 20 }, "vaerans-8", 1e5), []);
  assertEquals(await candidatesForTarget({ kind: "quality", value: 33 }, "vaerans-8", 1e8), []);
});

Deno.test("a quality near a border lies on the ground of two models, the finer one's part growing from 0 to 1", async () => {
  assertEquals(await overlapOf(20, 1e5), undefined);
  assertEquals(await overlapOf(26, 1e5), {
    coarser: { name: "vaerans-8", quality: 26 },
    finer: { name: "vaerans-4", quality: 26 },
    finerShare: 0.25,
  });
  assertEquals(await overlapOf(44, 1e5), undefined);
  assertEquals(await overlapOf(70, 1e5), undefined);
  assertEquals(await overlapOf(78.5, 1e5), {
    coarser: { name: "vaerans-4", quality: 70 },
    finer: { name: "pixels", quality: 87 },
    finerShare: 0.5,
  });
  assertEquals(await overlapOf(87, 1e5), undefined);
  assertEquals(await overlapOf(80, 1e8), undefined);
});

Deno.test("near the border of two models a quality's bytes lie between those of both", async () => {
  const picture = syntheticPicture(192, 128);
  for (const quality of [22, 30, 36, 42]) {
    const sizes = await Promise.all(
      ["vaerans-8", "vaerans-4"].map(async (model) => (await compress(picture, { quality, model })).length),
    );
    const best = await compress(picture, { quality });
    const within = best.length >= 0.98 * Math.min(...sizes) && best.length <= Math.max(...sizes);
    assertEquals(within, true, `quality ${quality}: ${best.length} bytes, alone ${sizes.join(" and ")}`);
    assertEquals(inspect(best).quality, quality);
  }
});

const borders = [["two models", 16, 48], ["a model and the pixels' stream", 68, 88]] as const;
for (const [sides, from, to] of borders) {
  Deno.test(`bytes rise with quality across the border of ${sides}, without a jump`, async () => {
    const picture = syntheticPicture(192, 128), sizes: number[] = [];
    for (let quality = from; quality <= to; quality += 2) {
      sizes.push((await compress(picture, { quality })).length);
    }
    for (const [i, size] of sizes.slice(1).entries()) {
      const ratio = size / sizes[i];
      assertEquals(
        ratio >= 1 && ratio < 1.25,
        true,
        `${ratio} times the bytes from quality ${from + 2 * i} on`,
      );
    }
  });
}

Deno.test("a quality whose own model cannot do with the bytes that are shared is coded by it as if alone", async () => {
  // A grey picture takes vaerans-4 fewer bytes than the pixels' stream has at any step.
  const picture = { data: new Uint8ClampedArray(4 * 64 * 64).fill(128), width: 64, height: 64 };
  for (let i = 3; i < picture.data.length; i += 4) picture.data[i] = 255;
  const [coarser, alone, best] = await Promise.all(
    [{ quality: 70, model: "vaerans-4" }, { quality: 81, model: "pixels" }, { quality: 81 }].map((options) =>
      compress(picture, options)
    ),
  );
  assertEquals(coarser.length < alone.length, true, `${coarser.length} bytes of vaerans-4, ${alone.length}`);
  assertEquals(best, alone);
});

Deno.test("what competes with the pixels' stream costs no more bytes and looks no worse", async () => {
  const picture = syntheticPicture(192, 128), quality = 88;
  const own = await compress(picture, { quality, model: "pixels" }),
    best = await compress(picture, { quality });
  const score = async (file: Uint8Array) => {
    const decoded = await decompress(file);
    return psnr(picture, decoded) - 0.2 * 10 * Math.log10(1 - msSsim(picture, decoded));
  };
  assertEquals(best.length <= own.length, true, `${best.length} bytes, ${own.length} alone`);
  assertEquals(await score(best) >= await score(own), true);
});

Deno.test("low efforts code with the quality's own model alone", async () => {
  const picture = syntheticPicture(96, 64);
  for (const [quality, model] of [[32, "vaerans-8"], [36, "vaerans-4"], [84, "pixels"]] as const) {
    assertEquals(
      await compress(picture, { quality, effort: 4 }),
      await compress(picture, { quality, model, effort: 4 }),
    );
  }
});
