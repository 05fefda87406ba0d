import { UNIT_STEP_CODE } from "../../../components/mod.ts";
import { DEFAULT_EFFORT } from "../../../entropy/mod.ts";
import { SSIMULACRA2_MIN_SIDE } from "../../../kernels/cpu/metrics/ssimulacra2.ts";
import type { PictureLike } from "../../../world.ts";
import { decompress } from "../../decompress.ts";
import { DEFAULT_CONTENT, type Target } from "../../options.ts";
import { hasFewColours, toEightBits, traitsOf } from "../../samples.ts";
import { PIXELS } from "../../streams/pixel_params.ts";
import { verifyExactly } from "../compress_exact.ts";
import { decodingOptions } from "../decoding_options.ts";
import { byteLimitOf, type Measures } from "../encode_for_target.ts";
import { EncoderPool, type SharedEngineOptions } from "../encoder_pool.ts";
import { BestFile, type GraphicsFile, type GraphicsJob, type OwnFile } from "./best_file.ts";
import { coarseTolerances, isDrawing, meritOfDrawing, mostLegibleBytes, tolerancesFor } from "./drawings.ts";
import { findGraphicsBlocks, type GraphicsBlocks, isLikePage } from "./graphics_blocks.ts";
import { layeredPicture } from "./graphics_layer.ts";
import { layeredFile } from "./layered_file.ts";
import { offerPage } from "./page_file.ts";
import { ScoredPatches } from "./scored_patches.ts";
import { showsGraphicsWell } from "./shown_graphics.ts";
import { snapColours } from "./snap_colours.ts";
import { stripsOf } from "./strips.ts";

/** From this effort on pictures are searched for graphics, unless the caller says that there are some. */
const LEAST_EFFORT = 5;
/** Larger pictures are not searched: it takes 250 bytes per pixel. Screens of 3840 × 2160 pixels and pages of A4 at 300 pixels per inch are smaller. */
const MOST_PIXELS = 9e6;
/** Least share of blocks of graphics for a layer of them. */
const LEAST_SHARE = 0.04;
/** From this share on the whole picture is tried as graphics, */
const WHOLE_SHARE = 0.5;
/** and from this one on only that. */
const ONLY_WHOLE_SHARE = 0.98;
/** How many times the bytes of the photographic file a quality may take. */
const MOST_GROWTH = 4;

/** An icon has so many pixels at most, */
const MOST_ICON_PIXELS = 2 ** 12;
/** and so many colours, and so many more per pixel: where edges are smooth, each pixel of an edge has its own. Photographs have more. */
const MOST_ICON_COLOURS = 2 ** 7, MOST_COLOURS_PER_PIXEL = 0.25;
/** As many colours have icons that are too small for a score: their exact file is kept. */
const MOST_COLOURS_UNSEEN = 2 ** 6;
/** The exact files of an icon and of a larger pattern may have so many bytes; an icon's whatever the photographic file has. */
const MOST_ICON_BYTES = 2 ** 11, MOST_PATTERN_BYTES = 2 ** 10;
/** Where bytes of an icon's files are compared, each has so many more: nobody counts the first ones. */
const FREE_ICON_BYTES = 2 ** 8;

/** A layer whose file takes at most this share of the photographic file's bytes is better: it was never scored more than 0.4 points lower. */
const SURE_SHARE = 0.97;

/** A layer that scores so much more than the photographic file holds strokes that were not saved as a photograph, which gained 12 at most. */
const CLEAR_POINTS = 20;

/** Largest change of a colour, in levels, by which the bytes of a drawing of photographs fall to a half of those without a change. */
const HALVING_TOLERANCE = 3;

/** How many times more bytes than the whole drawing its strips may foretell. */
const STRIPS_MARGIN = 1.5;

/** Without blocks of graphics, the parts of a drawing that look like photographs take at most this share of the photographic file's bytes. */
const MOST_PHOTOGRAPH_SHARE = 0.5;

/**
 * The file that codes parts of a picture or all of it as graphics, if it looks better for its bytes than the one by a model or
 * the pixels' stream. Its score is SSIMULACRA2; for a quality the file may be larger if it is as much better. The file is
 * verified.
 *
 * @param own The file to compare with, its step, and the name of the model.
 * @param target What the file is made for; targets of PSNR and MS-SSIM have no graphics.
 * @param measures Of the picture.
 * @param options As for `compress`.
 * @returns The file; `undefined` where the other one is better.
 */
