// Runs in Node and Bun with the installed package: prints the hashes, and whether workers answered.
import { compressedHashes, countAnswers, decodedHashes } from "./hashes.mjs";
import { readdir, readFile } from "node:fs/promises";

const answers = countAnswers(
  globalThis.Worker ? globalThis : process.getBuiltinModule("node:worker_threads"),
);
const { compress, decompress } = await import("@vaerans/vaerans");

const [folder] = process.argv.slice(2), files = [];
for (const name of (await readdir(folder)).filter((name) => name.endsWith(".vaer")).sort()) {
  files.push([name.slice(0, -".vaer".length), await readFile(`${folder}/${name}`)]);
}
const decoded = await decodedHashes(decompress, files), compressed = await compressedHashes(compress);
console.log(JSON.stringify({ decoded, compressed, hasWorkers: answers.count > 0 }));
