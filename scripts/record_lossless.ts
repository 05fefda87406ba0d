/**
 * Measures lossless `.vaer` files of a folder of PNG files, beside the PNG, WebP and JPEG XL, and records them in
 * `bench/results/NAME.tsv`.
 *
 *     deno task lossless-record FOLDER graphics 9
 *
 * WebP is `cwebp -lossless -exact -m 6 -q 100`, JPEG XL `cjxl -d 0` with the effort given last (Debian: webp, libjxl-tools).
 * Times are processor time of the better of two runs on one thread.
 */
import process from "node:process";
import { compress, decompress } from "../mod.ts";
import { decodePicture } from "../src/image/mod.ts";

const [folder, name, jpegXlEffort] = Deno.args;
if (jpegXlEffort === undefined) {
  console.error(
    `Cannot measure: there must be a folder of PNG files, a name and JPEG XL's effort (got ${Deno.args.length} of 3). ` +
      "Name them.",
  );
  Deno.exit(2);
}
const TARGET = new URL(`../bench/results/${name}.tsv`, import.meta.url);
const COLUMNS = [
  "picture",
  "width",
  "height",
  "vaerBytes",
  "pngBytes",
  "webpBytes",
  "jpegXlBytes",
  "encodeSeconds",
  "decodeSeconds",
];
type PeerCommand = (from: string, to: string) => readonly string[];
const PEERS: readonly (readonly [ending: string, command: PeerCommand])[] = [
  ["webp", (from, to) => ["cwebp", "-quiet", "-lossless", "-exact", "-m", "6", "-q", "100", from, "-o", to]],
  ["jxl", (from, to) => ["cjxl", "--quiet", "-d", "0", "-e", jpegXlEffort, from, to]],
];

const scratch = await Deno.makeTempDir(), rows: (string | number)[][] = [];
try {
  for (const { name: picture } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (!picture.endsWith(".png")) continue;
    const path = `${folder}/${picture}`, png = await Deno.readFile(path);
    const source = await decodePicture(png, { keepDepth: true });
    let encodeSeconds = Infinity, decodeSeconds = Infinity, vaerBytes = 0;
    for (let run = 0; run < 2; run++) {
      const start = processorSeconds(), file = await compress(source, { lossless: true, workers: 0 });
      const middle = processorSeconds();
      await decompress(file, { workers: 0, keepDepth: true });
      encodeSeconds = Math.min(encodeSeconds, middle - start);
      decodeSeconds = Math.min(decodeSeconds, processorSeconds() - middle);
      vaerBytes = file.length;
    }
    const peers: number[] = [];
    for (const [ending, command] of PEERS) {
      const target = `${scratch}/peer.${ending}`, [program, ...args] = command(path, target);
      const { success } = await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output();
      if (!success) throw new Error(`${program} cannot encode ${path}`);
      peers.push((await Deno.stat(target)).size);
    }
    const seconds = [encodeSeconds, decodeSeconds].map((value) => value.toFixed(3));
    rows.push([picture, source.width, source.height, vaerBytes, png.length, ...peers, ...seconds]);
    console.log(rows.at(-1)!.join(" "));
  }
} finally {
  await Deno.remove(scratch, { recursive: true });
}
const today = new Date().toISOString().slice(0, 10);
const lines = [`# Deno/${Deno.version.deno}, ${today}`, ...[COLUMNS, ...rows].map((row) => row.join("\t"))];
await Deno.writeTextFile(TARGET, lines.join("\n") + "\n");

/** Processor time of this process so far. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
