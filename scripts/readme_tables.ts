/**
 * Writes the README's tables from the committed results, between its `<!-- name -->` and `<!-- /name -->` marks. With
 * `--check`, fails if the README is not what the results give.
 */
const README = new URL("../README.md", import.meta.url);
const RESULTS = new URL("../bench/results/", import.meta.url);

interface Table {
  readonly comment: string;
  readonly rows: readonly { readonly [column: string]: string }[];
}

async function readTable(name: string): Promise<Table> {
  const lines = (await Deno.readTextFile(new URL(name, RESULTS))).trimEnd().split("\n");
  const comment = lines[0].startsWith("#") ? lines.shift()!.slice(1).trim() : "";
  const columns = lines.shift()!.split("\t");
  return {
    comment,
    rows: lines.map((line) => Object.fromEntries(line.split("\t").map((value, i) => [columns[i], value]))),
  };
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

async function speedTable(): Promise<string> {
  const { comment, rows } = await readTable("cpu.tsv");
  const groups = [...new Set(rows.map(({ group }) => group))];
  const parts = groups.map((group) => {
    const cells = rows.filter((row) => row.group === group).map((
      { benchmark, minimumNanoseconds, timesBaseline },
    ) => [
      benchmark,
      (Number(minimumNanoseconds) / 1000).toFixed(1),
      timesBaseline,
    ]);
    return `**${group}**\n\n${markdown(["kernel", "µs", "× a copy"], cells)}`;
  });
  return `Measured on ${comment}, best of each benchmark's runs.\n\n${parts.join("\n\n")}`;
}

async function qualityTable(): Promise<string> {
  const { comment, rows } = await readTable("kodak_summary.tsv");
  const cells = rows.map((row) => [row.codec, row.setting, row.bpp, row.psnr, row.msssim, row.ssimulacra2]);
  return `${comment}\n\n${
    markdown(["codec", "setting", "bits a pixel", "PSNR dB", "MS-SSIM", "SSIMULACRA2"], cells)
  }`;
}

const before = await Deno.readTextFile(README);
let after = before;
for (const [name, make] of [["speed", speedTable], ["quality", qualityTable]] as const) {
  const pattern = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!pattern.test(after)) throw new Error(`Cannot find the marks of "${name}" in README.md`);
  const table = await make();
  after = after.replace(pattern, (_, open, close) => `${open}\n${table}\n\n${close}`);
}
if (Deno.args.includes("--check")) {
  if (before !== after) {
    console.error("README.md is not what bench/results/ gives: run deno task readme");
    Deno.exit(1);
  }
} else {
  await Deno.writeTextFile(README, after);
}
