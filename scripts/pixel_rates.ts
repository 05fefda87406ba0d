/**
 * Measures the streams without a model over a folder of pictures: bytes of lossless files, and bytes and PSNR of lossy ones
 * at step codes near the rates of the bars. Goes on where the TSV ends.
 *
 *     deno run -R -W scripts/pixel_rates.ts FOLDER TARGET.tsv lossless [EFFORT]
 *     deno run -R -W scripts/pixel_rates.ts FOLDER TARGET.tsv lossy
 */
import { decompress, psnr } from "../mod.ts";
import { UNIT_STEP_CODE } from "../src/components/mod.ts";
import { planEncoding } from "../src/codec/plan/encoding_plan.ts";
import { TILE_JOBS } from "../src/codec/streams/tile_jobs.ts";
import { LocalEngine } from "../src/codec/run/local_engine.ts";
import { PictureEncoder } from "../src/codec/picture_encoder.ts";
import { Progress } from "../src/codec/progress.ts";
import { decodePicture, type Picture } from "../src/image/mod.ts";

const HEADER = "kind\teffort\tpicture\tstepCode\tbytes\tbpp\tpsnr\tseconds\n";
/** Bits a pixel of the bars. */
const RATES = [0.25, 0.5, 1];
/** The first step tried: about half a bit a pixel. */
const FIRST_QUALITY = 80;
/** Points so close to a rate serve for it: what lies between is interpolated. */
const CLOSE_OCTAVES = 0.15;
/** A step code by which a rate halves, about; only the guesses lean on it. */
const CODES_A_HALVING = 80;

const [folder, target, kind = "lossless", effort = "5"] = Deno.args;
const text = await Deno.readTextFile(target).catch(() => HEADER);
const rows = text.trimEnd().split("\n");
const done = (name: string) => rows.some((row) => row.startsWith(`${kind}\t${effort}\t${name}\t`));

for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  if (!name.endsWith(".png") || done(name)) continue;
  const picture = await decodePicture(await Deno.readFile(`${folder}/${name}`)) as Picture;
  const note = (code: number, bytes: number, decibels: number, since: number) => {
    const bpp = 8 * bytes / (picture.width * picture.height), seconds = (performance.now() - since) / 1000;
    rows.push(
      [kind, effort, name, code, bytes, bpp.toFixed(4), decibels.toFixed(3), seconds.toFixed(1)].join("\t"),
    );
    return bpp;
  };
  if (kind === "lossless") {
    const since = performance.now(), file = await (await encoderOf(picture, 0)).encode(UNIT_STEP_CODE, 0);
    note(0, file.length, 99, since);
  } else {
    await lossy(picture, note);
  }
  await Deno.writeTextFile(target, rows.join("\n") + "\n");
}

async function encoderOf(picture: Picture, bound: number | undefined): Promise<PictureEncoder> {
  const plan = await planEncoding(picture, "pixels", bound, {
    effort: Number(effort),
    tune: "psnr",
  });
  return new PictureEncoder(picture, plan, new LocalEngine(TILE_JOBS), new Progress({}));
}

/** One step code near each rate, from what the nearest one measured costs. */
async function lossy(
  picture: Picture,
  note: (code: number, bytes: number, decibels: number, since: number) => number,
): Promise<void> {
  const encoder = await encoderOf(picture, undefined), known: { code: number; bpp: number }[] = [];
  const measure = async (code: number) => {
    const since = performance.now(), file = await encoder.encode(code, 0);
    known.push({ code, bpp: note(code, file.length, psnr(picture, await decompress(file)), since) });
  };
  await measure(encoder.codeOfQuality(FIRST_QUALITY));
  for (const rate of RATES) {
    const octaves = ({ bpp }: { bpp: number }) => Math.log2(bpp / rate);
    const nearest = known.reduce((a, b) => Math.abs(octaves(b)) < Math.abs(octaves(a)) ? b : a);
    if (Math.abs(octaves(nearest)) > CLOSE_OCTAVES) {
      await measure(Math.round(nearest.code + CODES_A_HALVING * octaves(nearest)));
    }
  }
}
