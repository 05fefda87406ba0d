/**
 * Measures the entropy stage on a model and a folder of pictures, and prints a table (TSV) of figures beside the bars
 * they are held to:
 *
 *     deno run -R scripts/entropy_bars.ts models/vaerans-8 PICTURES 25,50 >> bench/results/entropy.tsv
 *
 * Qualities name the steps. All sizes are real bytes of sections; `bpp` is their mean over the pictures. `order0` is the
 * ideal cost of the levels with each band's own histogram, tables not counted; `static` the other coder. At the same symbols
 * both coders get the levels of the default effort's trellis; at the same PSNR (mean over the pictures) the static coder gets
 * rounded symbols, as its files do, and the trellis, whose ways are chosen by their rate and distortion, is compared with
 * rounding in the context coder. The prior is compared with a cold start, on square centre crops, on the pictures, and on a
 * mosaic of nine.
 */
import { decodePicture, type Picture, psnr, World } from "../mod.ts";
import {
  clampedCodeFromStep,
  QuantizedPyr,
  QuantParams,
  ReconRGB,
  stepFromCode,
  WaveletPyr,
} from "../src/components/mod.ts";
import type { Entity } from "../src/core/mod.ts";
import { Hadamard4, OnnxVAEDecode, QuantizeU8 } from "../src/systems/mod.ts";
import { loadModel } from "../src/models/mod.ts";
import { priorOf } from "../src/codec/streams/prior.ts";
import { trellisQuantiser } from "../src/codec/streams/latent_encoding.ts";
import type { BinaryCoder } from "../src/entropy/rans/binary_coder.ts";
import { ContextModel } from "../src/entropy/latent/context_model.ts";
import { type BandShape, type ContextPrior, DEFAULT_EFFORT, encodeSections } from "../src/entropy/mod.ts";
import { levelsOf } from "../src/entropy/latent/trellis.ts";
import { interpolate } from "../src/eval/monotone_curve.ts";
import { stepOfQuality } from "../src/models/manifest.ts";
import { waveletSystem } from "../src/systems/wavelet.ts";
import { type OpenedLatent, openLatent } from "./latents.ts";

const CROP_SIDES = [128, 256] as const;
const MOSAIC_SIDE = 3;
/** Step codes, relative to the one compared with, at which the rounding quantiser is measured. */
const ROUNDED_OFFSETS = [0, 20, 40] as const;

type Mode = "context" | "trellis";

interface Symbols {
  readonly mode: Mode;
  readonly coefficients: Int32Array;
  readonly bands: readonly BandShape[];
}

const [modelFolder, pictureFolder, qualityList] = Deno.args;
const model = await loadModel(`./${modelFolder}`);
const { manifest } = model;
const prior = await priorOf(model);
const names = [...Deno.readDirSync(pictureFolder)].map(({ name }) => name).filter((name) =>
  /\.(png|jpe?g)$/.test(name)
).sort();
const pictures: Picture[] = [];
for (const name of names) pictures.push(await decodePicture(await Deno.readFile(`${pictureFolder}/${name}`)));
const codes = qualityList.split(",").map((quality) =>
  clampedCodeFromStep(stepOfQuality(manifest, Number(quality)))
);

const figures = codes.map(() => new Map<string, number[]>());
const note = (at: number, figure: string, value: number) =>
  figures[at].set(figure, [...(figures[at].get(figure) ?? []), value]);
