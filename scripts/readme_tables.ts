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

/** A table padded as `deno fmt` pads it, so that formatting the README changes nothing. */
function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((cell, i) => Math.max(3, cell.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** Long lines are broken where `deno fmt` breaks them. */
const PROSE_WIDTH = 110;

function wrapped(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    if (lines[last] === "") lines[last] = word;
    else if (lines[last].length + 1 + word.length <= PROSE_WIDTH) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
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
  return `${wrapped(`Measured on ${comment}, best of each benchmark's runs.`)}\n\n${parts.join("\n\n")}`;
}

/** Settings that cost more than this are left out of the README. */
const MAX_BITS_PER_PIXEL = 1.2;

async function qualityTable(): Promise<string> {
  const { comment, rows } = await readTable("kodak.tsv");
  const settings = Map.groupBy(rows, ({ codec, setting }) => `${codec} ${setting}`);
  const pictureCount = new Set(rows.map(({ picture }) => picture)).size;
  const means = [...settings.values()].filter((members) => members.length === pictureCount).map((members) => {
    const mean = (column: string) =>
      members.reduce((sum, row) => sum + Number(row[column]), 0) / members.length;
    const { codec, setting } = members[0];
    return {
      codec,
      setting,
      bpp: mean("bpp"),
      psnr: mean("psnr"),
      msssim: mean("msssim"),
      ssimulacra2: mean("ssimulacra2"),
    };
  });
  const cells = means.filter(({ bpp }) => bpp <= MAX_BITS_PER_PIXEL)
    .sort((a, b) =>
      a.codec === b.codec ? a.bpp - b.bpp : Number(b.codec < a.codec) - Number(a.codec < b.codec)
    )
    .map((row) => [
      row.codec,
      row.setting,
      row.bpp.toFixed(3),
      row.psnr.toFixed(2),
      row.msssim.toFixed(4),
      row.ssimulacra2.toFixed(1),
    ]);
  return `${wrapped(comment)}\n\n${
    markdown(["codec", "quality", "bits a pixel", "PSNR dB", "MS-SSIM", "SSIMULACRA2"], cells)
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
