// Compresses a picture with a network and without, in this thread and in workers, and prints hashes of the files.
import { compress } from "@vaerans/vaerans";
import { createHash } from "node:crypto";

const width = 96, height = 64;
const data = new Uint8ClampedArray(4 * width * height);
for (let i = 0; i < data.length; i++) data[i] = i % 4 === 3 ? 255 : (i * i >> 7) % 256;
const hashes = [];
for (const options of [{ quality: 60 }, { quality: 60, tileSide: 64, workers: 2 }, { lossless: true }]) {
  const file = await compress({ data, width, height }, options);
  hashes.push(createHash("sha256").update(file).digest("hex"));
}
console.log(JSON.stringify(hashes));
