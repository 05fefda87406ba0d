/** Decodes the golden files by the entry point `/decode` alone, then loads the encoder and compresses; prints the hashes of both. */
import { decompress } from "../../src/decode.ts";
import { compressedHashes, decodedHashes } from "../runtimes/hashes.mjs";

const [folder] = Deno.args, files: [string, Uint8Array][] = [];
for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  if (name.endsWith(".vaer")) {
    files.push([name.slice(0, -".vaer".length), Deno.readFileSync(`${folder}/${name}`)]);
  }
}
const decoded = await decodedHashes(decompress, files);
const { compress } = await import("../../src/encode.ts");
console.log(JSON.stringify({ decoded, compressed: await compressedHashes(compress) }));
