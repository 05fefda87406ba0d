import { assertAlmostEquals, assertEquals } from "@std/assert";
import { compress } from "../../mod.ts";
import { GOLDEN_FOLDER, goldenModes, type GoldenRecord, goldenRecord } from "../../scripts/golden.ts";

const records: { readonly [name: string]: GoldenRecord } = JSON.parse(
  await Deno.readTextFile(new URL("golden.json", GOLDEN_FOLDER)),
);

for (const [name, { picture, options }] of Object.entries(goldenModes())) {
  Deno.test(`golden file ${name} decodes to the same pixels, and is made again, to the bit (after a deliberate change: deno task golden)`, async () => {
    const file = await Deno.readFile(new URL(`${name}.vaer`, GOLDEN_FOLDER));
    const { coefficients, samples, psnr } = await goldenRecord(file, picture);
    assertEquals(coefficients, records[name].coefficients);
    assertEquals(samples, records[name].samples, "other pixels");
    if (psnr === null) assertEquals(records[name].psnr, null);
    else assertAlmostEquals(psnr, records[name].psnr!, 0.05);
    assertEquals(await compress(picture, options), file);
  });
}