const chosenPoints = codes.map(() => ({ bytes: 0, psnr: 0 }));
const roundedPoints = codes.map(() => ROUNDED_OFFSETS.map(() => ({ bytes: 0, staticBytes: 0, psnr: 0 })));
for (const picture of pictures) {
  const opened = await openLatent(model, picture);
  for (const [at, code] of codes.entries()) {
    const chosen = await quantise(opened, code, "trellis");
    const bytes = byteCount(chosen, prior);
    note(at, "saved against order0", saving(bytes, idealBits(chosen) / 8));
    note(at, "saved against static, same symbols", saving(bytes, staticBytes(chosen)));
    note(at, "over the model's own estimate", 100 * (8 * bytes / estimatedBits(chosen, prior) - 1));
    note(at, "saved by the prior, whole pictures", saving(bytes, byteCount(chosen, undefined)));
    chosenPoints[at].bytes += bytes;
    chosenPoints[at].psnr += await psnrOf(opened, picture) / pictures.length;
    for (const [i, offset] of ROUNDED_OFFSETS.entries()) {
      const rounded = await quantise(opened, code + offset, "context");
      const point = roundedPoints[at][i];
      point.bytes += byteCount(rounded, prior);
      point.staticBytes += staticBytes(rounded);
      point.psnr += await psnrOf(opened, picture) / pictures.length;
    }
  }
  for (const side of CROP_SIDES) {
    const crop = await openLatent(model, centreCrop(picture, side));
    for (const [at, code] of codes.entries()) {
      const chosen = await quantise(crop, code, "trellis");
      const figure = `saved by the prior, ${side}×${side}`;
      note(at, figure, saving(byteCount(chosen, prior), byteCount(chosen, undefined)));
    }
  }
}
const mosaic = await openLatent(model, mosaicOf(pictures));
const pixels = pictures.reduce((sum, { width, height }) => sum + width * height, 0);
console.log("model\tquality\tbpp\tfigure\tpercent");
for (const [at, code] of codes.entries()) {
  const large = await quantise(mosaic, code, "trellis");
  note(
    at,
    "saved by the prior, mosaic of nine",
    saving(byteCount(large, prior), byteCount(large, undefined)),
  );
  const { bytes, psnr } = chosenPoints[at], rounded = roundedPoints[at];
  note(at, "saved by RDOQ and trellis, same PSNR", saving(bytes, bytesAt(rounded, psnr, "bytes")));
  note(at, "saved against static files, same PSNR", saving(bytes, bytesAt(rounded, psnr, "staticBytes")));
  for (const [figure, values] of figures[at]) {
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    const bpp = (8 * bytes / pixels).toFixed(4);
    console.log([model.name, qualityList.split(",")[at], bpp, figure, mean.toFixed(2)].join("\t"));
  }
}

/** Quantised symbols: values of the default effort's trellis, or rounded ones; the entity keeps them too. */
async function quantise({ world, entity }: OpenedLatent, code: number, mode: Mode): Promise<Symbols> {
  const step = stepFromCode(code), gains = manifest.bandGains, whole = world.get(entity, WaveletPyr).layout;
  const choice = { effort: DEFAULT_EFFORT, ...(prior && { prior }) };
  const quantiser = mode === "trellis"
    ? trellisQuantiser(manifest, whole, gains, step, choice)
    : { step, gains };
  const { coefficients: ref, layout } = await world.pipe(entity)
    .to(new QuantizeU8("forward", quantiser))
    .out(QuantizedPyr);
  const coefficients = world.host.view(ref).slice();
  return { mode, coefficients, bands: layout.bands };
}

/** What is coded: levels of a trellis, or the coefficients themselves. */
function codedOf({ mode, coefficients, bands }: Symbols): Int32Array {
  return mode === "trellis" ? levelsOf(coefficients, bands).levels : coefficients;
}

