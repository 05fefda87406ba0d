/**
 * Measures the coder of graphics over a folder of PNG files: bytes beside those of the PNG, WebP and JPEG XL, and speed.
 *
 *     deno run -R -W --allow-run scripts/graphics_rates.ts FOLDER
 *
 * WebP is `cwebp -lossless -exact -m 6 -q 100`, JPEG XL `cjxl -d 0 -e 9` (Debian: webp, libjxl-tools); a peer that is not
 * installed is left out. Prints a table in Markdown, then the sums. Speeds are of processor time, the better of two runs.
 */
import process from "node:process";
import { decodeGraphics, encodeGraphics, type GraphicsShape } from "../src/entropy/graphics/mod.ts";
import { decodePicture } from "../src/image/mod.ts";

const PEERS = [
  [
    "WebP",
    (
      from: string,
      to: string,
    ) => ["cwebp", "-quiet", "-lossless", "-exact", "-m", "6", "-q", "100", from, "-o", to],
  ],
  ["JPEG XL", (from: string, to: string) => ["cjxl", "--quiet", "-d", "0", "-e", "9", from, to]],
] as const;

/** Channels that the picture has by its content: 1, 3 or 4. */
function reduced(rgba: ArrayLike<number>, width: number, height: number, bitDepth: number) {
  const pixels = width * height, most = 2 ** bitDepth - 1;
  let gray = true, opaque = true;
  for (let i = 0; i < pixels; i++) {
    if (rgba[4 * i] !== rgba[4 * i + 1] || rgba[4 * i] !== rgba[4 * i + 2]) gray = false;
    if (rgba[4 * i + 3] !== most) opaque = false;
  }
  const channels = !opaque ? 4 : gray ? 1 : 3;
  const samples = new Uint16Array(pixels * channels);
  for (let i = 0; i < samples.length; i++) samples[i] = rgba[4 * Math.floor(i / channels) + i % channels];
  return { samples, shape: { width, height, channels, bitDepth } };
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Megapixels per second, encoding and decoding, and the bytes. */
function measured(samples: Uint16Array, shape: GraphicsShape) {
  const rates = [0, 0], pixels = shape.width * shape.height / 1e6;
  let bytes = new Uint8Array(0);
  for (let run = 0; run < 2; run++) {
    const start = processorSeconds();
    bytes = Uint8Array.from(encodeGraphics(samples, shape));
    const middle = processorSeconds(), decoded = decodeGraphics(bytes, shape), end = processorSeconds();
    if (!decoded.every((value, i) => value === samples[i])) throw new Error("decoding gave other samples");
    rates[0] = Math.max(rates[0], pixels / (middle - start));
    rates[1] = Math.max(rates[1], pixels / (end - middle));
  }
  return { rates, bytes: bytes.length };
}

async function peerBytes(command: readonly string[], target: string): Promise<number | undefined> {
  try {
    const [name, ...args] = command;
    const { success } = await new Deno.Command(name, { args, stdout: "null", stderr: "null" }).output();
    return success ? (await Deno.stat(target)).size : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const [folder] = Deno.args, scratch = await Deno.makeTempDir();
const sums = { ours: 0, webp: 0, best: 0 };
console.log(
  `| Picture | Pixels | Ours | PNG | ${
    PEERS.map(([name]) => name).join(" | ")
  } | Ours / best | MP/s in | MP/s out |`,
);
console.log(`| - | - | - | - | ${PEERS.map(() => "-").join(" | ")} | - | - | - |`);
for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  if (!name.endsWith(".png")) continue;
  const path = `${folder}/${name}`, file = await Deno.readFile(path);
  const { width, height, data } = await decodePicture(file);
  const { samples, shape } = reduced(data, width, height, data.BYTES_PER_ELEMENT * 8);
  const { rates, bytes } = measured(samples, shape);
  const peers: (number | undefined)[] = [];
  for (const [, command] of PEERS) {
    const target = `${scratch}/peer.${peers.length === 0 ? "webp" : "jxl"}`;
    peers.push(await peerBytes(command(path, target), target));
  }
  const best = Math.min(file.length, ...peers.filter((size) => size !== undefined));
  sums.ours += bytes;
  sums.webp += peers[0] ?? NaN;
  sums.best += best;
  const cells = [
    name,
    `${width}×${height}×${shape.channels}`,
    bytes,
    file.length,
    ...peers.map((size) => size ?? "–"),
  ];
  console.log(
    `| ${[...cells, (bytes / best).toFixed(3), ...rates.map((rate) => rate.toFixed(2))].join(" | ")} |`,
  );
}
await Deno.remove(scratch, { recursive: true });
console.log(
  `Sum: ${sums.ours} bytes, ${(sums.ours / sums.webp).toFixed(4)} × WebP, ${
    (sums.ours / sums.best).toFixed(4)
  } × the best.`,
);
