import type { CompressJob, KeptMetadata } from "../batch/job.ts";
import { promisesPicture } from "../batch/picture_files.ts";
import { meansSeveral } from "../batch/sources.ts";
import { compressedNaming } from "../batch/targets.ts";
import { TUNES, type UncheckedCompressOptions } from "../codec/options.ts";
import { MAX_LEVELS } from "../core/mod.ts";
import { loadConfig, type VaeransConfig } from "../models/config.ts";
import { LATENT_WAVELETS } from "../wavelets/mod.ts";
import { ModelStore } from "../models/store.ts";
import { type Arguments, onlyInput, parseArguments } from "./arguments.ts";
import { BATCH_HELP, BATCH_VALUES, batchCommand, checkBatchValues } from "./batch.ts";
import { DEVICE_HELP, deviceOption } from "./device.ts";
import { dryRun } from "./dry_run.ts";
import { EXIT_CODES_HELP, UsageError } from "./fail.ts";
import { checkCompressedName, checkOutput, namedInput, namedOutput, STANDARD_STREAM } from "./files.ts";
import { metadataNote } from "./metadata_note.ts";
import { modelOption } from "./model_option.ts";
import { choiceOption, numberOption, type NumberRule } from "./option_values.ts";
import { RUNTIME_HELP, runtimeOption } from "./runtime.ts";
import { compressSettingsText, targetText } from "./settings_text.ts";
import { runSingle } from "./single.ts";
import { refuseTrace, TRACE_HELP, traceOption, writeTrace } from "./trace.ts";
import { printBeginning, printEnd, REPORT_HELP, REPORT_SWITCHES } from "./verbose.ts";

/** What `compress --help` prints. */
export const COMPRESS_HELP = `Usage: deno task compress <in…> [options]

Compresses a PNG, JPEG, WebP, AVIF or JPEG XL picture (told by content; "-" reads standard input) to a .vaer file,
or many of them.

  -o, --output FILE      where to write; "-" for standard output. By default photo.jpg gives photo.vaer beside it
      --keep-ending      photo.jpg gives photo.jpg.vaer: for folders with a photo.png, too, which are refused without
  -q, --quality N        1 (smallest) to 100 (best), fractions too (default: 50). The header notes N rounded
                         Instead of --quality, one of:
      --bytes N          best picture of at most N bytes
      --bpp X            best picture of at most X bits per pixel
      --psnr DB          smallest file of at least this PSNR, 0 to 100 dB
      --ssim X           smallest file of at least this MS-SSIM, 0 to 1
      --lossless         every sample exact; verified
      --near-lossless N  no sample wrong by more than N, 0 to 127
      --model NAME       vaerans-8, vaerans-4, pixels (no model), a name from vaerans.toml, a pulled model, or the path of
                         a model's folder (default: chosen by the target)
      --entropy MODE     context (smallest) or static (fastest) (default: context)
      --wavelet NAME     wavelet over the latent, cdf53 or haar (default: the model's own)
      --levels N         levels of that wavelet, 0 to 10 (default: the model's own)
      --effort N         encoder effort, 1 (fastest) to 9 (smallest file; 6 and above are several times slower)
                         (default: 5)
${DEVICE_HELP}
${RUNTIME_HELP}
      --tune GOAL        optimise for look or psnr; affects the choice of model and the steps of pixels without a model
                         (default: look)
      --strip            keep only the colour profile: no EXIF, no XMP (default: all metadata is kept)
      --strip-location   remove only the place where the picture was taken, from EXIF and XMP
      --alpha-error N    largest error of an alpha sample, 0 to 127 (default: 0)
      --tile-side N     cut the picture into tiles of N × N pixels, a multiple of 64; 0 for one piece
                         (default: 1024 above 4 megapixels)
      --no-psnr          do not decode the file again to measure the PSNR
  -f, --force            replace the output if it exists
      --json             print one JSON object instead of a line
${REPORT_HELP}
${TRACE_HELP}
      --stack            print the stack of an error
  -h, --help             print this

${BATCH_HELP}

${EXIT_CODES_HELP}`;

