import { assertEquals } from "@std/assert";
import { GOLDEN_FOLDER, type GoldenRecord } from "../../scripts/golden.ts";
import { denoOutput } from "../run_deno.ts";

const records: { readonly [name: string]: GoldenRecord } = JSON.parse(
  await Deno.readTextFile(new URL("golden.json", GOLDEN_FOLDER)),
);
const SCRIPT = new URL("golden_records.ts", import.meta.url);

/** By V8's flags: what a processor lacks, and which of its compilers make the code. */
const PROCESSORS: readonly (readonly [name: string, flags: string])[] = [
  ["without AVX, by V8's first compiler", "--no-enable-avx,--liftoff-only"],
  ["without AVX, by its second", "--no-enable-avx,--no-liftoff"],
  ["without fused operations", "--no-enable-fma3"],
];

for (const [name, flags] of PROCESSORS) {
  Deno.test({
    name: `a processor ${name} gives the same bytes and the same pixels`,
    ignore: Deno.build.arch !== "x86_64", // others have no such flags
    fn: async () => {
      const out = await denoOutput("run --quiet --no-prompt -R", [`--v8-flags=${flags}`, SCRIPT.href]);
      const expected = Object.entries(records).map((
        [name, record],
      ) => [name, { ...record, isRepeated: true }]);
      assertEquals(JSON.parse(out), Object.fromEntries(expected));
    },
  });
}
