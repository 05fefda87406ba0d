/**
 * Builds the scripts and models for web pages, see `docs/WEB.md`.
 *
 * Arguments: the folder; `dist/web` by default.
 */
import { buildWebFiles } from "../src/web/build.ts";

const [folder = "dist/web"] = Deno.args;
await buildWebFiles(folder);
console.log(`built ${folder}`);