/** Options with a value that say how to code, of a picture alone and of one in a queue. */
export const CODING_VALUES = {
  quality: "q",
  bytes: undefined,
  bpp: undefined,
  psnr: undefined,
  ssim: undefined,
  "near-lossless": undefined,
  model: undefined,
  entropy: undefined,
  effort: undefined,
  runtime: undefined,
} as const;

/** `compress <in…> [-o out.vaer | -d folder] [-q 1..100] [--model NAME] [--json]` */
export async function compressCommand(args: readonly string[]): Promise<number | void> {
  const parsed = parseArguments(args, {
    values: {
      output: "o",
      ...CODING_VALUES,
      wavelet: undefined,
      levels: undefined,
      device: undefined,
      tune: undefined,
      "alpha-error": undefined,
      "tile-side": undefined,
      trace: undefined,
      ...BATCH_VALUES,
    },
    switches: {
      force: "f",
      "keep-ending": undefined,
      lossless: undefined,
      "no-psnr": undefined,
      strip: undefined,
      "strip-location": undefined,
      quiet: undefined,
      ...REPORT_SWITCHES,
    },
  });
  if (parsed.has("help")) return console.log(COMPRESS_HELP);
  const named = compressOptions(parsed);
  checkBatchValues(parsed);
  const config = await loadConfig();
  const options = await withDefaults(named, config), keptMetadata = keptMetadataOption(parsed);
  const settings = compressSettingsText(options, keptMetadata);
  const jobOf = (source: string, target: string, measurePsnr: boolean): CompressJob => ({
    action: "compress",
    source,
    target,
    options,
    ...keptMetadata && { keptMetadata },
    measurePsnr,
  });
  const naming = compressedNaming(parsed.has("keep-ending"));
  if (parsed.value("directory") !== undefined || await meansSeveral(parsed.positional)) {
    refuseTrace(parsed);
    return await batchCommand(parsed, {
      title: "compress",
      naming,
      things: "pictures",
      wanted: promisesPicture,
      describe: ({ bytes, bpp }) => `${bytes} bytes, ${bpp.toFixed(3)} bits per pixel`,
      settings,
      jobOf: (source, target) => jobOf(source, target, false),
      ...(config.compression.jobs !== undefined && { jobs: config.compression.jobs }),
    });
  }
  const input = namedInput(onlyInput(parsed));
  const beside = input === STANDARD_STREAM ? input : naming(input, true);
  const output = namedOutput(parsed.value("output") ?? beside);
  checkCompressedName(output);
  if (output === STANDARD_STREAM && parsed.has("json")) {
    throw new UsageError("--json and the file cannot both go to standard output; name a file with -o");
  }
  await checkOutput(output, input, parsed.has("force"));
  const trace = await traceOption(parsed, input);

  const quiet = parsed.has("quiet") || parsed.has("json");
  const job = {
    ...jobOf(input, output, !parsed.has("no-psnr")),
    ...(trace !== undefined && { trace: true }),
  };
  if (parsed.has("dry-run")) return await dryRun(job, settings, parsed.has("json"));
  await printBeginning(parsed, job, settings);
  let result = await runSingle(job, quiet);
  if (trace !== undefined) result = await writeTrace(trace, result);
  for (const warning of result.warnings) console.error(`vaerans: ${input}: ${warning}`);
  printEnd(parsed, result);
  if (parsed.has("json")) return console.log(JSON.stringify(result));
  const { width, height, bytes, bpp, psnr, model, timings } = result;
  const line = `${output}: ${bytes} bytes, ${bpp.toFixed(3)} bits per pixel` +
    (psnr === undefined ? "" : psnr === Infinity ? ", exact" : `, ${psnr.toFixed(2)} dB`) +
    ` (${width}×${height}, ${model}, ${targetText(options)}, ${(timings.total / 1000).toFixed(1)} s)`;
  if (output === STANDARD_STREAM) console.error(line);
  else if (!parsed.has("quiet")) console.log(line);
  const note = metadataNote(result);
  if (note !== undefined && !parsed.has("quiet")) console.error(`vaerans: ${output}: ${note}`);
}

