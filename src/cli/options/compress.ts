import { CONTENTS, DEFAULT_CONTENT, DEFAULT_QUALITY, DEFAULT_TUNE, TUNES } from "../../codec/options.ts";
import { MAX_LEVELS } from "../../core/mod.ts";
import { DEFAULT_EFFORT } from "../../entropy/mod.ts";
import { LATENT_WAVELETS } from "../../wavelets/mod.ts";
import { READABLE_FORMATS } from "../../image/formats/mod.ts";
import { choicesText, type Command, type Option } from "./option.ts";
import {
  BATCH_SECTION,
  DEVICE,
  EXIT_CODES_HELP,
  FORCE,
  HELP,
  JSON_SWITCH,
  MODEL_NAMES,
  REPORT_OPTIONS,
  RUNTIME,
  STACK,
  VERSION,
} from "./shared.ts";

/** Targets of a compression; one is given at most. */
const TARGET_OPTIONS: readonly Option[] = [
  {
    name: "quality",
    alias: "q",
    value: {
      kind: "number",
      valueName: "N",
      rule: { least: 1, most: 100, ends: ["smallest", "best"] },
    },
    help: `{range}, also with fractions (default: ${DEFAULT_QUALITY}). The header stores N as a\n` +
      "whole number. Use one of these instead of --quality:",
  },
  {
    name: "bytes",
    value: { kind: "number", valueName: "N", rule: { least: 1, isWhole: true } },
    help: "best picture of at most N bytes",
  },
  {
    name: "bpp",
    value: { kind: "number", valueName: "X", rule: { least: 0, isAbove: true } },
    help: "best picture of at most X bits per pixel",
  },
  {
    name: "psnr",
    value: { kind: "number", valueName: "DB", rule: { least: 0, most: 100 } },
    help: "smallest file of at least this PSNR, {range} dB",
  },
  {
    name: "ssim",
    value: { kind: "number", valueName: "X", rule: { least: 0, most: 1 } },
    help: "smallest file of at least this MS-SSIM, {range}",
  },
  { name: "lossless", help: "every sample exact; verified" },
  {
    name: "near-lossless",
    value: { kind: "number", valueName: "N", rule: { least: 0, most: 127, isWhole: true } },
    help: "no sample wrong by more than N, {range}",
  },
];

const MODEL: Option = {
  name: "model",
  value: { kind: "text", valueName: "NAME", suggestions: MODEL_NAMES },
  help: `${
    MODEL_NAMES.join(", ")
  } (no model), a name from vaerans.toml, a pulled model, or the path of a model's folder`,
  usual: "chosen by the target",
};
const ENTROPY: Option = {
  name: "entropy",
  value: { kind: "choice", valueName: "MODE", choices: ["context", "static"] },
  help: "context (smallest) or static (fastest)",
  usual: "context",
};
const EFFORT: Option = {
  name: "effort",
  value: {
    kind: "number",
    valueName: "N",
    rule: { least: 1, most: 9, isWhole: true, ends: ["fastest", "smallest file"] },
  },
  help: "encoder effort, {range}; 6 and above are several times slower",
  usual: String(DEFAULT_EFFORT),
};

const WAVELET_OPTIONS: readonly Option[] = [
  {
    name: "wavelet",
    value: { kind: "choice", valueName: "NAME", choices: LATENT_WAVELETS },
    help: "wavelet over the latent, {choices}",
    usual: "the model's own",
  },
  {
    name: "levels",
    value: { kind: "number", valueName: "N", rule: { least: 0, most: MAX_LEVELS, isWhole: true } },
    help: "levels of that wavelet, {range}",
    usual: "the model's own",
  },
];
const PURPOSE_OPTIONS: readonly Option[] = [
  {
    name: "tune",
    value: { kind: "choice", valueName: "GOAL", choices: TUNES },
    help: "optimise for {choices}; affects the choice of model and the steps of pixels without a model",
    usual: DEFAULT_TUNE,
  },
  {
    name: "content",
    value: { kind: "choice", valueName: "KIND", choices: CONTENTS },
    help: "what the picture shows, {choices}; auto searches for text and shapes and codes them as graphics",
    usual: DEFAULT_CONTENT,
  },
];
const KEPT_OPTIONS: readonly Option[] = [
  {
    name: "strip",
    help: "keep only the colour profile: no EXIF, no XMP (default: all metadata is kept)",
  },
  {
    name: "strip-location",
    help: "remove only the place where the picture was taken, from EXIF and XMP",
  },
  {
    name: "alpha-error",
    value: { kind: "number", valueName: "N", rule: { least: 0, most: 127, isWhole: true } },
    help: "largest error of an alpha sample, {range}",
    usual: "0",
  },
  {
    name: "tile-side",
    value: { kind: "number", valueName: "N", rule: { least: 0, isWhole: true } },
    help: "cut the picture into tiles of N × N pixels, a multiple of 64; 0 for one piece",
    usual: "1024 above 4 megapixels",
  },
];

/** Options of coding that a picture has alone and in a queue. */
export const CODING_OPTIONS: readonly Option[] = [
  ...TARGET_OPTIONS,
  MODEL,
  ENTROPY,
  ...WAVELET_OPTIONS,
  EFFORT,
  RUNTIME,
  ...PURPOSE_OPTIONS,
  ...KEPT_OPTIONS,
];

/** Lets a smaller source take the place of its `.vaer` file. */
export const KEEP_SMALLER: Option = {
  name: "keep-smaller",
  help:
    "if the .vaer file would be larger, copy the source instead, under its own ending; without -d and -o\n" +
    "nothing is written",
};

/** `compress` */
export const COMPRESS: Command = {
  name: "compress",
  summary: "compresses pictures to .vaer files",
  usage: "vaerans compress <in…> [options]",
  about:
    `Compresses a ${
      choicesText(READABLE_FORMATS.map(({ label }) => label))
    } picture (recognised by content; "-" reads ` +
    "standard input) to a .vaer " +
    "file, or many of them.",
  takesFiles: true,
  sections: [
    {
      options: [
        {
          name: "output",
          alias: "o",
          value: { kind: "file", valueName: "FILE" },
          help: 'where to write; "-" for standard output. By default photo.jpg gives photo.vaer beside it',
        },
        {
          name: "keep-ending",
          help: "photo.jpg gives photo.jpg.vaer, not photo.vaer: needed if the folder also has a photo.png",
        },
        ...TARGET_OPTIONS,
        MODEL,
        ENTROPY,
        ...WAVELET_OPTIONS,
        EFFORT,
        DEVICE,
        RUNTIME,
        ...PURPOSE_OPTIONS,
        KEEP_SMALLER,
        ...KEPT_OPTIONS,
        { name: "no-psnr", help: "do not decode the file again to measure the PSNR" },
        FORCE,
        JSON_SWITCH,
        ...REPORT_OPTIONS,
        STACK,
        VERSION,
        HELP,
      ],
    },
    BATCH_SECTION,
  ],
  end: [EXIT_CODES_HELP],
};
