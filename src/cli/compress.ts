import { checkEffort, checkTarget, type CompressOptions } from "../../mod.ts";
import type { CompressJob } from "../batch/job.ts";
import { promisesPicture } from "../batch/picture_files.ts";
import { meansSeveral } from "../batch/sources.ts";
import { TUNES } from "../codec/options.ts";
import { loadConfig, type VaeransConfig } from "../models/config.ts";
import { LATENT_WAVELETS } from "../models/mod.ts";
import { ModelStore, resolveModel } from "../models/store.ts";
import { type Arguments, onlyInput, parseArguments } from "./arguments.ts";
import { BATCH_HELP, BATCH_VALUES, batchCommand } from "./batch.ts";
import { DEVICE_HELP, deviceOption } from "./device.ts";
import { UsageError } from "./fail.ts";
import { RUNTIME_HELP, runtimeOption } from "./runtime.ts";
import { besideInput, checkOutput, STANDARD_STREAM } from "./files.ts";
import { runSingle } from "./single.ts";
import { refuseTrace, TRACE_HELP, traceOption, writeTrace } from "./trace.ts";

/** What `compress --help` prints. */
export const COMPRESS_HELP = `Usage: deno task compress <in…> [options]

Compresses a PNG, JPEG, WebP, AVIF or JPEG XL picture (told by content; "-" reads standard input) to a .vaer file,
or many of them.

  -o, --output FILE      where to write; beside the input by default, "-" for standard output
  -q, --quality N        1 (smallest) to 100 (best); default 50. Or, instead, one of
      --bytes N          the best picture of at most N bytes
      --bpp X            the best picture of at most X bits a pixel
      --psnr DB          the smallest file of at least this PSNR
      --ssim X           the smallest file of at least this MS-SSIM, 0 to 1
      --lossless         every sample exactly as it was, verified
      --near-lossless N  no sample wrong by more than N
      --model NAME       vaerans-8, vaerans-4, pixels (no model), one of vaerans.toml, a pulled one, or the path of a
                         model's folder; default: quality chooses
      --entropy MODE     context (smallest, default) or static (fastest)
      --wavelet NAME     over a model's latent: cdf53 or haar; default: the model's own
      --levels N         levels of that wavelet, 0 to 10; default: the model's own
      --effort N         1 (fast) to 9 (smallest; from 7 on several times as slow); default 5
${DEVICE_HELP}
${RUNTIME_HELP}
      --tune GOAL        look (default) or psnr: what the choice between models and none, and none's steps, maximise
      --strip            leave out colour profile, EXIF and XMP
      --alpha-error N    largest error of alpha, 0 (default) to 127
      --group-side N     cut the picture into groups of so many pixels a side; default: 1024 for large ones
      --no-psnr          do not decode again to measure the PSNR
  -f, --force            replace the output if it exists
      --json             print one JSON object instead of a line
${TRACE_HELP}
      --stack            print the stack of an error
  -h, --help             print this

${BATCH_HELP}`;

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
      "group-side": undefined,
      trace: undefined,
      ...BATCH_VALUES,
    },
    switches: { force: "f", lossless: undefined, "no-psnr": undefined, strip: undefined, quiet: undefined },
  });
  if (parsed.has("help")) return console.log(COMPRESS_HELP);
  const config = await loadConfig();
  const options = await withDefaults(compressOptions(parsed), config);
  const jobOf = (source: string, target: string, measurePsnr: boolean): CompressJob => ({
    action: "compress",
    source,
    target,
    options,
    measurePsnr,
  });
  if (parsed.value("directory") !== undefined || await meansSeveral(parsed.positional)) {
    refuseTrace(parsed);
    return await batchCommand(parsed, {
      title: "compress",
      ending: ".vaer",
      things: "pictures",
      wanted: promisesPicture,
      jobOf: (source, target) => jobOf(source, target, false),
      ...(config.compression.jobs !== undefined && { jobs: config.compression.jobs }),
    });
  }
  const input = onlyInput(parsed);
  const output = parsed.value("output") ?? besideInput(input, ".vaer");
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
  let result = await runSingle(job, quiet);
  if (trace !== undefined) result = await writeTrace(trace, result);
  for (const warning of result.warnings) console.error(`vaerans: ${input}: ${warning}`);
  if (parsed.has("json")) return console.log(JSON.stringify(result));
  const { width, height, bytes, bpp, psnr, model, quality, timings } = result;
  const line = `${output}: ${bytes} bytes, ${bpp.toFixed(3)} bits a pixel` +
    (psnr === undefined ? "" : psnr === Infinity ? ", exact" : `, ${psnr.toFixed(2)} dB`) +
    ` (${width}×${height}, ${model}, quality ${quality}, ${(timings.total / 1000).toFixed(1)} s)`;
  if (output === STANDARD_STREAM) console.error(line);
  else if (!parsed.has("quiet")) console.log(line);
}

