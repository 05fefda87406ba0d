import { assertAlmostEquals, assertEquals } from "@std/assert";
import { compress, inspect } from "../../../mod.ts";
import { trellisQuantiser } from "../../../src/codec/streams/latent_encoding.ts";
import { bitWeight, halfStepShare, trellisGains } from "../../../src/codec/streams/trellis_steps.ts";
import { pyramidLayout } from "../../../src/core/mod.ts";
import { syntheticPicture } from "../../../src/cli/synthetic_picture.ts";

Deno.test("the half step goes from the fine step's share to the coarse one's, by the step's logarithm", () => {
  const manifest = { halfSteps: [[0.25, 0.8], [1, 0.6]] } as const;
  assertEquals(halfStepShare(manifest, 0.1), 0.8);
  assertEquals(halfStepShare(manifest, 0.25), 0.8);
  assertAlmostEquals(halfStepShare(manifest, 0.5), 0.7);
  assertEquals(halfStepShare(manifest, 1), 0.6);
  assertEquals(halfStepShare(manifest, 7), 0.6);
  assertEquals(halfStepShare({}, 0.5), 0.65);
});

Deno.test("detail bands have half steps, LL bands whole ones, beside the model's gains", () => {
  const layout = pyramidLayout("cdf53", 1, { channels: 1, width: 8, height: 8 });
  assertEquals(trellisGains(layout, undefined, 0.5), [1, 0.5, 0.5, 0.5]);
  assertEquals(trellisGains(layout, [2, 2, 4, 6], 0.5), [2, 1, 2, 3]);
});

Deno.test("a bit is worth more squares of a finer half step", () => {
  const layout = pyramidLayout("cdf53", 1, { channels: 1, width: 8, height: 8 });
  const lambda = (share: number) => {
    const manifest = { halfSteps: [[1, share], [2, share]] } as const;
    return trellisQuantiser(manifest, layout, undefined, 1, { effort: 5 }).optimise!.lambda!;
  };
  assertEquals(lambda(0.5), Math.round(bitWeight(0.5) * 4 * 64 ** 2));
  assertEquals(lambda(0.5) > lambda(0.8), true);
});

Deno.test("a latent has the trellis coder by default, and the static one where that is asked for", async () => {
  const picture = syntheticPicture(64, 48);
  const coders = async (entropy: "context" | "static") =>
    inspect(await compress(picture, { quality: 30, model: "vaerans-8", entropy })).sections.map(({ kind }) =>
      kind
    );
  assertEquals(await coders("context"), ["latent, trellis"]);
  assertEquals(await coders("static"), ["latent, static"]);
});
