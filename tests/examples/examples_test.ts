import { assertEquals, assertMatch } from "@std/assert";
import { denoOutput } from "../run_deno.ts";

/** What each example prints, from a process with just the permissions that its first comment names. */
const EXPECTED: { readonly [name: string]: readonly RegExp[] } = {
  "quick_start.ts": [
    /^\d+ bytes, 0\.\d+ bits a pixel, model vaerans-\d$/,
    /^[23]\d\.\d\d dB$/,
    /^as PNG: \d+ bytes$/,
  ],
  "custom_pipeline.ts": [/^sections: \d+/, /^[23]\d\.\d\d dB, MS-SSIM 0\.\d+$/, /^step +n +output/],
  "batch.ts": [
    /^0 of 7: LimitPixels\(check\)$/,
    /^7 of 7$/,
    /^96×64: \d+ bytes$/,
    /^640×480: .* too large \(in Pipe > LimitPixels\(check\)\)$/,
    /^61×47: \d+ bytes$/,
  ],
  "residual_branch.ts": [/^base \d+ bytes, residual \d+ bytes$/, /^every byte came back$/],
  "packets.ts": [
    /^1\d{3} bytes in [78] packets of at most 200 bytes$/,
    /^round 1: \d+ bytes in a row, \d\d\.\d\d dB$/,
    /^round 1 ends, missing: [1-9]$/,
    /ends, missing: 0$/,
    /^complete: [34]\d\.\d\d dB$/,
  ],
  "custom_system.ts": [/^Hadamard: \d+ bytes$/, /^principal axes: \d+ bytes/, /^mean squared error .*e-\d$/],
};

for (const [name, lines] of Object.entries(EXPECTED)) {
  Deno.test(`examples/${name} runs with the permissions it names`, async () => {
    const source = await Deno.readTextFile(`examples/${name}`);
    const [, flags] = source.match(/deno run (.*)examples\//) ?? [];
    if (flags === undefined) throw new Error(`examples/${name} does not say how to run it`);
    const args = [...flags.split(" ").filter(Boolean), `examples/${name}`];
    const printed = (await denoOutput("run --no-prompt", args)).split("\n");
    for (const pattern of lines) assertEquals(printed.some((line) => pattern.test(line)), true, `${pattern}`);
  });
}

Deno.test("every example is run by a test", async () => {
  const helpers = ["picture.ts", "deploy.ts"]; // service_test.ts runs the service
  for await (const { name } of Deno.readDir("examples")) {
    if (!helpers.includes(name)) assertMatch(Object.keys(EXPECTED).join(), new RegExp(name));
  }
});
