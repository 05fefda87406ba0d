/** Prints what decoding each golden file gives, and whether encoding its source gives the file again. */
import { compress } from "../../mod.ts";
import { GOLDEN_FOLDER, goldenModes, goldenRecord } from "../../scripts/golden.ts";

const results: { [name: string]: unknown } = {};
for (const [name, { picture, options }] of Object.entries(goldenModes())) {
  const file = await Deno.readFile(new URL(`${name}.vaer`, GOLDEN_FOLDER));
  const again = await compress(picture, options);
  results[name] = { ...await goldenRecord(file, picture), isRepeated: again.toHex() === file.toHex() };
}
console.log(JSON.stringify(results));