/** Which metadata `--strip` and `--strip-location` keep; `undefined` for all. The stricter one counts. */
function keptMetadataOption(parsed: Arguments): KeptMetadata | undefined {
  if (parsed.has("strip")) return "colour";
  return parsed.has("strip-location") ? "withoutLocation" : undefined;
}

/** Adds what the configuration says where the command line says nothing; names of models become places. */
async function withDefaults(
  options: UncheckedCompressOptions,
  config: VaeransConfig,
): Promise<UncheckedCompressOptions> {
  const { jobs: _jobs, quality, runtime, ...others } = config.compression;
  const aimed = options.lossless === true ||
    Object.values(TARGET_RULES).some(({ option }) => options[option] !== undefined);
  const all = { ...others, ...(quality !== undefined && !aimed && { quality }), ...options };
  // Models of the configuration have theirs.
  const run = runtime !== undefined && !config.models.has(all.model ?? "") ? { runtime } : {};
  return all.model === undefined
    ? { ...run, ...all }
    : { ...run, ...all, model: await modelOption(all.model, config, new ModelStore(config)) };
}

interface TargetRule extends NumberRule {
  readonly option: "quality" | "bytes" | "bpp" | "psnr" | "ssim" | "nearLossless";
}

/** Targets with a value: the API's option and the numbers that each takes. */
const TARGET_RULES: { readonly [name: string]: TargetRule } = {
  quality: { option: "quality", least: 1, most: 100 },
  bytes: { option: "bytes", least: 1, isWhole: true },
  bpp: { option: "bpp", least: 0, isAbove: true },
  psnr: { option: "psnr", least: 0, most: 100 },
  ssim: { option: "ssim", least: 0, most: 1 },
  "near-lossless": { option: "nearLossless", least: 0, most: 127, isWhole: true },
};

/** The options of `compress` that the command line names, all checked; errors: {@linkcode UsageError}. */
export function compressOptions(parsed: Arguments): UncheckedCompressOptions {
  const options: { -readonly [K in keyof UncheckedCompressOptions]: UncheckedCompressOptions[K] } = {};
  const given = [
    ...Object.keys(TARGET_RULES).filter((name) => parsed.value(name) !== undefined),
    ...parsed.has("lossless") ? ["lossless"] : [],
  ].map((name) => `--${name}`);
  if (given.length > 1) {
    throw new UsageError(`${given.join(" and ")} are different targets: give only one of them`);
  }
  for (const [name, { option, ...rule }] of Object.entries(TARGET_RULES)) {
    const value = numberOption(parsed, name, rule);
    if (value !== undefined) options[option] = value;
  }
  if (parsed.has("lossless")) options.lossless = true;
  const model = parsed.value("model");
  const numbers = {
    effort: numberOption(parsed, "effort", { least: 1, most: 9, isWhole: true }),
    levels: numberOption(parsed, "levels", { least: 0, most: MAX_LEVELS, isWhole: true }),
    alphaError: numberOption(parsed, "alpha-error", { least: 0, most: 127, isWhole: true }),
    tileSide: numberOption(parsed, "tile-side", { least: 0, isWhole: true }),
  };
  const names = {
    model,
    entropy: choiceOption(parsed, "entropy", ["context", "static"]),
    wavelet: choiceOption(parsed, "wavelet", LATENT_WAVELETS),
    tune: choiceOption(parsed, "tune", TUNES),
  };
  for (const [name, value] of Object.entries({ ...numbers, ...names })) {
    if (value !== undefined) Object.assign(options, { [name]: value });
  }
  Object.assign(options, deviceOption(parsed), runtimeOption(parsed));
  return options;
}