/** Adds what the configuration says where the command line says nothing; names of models become places. */
async function withDefaults(options: CompressOptions, config: VaeransConfig): Promise<CompressOptions> {
  const { jobs: _jobs, quality, runtime, ...others } = config.compression;
  const aimed = [...TARGETS, "lossless", "nearLossless"].some((target) => Object.hasOwn(options, target));
  const all = { ...others, ...(quality !== undefined && !aimed && { quality }), ...options };
  // Models of the configuration have theirs.
  const run = runtime !== undefined && !config.models.has(all.model ?? "") ? { runtime } : {};
  return all.model === undefined
    ? { ...run, ...all }
    : { ...run, ...all, model: await resolveModel(all.model, config, new ModelStore(config)) };
}

const TARGETS = ["quality", "bytes", "bpp", "psnr", "ssim"] as const;

/** The options of `compress` that the command line names. */
export function compressOptions(parsed: Arguments): CompressOptions {
  const options: { -readonly [K in keyof CompressOptions]: CompressOptions[K] } = {};
  for (const target of TARGETS) {
    const text = parsed.value(target);
    if (text === undefined) continue;
    const value = Number(text);
    if (Number.isNaN(value)) throw new UsageError(`--${target} must be a number: current value is ${text}`);
    options[target] = value;
  }
  const bound = parsed.value("near-lossless");
  if (bound !== undefined) options.nearLossless = Number(bound);
  if (parsed.has("lossless")) options.lossless = true;
  asUsage(() => checkTarget(options));
  const effort = parsed.value("effort");
  if (effort !== undefined) {
    options.effort = Number(effort);
    asUsage(() => checkEffort(options.effort));
  }
  const model = parsed.value("model"), entropy = parsed.value("entropy");
  if (model !== undefined) options.model = model;
  if (entropy !== undefined) {
    if (entropy !== "context" && entropy !== "static") {
      throw new UsageError(`--entropy must be context or static: current value is ${entropy}`);
    }
    options.entropy = entropy;
  }
  const wavelet = parsed.value("wavelet"), levels = parsed.value("levels");
  if (wavelet !== undefined) {
    const known = LATENT_WAVELETS.find((name) => name === wavelet);
    if (!known) {
      throw new UsageError(`--wavelet must be ${LATENT_WAVELETS.join(" or ")}: current value is ${wavelet}`);
    }
    options.wavelet = known;
  }
  if (levels !== undefined) {
    if (!/^(\d|10)$/.test(levels)) {
      throw new UsageError(`--levels must be a whole number from 0 to 10: current value is ${levels}`);
    }
    options.levels = Number(levels);
  }
  Object.assign(options, deviceOption(parsed), runtimeOption(parsed));
  const tune = parsed.value("tune");
  if (tune !== undefined) {
    const known = TUNES.find((name) => name === tune);
    if (!known) throw new UsageError(`--tune must be ${TUNES.join(" or ")}: current value is ${tune}`);
    options.tune = known;
  }
  if (parsed.has("strip")) options.metadata = false;
  const alphaError = parsed.value("alpha-error"), groupSide = parsed.value("group-side");
  if (alphaError !== undefined) options.alphaError = Number(alphaError);
  if (groupSide !== undefined) options.groupSide = Number(groupSide);
  return options;
}

function asUsage(check: () => void): void {
  try {
    check();
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
