// Decodes the golden files with the installed package and prints a hash of each picture's pixels; runs in Node, Bun and Deno.
import { decompress } from "@vaerans/vaerans/decode";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";

const [folder] = process.argv.slice(2), hashes = {};
for (const name of (await readdir(folder)).filter((name) => name.endsWith(".vaer")).sort()) {
  const { data } = await decompress(await readFile(`${folder}/${name}`));
  hashes[name.slice(0, -".vaer".length)] = createHash("sha256").update(data).digest("hex");
}
console.log(JSON.stringify(hashes));
