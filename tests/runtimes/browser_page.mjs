// Runs in a page beside `models/`, `golden/` and the workers' scripts: `results()` gives the hashes, and whether workers answered.
import { decompress, setAssetUrls } from "@vaerans/vaerans/decode";
import { compress } from "@vaerans/vaerans/encode";
import { compressedHashes, decodedHashes } from "./hashes.mjs";

setAssetUrls({ models: "models/", workers: "./" });

globalThis.results = async () => {
  const files = [];
  for (const name of await (await fetch("golden/names.json")).json()) {
    files.push([name, new Uint8Array(await (await fetch(`golden/${name}.vaer`)).arrayBuffer())]);
  }
  const decoded = await decodedHashes(decompress, files), compressed = await compressedHashes(compress);
  return { decoded, compressed, hasWorkers: globalThis.answers.count > 0 };
};
