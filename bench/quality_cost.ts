/**
 * Processor time of `compress` at every quality, relative to quality 50, which is measured again beside every fifth quality: other programs
 * on the machine slow both alike. Writes `bench/results/quality_cost.tsv`, by which docs/PERFORMANCE.md says what the qualities cost.
 *
 * `deno run -R -W=bench/results bench/quality_cost.ts [--passes N] [--qualities A-B] PICTURE…`. Pictures of more than 0.7 megapixels are
 * reduced by whole factors.
 */
import process from "node:process";
import { compress, decodePicture, inspect } from "../mod.ts";
import type { PictureLike } from "../src/world.ts";

const REFERENCE_QUALITY = 50, REFERENCE_EVERY = 5;
const MOST_PIXELS = 700_000;
const RESULTS = new URL("results/quality_cost.tsv", import.meta.url);

interface Cost {
  readonly picture: string;
  readonly quality: number;
  readonly model: string;
  /** In those of quality 50, one a pass. */
  readonly ratios: number[];
}

const { passes, lowest, highest, paths } = readArguments(Deno.args);
const costs: Cost[] = [];
for (const path of paths) {
  const picture = reduced(await decodePicture(await Deno.readFile(path)));
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
  const own = Array.from({ length: highest - lowest + 1 }, (_, i): Cost => ({
    picture: name,
    quality: lowest + i,
    model: "",
    ratios: [],
  }));
  await timeOf(picture, REFERENCE_QUALITY); // compiles
  for (let pass = 0; pass < passes; pass++) {
    for (let first = 0; first < own.length; first += REFERENCE_EVERY) {
      const some = own.slice(first, first + REFERENCE_EVERY);
      const before = (await timeOf(picture, REFERENCE_QUALITY)).seconds, times: number[] = [];
      for (const cost of some) {
        const { seconds, model } = await timeOf(picture, cost.quality);
        times.push(seconds);
        Object.assign(cost, { model });
      }
      const reference = (before + (await timeOf(picture, REFERENCE_QUALITY)).seconds) / 2;
      some.forEach(({ ratios }, i) => ratios.push(times[i] / reference));
    }
  }
  costs.push(...own);
  const worst = own.toSorted((a, b) => ratioOf(b) - ratioOf(a)).slice(0, 5);
  console.log(
    `${name}, ${picture.width}×${picture.height}: ` +
      worst.map((cost) => `quality ${cost.quality} ${ratioOf(cost).toFixed(2)} (${cost.model})`).join(", "),
  );
  await Deno.writeTextFile(
    RESULTS,
    [
      `# processor time of compress() relative to quality ${REFERENCE_QUALITY}, median of ${passes} passes, Deno/${Deno.version.deno}`,
      "picture\tquality\tmodel\tratio",
      ...costs.map((cost) => [cost.picture, cost.quality, cost.model, ratioOf(cost).toFixed(2)].join("\t")),
      "",
    ].join("\n"),
  );
}

async function timeOf(picture: PictureLike, quality: number): Promise<{ seconds: number; model: string }> {
  const before = process.cpuUsage();
  const bytes = await compress(picture, { quality, workers: 0 });
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, model: inspect(bytes).model };
}

/** The median. */
function ratioOf({ ratios }: Cost): number {
  return ratios.toSorted((a, b) => a - b)[ratios.length >> 1];
}

/** Means of squares of pixels, so many that at most {@linkcode MOST_PIXELS} are left. */
function reduced({ data, width, height }: PictureLike): PictureLike {
  let factor = 1;
  while (Math.floor(width / factor) * Math.floor(height / factor) > MOST_PIXELS) factor++;
  const columns = Math.floor(width / factor), rows = Math.floor(height / factor);
  const small = new Uint8ClampedArray(4 * columns * rows);
  for (let i = 0; i < small.length; i++) {
    const x = (i >> 2) % columns * factor, y = Math.floor((i >> 2) / columns) * factor;
    let sum = 0;
    for (let dy = 0; dy < factor; dy++) {
      for (let dx = 0; dx < factor; dx++) sum += data[4 * ((y + dy) * width + x + dx) + i % 4];
    }
    small[i] = sum / factor ** 2;
  }
  return { data: small, width: columns, height: rows };
}

function readArguments(args: readonly string[]) {
  const valueOf = (name: string) => args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
  const [lowest, highest] = (valueOf("--qualities") ?? "1-100").split("-").map(Number);
  const paths = args.filter((arg, i) => !arg.startsWith("--") && !args[i - 1]?.startsWith("--"));
  return { passes: Number(valueOf("--passes") ?? 1), lowest, highest, paths };
}