export async function graphicsFileFor(
  own: OwnFile,
  target: Target,
  measures: Measures,
  options: SharedEngineOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!isTried(target, measures, options)) return undefined;
  const { picture } = measures, isQuality = target.kind === "quality";
  let limit = byteLimitOf(target, picture) ?? Math.floor(MOST_GROWTH * own.file.length);
  const icon = isQuality ? await exactFile(measures, mostExactBytes(picture, limit)) : undefined;
  if (!canBeScored(picture)) {
    await icon?.verify();
    return icon?.file;
  }
  const found = findGraphicsBlocks(picture);
  const legibleBytes = isDrawing(found) ? mostLegibleBytes(target, picture) : 0;
  limit = Math.max(limit, legibleBytes);
  const freeBytes = isIcon(picture) ? FREE_ICON_BYTES : 0;
  const patches = new ScoredPatches(picture, measures.score, found);
  const job = { own, target, measures, options, patches, limit, legibleBytes, freeBytes };
  const best = new BestFile(job, (options.content ?? DEFAULT_CONTENT) === "auto");
  await offerFiles(icon, found, job, best);
  await best.file?.verify();
  return best.file?.file;
}

/** Offers what a picture may be coded as: a page, an exact file, a layer or a drawing. */
async function offerFiles(
  icon: GraphicsFile | undefined,
  found: GraphicsBlocks,
  job: GraphicsJob,
  best: BestFile,
): Promise<void> {
  const { target, measures: { picture }, options } = job, { content } = options;
  const isQuality = target.kind === "quality";
  // Snapped colours make areas of photographs flat: they count only where there is paper, or where the caller says so.
  const isSearched = content === "graphics" || content === "text" || isLikePage(picture);
  if (found.share < WHOLE_SHARE) await offerPage(job, best);
  if (found.share < LEAST_SHARE && best.file) return;
  if (icon) await best.offer(icon);
  else if (isQuality && found.share < WHOLE_SHARE) await offerExact(job, best);
  if (!isSearched && (found.share < LEAST_SHARE || await hasNothingToGain(found, job))) return;
  if (await offerCoarse(found, job, best)) return;
  const drawings = tolerancesFor(target, options, found).map((tolerance) => () => {
    const drawn = snapColours(picture, tolerance);
    return { drawn, blocks: isSearched && tolerance > 0 ? findGraphicsBlocks(drawn) : found, tolerance };
  });
  if (isQuality) {
    const all = drawings.map((draw) => draw());
    // The last one's colours change most: on the same blocks its layer takes fewer bytes and looks as good.
    for (const drawing of isSearched ? all : all.slice(-1)) await offerLayer(drawing, job, best);
    for (const drawing of all) await offerWhole(drawing, job, best);
    return;
  }
  for (const draw of drawings) {
    if (best.hasFile) return;
    const drawing = draw();
    await offerWhole(drawing, job, best);
    await offerLayer(drawing, job, best);
  }
}

/** Whether a picture is a photograph whose file shows well what of it counts as graphics. A photograph on a page is none: the page takes no bytes in a layer. */
async function hasNothingToGain(found: GraphicsBlocks, job: GraphicsJob): Promise<boolean> {
  const { measures: { picture } } = job;
  if (found.share >= WHOLE_SHARE || isDrawing(found) || !traitsOf(picture).opaque) return false;
  return await showsGraphicsWell(picture, found, () => ownPicture(job));
}

/** What the photographic file shows; it is decoded once. */
async function ownPicture({ own, options }: GraphicsJob): Promise<PictureLike> {
  return toEightBits(own.shown ??= await decompress(own.file, decodingOptions(options)));
}

function isTried({ kind }: Target, { picture, exact }: Measures, options: SharedEngineOptions): boolean {
  const { model, entropy, tune, effort = DEFAULT_EFFORT, content = DEFAULT_CONTENT } = options;
  if (!exact.areAllowed || model !== undefined || entropy === "static" || tune === "psnr") return false;
  if (content === "photo" || (content === "auto" && effort < LEAST_EFFORT)) return false;
  if (kind !== "quality" && kind !== "bytes" && kind !== "bpp") return false;
  return picture.width * picture.height <= MOST_PIXELS;
}

function canBeScored({ width, height }: PictureLike): boolean {
  return Math.min(width, height) >= SSIMULACRA2_MIN_SIDE;
}

/** Bytes that the exact file of an icon or of a pattern may have. Nothing is left of them if they are coded as photographs. */
function mostExactBytes(picture: PictureLike, limit: number): number {
  if (picture.width * picture.height > MOST_ICON_PIXELS) return Math.min(MOST_PATTERN_BYTES, limit);
  return isIcon(picture) ? MOST_ICON_BYTES : 0;
}

function isIcon(picture: PictureLike): boolean {
  const pixels = picture.width * picture.height;
  const most = canBeScored(picture)
    ? MOST_ICON_COLOURS + MOST_COLOURS_PER_PIXEL * pixels
    : MOST_COLOURS_UNSEEN;
  return pixels <= MOST_ICON_PIXELS && hasFewColours(picture, most);
}

/** A picture whose colours change by no more than a tolerance, and where it is graphics. */
interface Drawing {
  readonly drawn: PictureLike;
  readonly blocks: GraphicsBlocks;
  readonly tolerance: number;
}

