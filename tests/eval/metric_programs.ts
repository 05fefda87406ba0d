/**
 * Writes programs that stand in for Butteraugli's and CVVDP's: they read both pictures and answer with their mean
 * absolute difference.
 *
 * @returns Their commands by metric.
 */
export async function writeMetricPrograms(folder: string): Promise<Record<string, string>> {
  const image = new URL("../../src/image/mod.ts", import.meta.url).href;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const library = `import { decodePicture } from "${image}";
export async function difference(paths) {
  const [a, b] = await Promise.all(paths.map(async (path) => (await decodePicture(await Deno.readFile(path))).data));
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}
`;
  await Deno.writeTextFile(`${folder}/library.ts`, library);
  await Deno.writeTextFile(
    `${folder}/once.ts`,
    'import { difference } from "./library.ts";\nconsole.log("9.5\\n3-norm: " + await difference(Deno.args));\n',
  );
  await Deno.writeTextFile(
    `${folder}/lines.ts`,
    `import { difference } from "./library.ts";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  for (const line of text.trim().split("\\n")) {
    console.log(JSON.stringify({ fhd: 10 - await difference(line.split("\\t")) / 20 }));
  }
}
`,
  );
  const run = `"${Deno.execPath()}" run --quiet --no-prompt --no-check --config "${config}" -R`;
  return { butteraugli: `${run} "${folder}/once.ts"`, cvvdp: `${run} "${folder}/lines.ts"` };
}
