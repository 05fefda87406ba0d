/**
 * Learns the context model's prior from dumps of quantised training pictures.
 *
 *     deno run -R -W scripts/train_prior.ts DUMPDIR… -o prior.bin
 *
 * A dump directory holds, for each picture, NAME.bin (i32 little-endian, packed in coding order) and NAME.json
 * (`{"levels", "channels", "width", "height"}` of the latent). Give one directory a quantisation step: the prior should
 * have seen all steps that will be used. The order is shuffled, always alike. About five minutes of one core, most of
 * it for the context net.
 */

import { bandLayout, parsePrior } from "../src/entropy/mod.ts";
import type { TrainingPicture } from "./prior/net_samples.ts";
import { trainPrior } from "./prior/train_prior.ts";

/** A prior larger than this is refused (issue 4). */
const MAX_PRIOR_BYTES = 100_000;
/** Samples that the context net learns from, an orientation, and how often it sees them. */
const NET_SAMPLES = 2_000_000;
const NET_EPOCHS = 6;

function readDump(directory: string, name: string): TrainingPicture {
  const { width, height, channels, levels } = JSON.parse(Deno.readTextFileSync(`${directory}/${name}.json`));
  return {
    bands: bandLayout({ width, height, channels, levels }),
    trellis: true,
    // Read when asked for: all dumps together may not fit into memory.
    get coefficients(): Int32Array {
      const bytes = Deno.readFileSync(`${directory}/${name}.bin`);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return Int32Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(4 * i, true));
    },
  };
}

function listDumps(directory: string): { directory: string; name: string }[] {
  return [...Deno.readDirSync(directory)]
    .filter((entry) => entry.name.endsWith(".json"))
    .map((entry) => ({ directory, name: entry.name.slice(0, -".json".length) }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Fisher-Yates with a fixed generator: the same dumps give the same prior. */
function shuffle<T>(items: T[]): T[] {
  let state = 1;
  for (let i = items.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    const j = state % (i + 1);
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}

const directories: string[] = [];
let output = "";
for (let i = 0; i < Deno.args.length; i++) {
  if (Deno.args[i] === "-o") output = Deno.args[++i] ?? "";
  else directories.push(Deno.args[i]);
}
if (directories.length === 0 || output === "") {
  console.error("Usage: deno run -R -W scripts/train_prior.ts DUMPDIR… -o prior.bin");
  Deno.exit(2);
}
const dumps = shuffle(directories.flatMap(listDumps));
const pictures = dumps.map(({ directory, name }) => readDump(directory, name));
const bytes = trainPrior(pictures, { netSamples: NET_SAMPLES, netEpochs: NET_EPOCHS });
parsePrior(bytes);
if (bytes.length > MAX_PRIOR_BYTES) {
  console.error(
    `Cannot write the prior because it is too large: value is ${bytes.length}, limit ${MAX_PRIOR_BYTES}`,
  );
  Deno.exit(1);
}
Deno.writeFileSync(output, bytes);
console.log(`${output}: ${bytes.length} bytes from ${dumps.length} pictures`);
