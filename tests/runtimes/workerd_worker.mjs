// Runs in workerd: answers with the hashes. The models and the golden files are at the address in the query.
import { decompress, setAssetUrls } from "@vaerans/vaerans/decode";
import { compress } from "@vaerans/vaerans/encode";
import { compressedHashes, decodedHashes } from "./hashes.mjs";

export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url), site = searchParams.get("site");
    setAssetUrls({ models: `${site}models/` });
    const files = [];
    for (const name of await (await fetch(`${site}golden/names.json`)).json()) {
      files.push([
        name,
        new Uint8Array(await (await fetch(`${site}golden/${name}.vaer`)).arrayBuffer()),
      ]);
    }
    const decoded = await decodedHashes(decompress, files), compressed = await compressedHashes(compress);
    return Response.json({ decoded, compressed });
  },
};