/** What a decoder would show of the symbols that the entity holds. */
async function psnrOf({ world, entity }: OpenedLatent, picture: Picture): Promise<number> {
  const { coefficients, layout, picture: size } = world.get(entity as Entity, QuantizedPyr);
  const { steps, stepCode, quality } = world.get(entity, QuantParams);
  const decoder = new World();
  const copy = decoder.host.allocate(coefficients.shape, "i32");
  decoder.host.view(copy).set(world.host.view(coefficients));
  const decoded = decoder.add(
    decoder.add(decoder.newEntity(), new QuantizedPyr(copy, layout, size)),
    new QuantParams(steps, stepCode, quality),
  );
  const { pixels } = await decoder.pipe(decoded)
    .to(new QuantizeU8("inverse"))
    .to(waveletSystem(manifest.wavelet, "inverse"))
    .to(new Hadamard4("inverse"))
    .to(new OnnxVAEDecode(model))
    .out(ReconRGB);
  const data = Uint8ClampedArray.from(decoder.arena.view(pixels), (value) => 255 * value);
  return psnr(picture, { data, width: picture.width, height: picture.height });
}

function byteCount({ mode, coefficients, bands }: Symbols, prior: ContextPrior | undefined): number {
  const start = prior === undefined ? {} : { prior };
  return total(encodeSections(coefficients, bands, { mode, ...start }));
}

function staticBytes(symbols: Symbols): number {
  return total(encodeSections(codedOf(symbols), symbols.bands, { mode: "static" }));
}

function total(sections: readonly Uint8Array[]): number {
  return sections.reduce((sum, { length }) => sum + length, 0);
}

/** Order-0 entropy, each band of each channel with its own histogram. */
function idealBits(symbols: Symbols): number {
  const { bands } = symbols, coefficients = codedOf(symbols);
  let bits = 0;
  for (const { offset, width, height } of bands) {
    const counts = new Map<number, number>(), end = offset + width * height;
    for (let i = offset; i < end; i++) counts.set(coefficients[i], (counts.get(coefficients[i]) ?? 0) + 1);
    for (const count of counts.values()) bits -= count * Math.log2(count / (end - offset));
  }
  return bits;
}

/** Sum of −log2 p over the context model's decisions. */
function estimatedBits({ mode, coefficients, bands }: Symbols, prior: ContextPrior | undefined): number {
  let bits = 0;
  const coder: BinaryCoder = {
    code(bit, probability) {
      bits -= Math.log2((bit === 1 ? probability : 65536 - probability) / 65536);
      return bit;
    },
  };
  const walked = new ContextModel(bands, prior, { trellis: mode === "trellis" }), copy = coefficients.slice();
  for (const band of bands) walked.codeBand(copy, band, coder);
  return bits;
}

function saving(bytes: number, reference: number): number {
  return 100 * (1 - bytes / reference);
}

/** Bytes at a PSNR, between measured points on a logarithmic scale. */
function bytesAt(
  points: readonly { psnr: number; bytes: number; staticBytes: number }[],
  wanted: number,
  which: "bytes" | "staticBytes",
): number {
  const sorted = [...points].sort((a, b) => a.psnr - b.psnr);
  const curve = interpolate(sorted.map(({ psnr }) => psnr), sorted.map((point) => Math.log(point[which])));
  return Math.exp(curve(wanted));
}

function centreCrop({ data, width, height }: Picture, side: number): Picture {
  const left = (width - side) >> 1, top = (height - side) >> 1, crop = new Uint8ClampedArray(side * side * 4);
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * width + left) * 4;
    crop.set(data.subarray(from, from + side * 4), y * side * 4);
  }
  return { data: crop, width: side, height: side };
}

/** The first nine pictures, each cut to 512×512, in a square. */
function mosaicOf(pictures: readonly Picture[]): Picture {
  const side = 512, width = side * MOSAIC_SIDE, data = new Uint8ClampedArray(width * width * 4);
  for (let tile = 0; tile < MOSAIC_SIDE ** 2; tile++) {
    const crop = centreCrop(pictures[tile % pictures.length], side);
    const left = tile % MOSAIC_SIDE * side, top = Math.floor(tile / MOSAIC_SIDE) * side;
    for (let y = 0; y < side; y++) {
      data.set(crop.data.subarray(y * side * 4, (y + 1) * side * 4), ((top + y) * width + left) * 4);
    }
  }
  return { data, width, height: width };
}
