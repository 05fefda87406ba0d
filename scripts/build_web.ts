/**
 * Builds the scripts and models for web pages, or the playground, see `docs/WEB.md`.
 *
 * Arguments: `--playground` for the playground; the folder, `dist/web` or `dist/playground` by default.
 */
import { buildPlayground, buildWebFiles } from "../src/web/mod.ts";

const isPlayground = Deno.args[0] === "--playground";
const [folder = isPlayground ? "dist/playground" : "dist/web"] = isPlayground
  ? Deno.args.slice(1)
  : Deno.args;
await (isPlayground ? buildPlayground : buildWebFiles)(folder);
console.log(`built ${folder}`);