/** The exact file of a picture with few blocks of graphics, unless parts of it are photographs: smooth shapes are no such blocks. */
async function offerExact({ own, measures, limit }: GraphicsJob, best: BestFile): Promise<void> {
  if (measures.exact.leastPhotographBytes > MOST_PHOTOGRAPH_SHARE * own.file.length) return;
  const exact = await exactFile(measures, limit);
  if (exact) await best.offer(exact);
}

/**
 * Offers the exact file of a picture of text or drawings. Where that takes too many bytes, the picture holds photographs or was saved as
 * one: its layer is offered, and of ever finer drawings the last one that is better for its bytes than the one before.
 *
 * @returns Whether the exact file is not kept, and drawings were made instead.
 */
async function offerCoarse(found: GraphicsBlocks, job: GraphicsJob, best: BestFile): Promise<boolean> {
  const { target: { kind, value }, measures: { picture }, options } = job;
  if (kind !== "quality" || !isDrawing(found) || options.content === "text") return false;
  await offerWhole({ drawn: picture, blocks: found, tolerance: 0 }, job, best);
  if (best.file) return false;
  const tolerances = coarseTolerances(value);
  await offerLayer({ drawn: snapColours(picture, tolerances[1]), blocks: found }, job, best);
  if (await hasClearLayer(job, best)) return true;
  let kept: GraphicsFile | undefined, most = -Infinity;
  for (const tolerance of tolerances) {
    const drawn = snapColours(picture, tolerance), blocks = findGraphicsBlocks(drawn);
    const whole = await wholeFile({ drawn, blocks, tolerance }, job, best);
    const merit = whole ? meritOfDrawing(await best.scoreOf(whole), whole.file.length, value) : -Infinity;
    if (merit <= most) break;
    [kept, most] = [whole, merit];
  }
  if (kept) await best.offer(kept);
  return true;
}

/** Whether a layer is kept that leaves nothing to gain by drawing the photographs below it, too. */
async function hasClearLayer({ own }: GraphicsJob, best: BestFile): Promise<boolean> {
  const { file } = best;
  if (!file?.isLayered) return false;
  if (file.file.length <= SURE_SHARE * own.file.length) return true;
  return await best.scoreOf(file) - await best.scoreOf(own) >= CLEAR_POINTS;
}

async function offerWhole(drawing: Drawing, job: GraphicsJob, best: BestFile): Promise<void> {
  const whole = await wholeFile(drawing, job, best);
  if (whole) await best.offer(whole);
}

/** The whole drawing, unless the photographs in it take too many bytes for that. */
async function wholeFile(
  { drawn, blocks, tolerance }: Drawing,
  { target, measures, options, limit }: GraphicsJob,
  best: BestFile,
): Promise<GraphicsFile | undefined> {
  if (blocks.share < WHOLE_SHARE) return undefined;
  const mayBeKept = async (least: number) => least <= limit && (least === 0 || await best.mayLose(least));
  const least = measures.exact.leastPhotographBytes / (1 + tolerance / HALVING_TOLERANCE);
  if (!await mayBeKept(least)) return undefined;
  if (tolerance === 0) return await exactFile(measures, limit);
  const quality = target.kind === "quality" ? Math.round(target.value) : 0, strips = stripsOf(drawn);
  if (strips) {
    const { file } = await drawnFile(strips.sample, options, quality);
    if (!await mayBeKept(file.length * strips.scale / STRIPS_MARGIN)) return undefined;
  }
  const whole = await drawnFile(drawn, options, quality);
  return whole.file.length <= limit ? whole : undefined;
}

/** The graphics of a drawing above a photograph. */
async function offerLayer(
  { drawn, blocks }: Omit<Drawing, "tolerance">,
  job: GraphicsJob,
  best: BestFile,
): Promise<void> {
  if (blocks.share < LEAST_SHARE || blocks.share >= ONLY_WHOLE_SHARE) return;
  const { own, target, measures, limit } = job;
  const layered = await layeredFile(layeredPicture(measures.lossy, drawn, blocks), job);
  if (!layered || layered.file.length > limit) return;
  const isSure = target.kind === "quality" && !best.hasFile &&
    layered.file.length <= SURE_SHARE * own.file.length;
  if (isSure) best.keep(layered);
  else await best.offer(layered);
}

async function exactFile({ exact, picture }: Measures, limit: number): Promise<GraphicsFile | undefined> {
  const found = await exact.within(limit);
  return found && { file: found.file, shown: picture, verify: () => exact.verified(found) };
}

/** All of a picture of few colours, exactly. */
async function drawnFile(
  drawn: PictureLike,
  options: SharedEngineOptions,
  quality: number,
): Promise<GraphicsFile> {
  const pool = new EncoderPool(drawn, options, 0);
  try {
    const file = await (await pool.get(PIXELS.name)).encode(UNIT_STEP_CODE, quality);
    // Below alpha, the colours that are decoded may differ from those that were coded.
    return {
      file,
      ...traitsOf(drawn).opaque && { shown: drawn },
      verify: () => verifyExactly(file, drawn, options, 0),
    };
  } finally {
    pool.close();
  }
}
