import { compress, decompress, inspect, psnr } from "../../mod.ts";
import { parseArguments } from "./arguments.ts";
import { helpOf } from "./options/help.ts";
import { optionsOf } from "./options/option.ts";
import { DEMO } from "./options/others.ts";
import { syntheticPicture } from "./synthetic_picture.ts";

const QUALITIES = [10, 30, 50, 70, 90];

/** `demo [--json]` */
export async function demoCommand(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args, optionsOf(DEMO));
  if (parsed.has("help")) return console.log(helpOf(DEMO));
  const picture = syntheticPicture(768, 512);
  const rows = [];
  if (!parsed.has("json")) {
    console.log(
      `A synthetic picture of ${picture.width}×${picture.height} pixels (the first row includes loading the models):`,
    );
    console.log("quality  model       bytes    bpp   PSNR dB  compress ms  decompress ms");
  }
  for (const quality of QUALITIES) {
    const began = performance.now();
    const bytes = await compress(picture, { quality, content: "photo" });
    const between = performance.now();
    const decoded = await decompress(bytes);
    const row = {
      quality,
      model: inspect(bytes).model,
      bytes: bytes.length,
      bpp: inspect(bytes).bpp,
      psnr: psnr(picture, decoded),
      compressMilliseconds: between - began,
      decompressMilliseconds: performance.now() - between,
    };
    rows.push(row);
    if (parsed.has("json")) continue;
    console.log(
      [
        String(quality).padStart(7),
        row.model.padEnd(9),
        String(row.bytes).padStart(7),
        row.bpp.toFixed(3).padStart(6),
        row.psnr.toFixed(2).padStart(8),
        row.compressMilliseconds.toFixed(0).padStart(12),
        row.decompressMilliseconds.toFixed(0).padStart(14),
      ].join("  ").replace("  ", " "),
    );
  }
  const { width, height } = picture;
  if (parsed.has("json")) console.log(JSON.stringify({ width, height, results: rows }));
}
