import type { CompressJob, JobResult, KeptMetadata } from "../batch/job.ts";
import { promisesPicture } from "../batch/picture_files.ts";
import { meansSeveral } from "../batch/sources.ts";
import { compressedNaming } from "../batch/targets.ts";
import { CONTENTS, TUNES, type UncheckedCompressOptions } from "../codec/options.ts";
import { loadConfig, type VaeransConfig } from "../models/config.ts";
import { LATENT_WAVELETS } from "../wavelets/mod.ts";
import { ModelStore } from "../models/store.ts";
import { type Arguments, onlyInput, parseArguments } from "./arguments.ts";
import { batchCommand } from "./batch.ts";
import { deviceOption } from "./device.ts";
import { dryRun } from "./dry_run.ts";
import { UsageError } from "./fail.ts";
import { checkCompressedName, checkOutput, namedInput, namedOutput, STANDARD_STREAM } from "./files.ts";
import { metadataNote } from "./metadata_note.ts";
import { modelOption } from "./model_option.ts";
import { COMPRESS } from "./options/compress.ts";
import { helpOf } from "./options/help.ts";
import { optionsOf } from "./options/option.ts";
import { runtimeOption } from "./runtime.ts";
import { compressSettingsText, targetText } from "./settings_text.ts";
import { runSingle } from "./single.ts";
import { refuseTrace, traceOption, writeTrace } from "./trace.ts";
import { printBeginning, printEnd } from "./verbose.ts";
import { say, tell } from "./say.ts";

/** `compress <in…> [-o out.vaer | -d folder] [-q 1..100] [--model NAME] [--json]` */
export async function compressCommand(args: readonly string[]): Promise<number | void> {
  const parsed = parseArguments(args, optionsOf(COMPRESS));
  if (parsed.has("help")) return console.log(helpOf(COMPRESS));
  const named = compressOptions(parsed);
  const config = await loadConfig();
  const options = await withDefaults(named, config), keptMetadata = keptMetadataOption(parsed);
  const copies = copiesSmaller(parsed, config), force = parsed.has("force");
  const settings = compressSettingsText(options, keptMetadata) +
    (copies ? ", sources that are smaller copied" : "");
  const jobOf = (source: string, target: string, measurePsnr: boolean): CompressJob => ({
    action: "compress",
    source,
    target,
    options,
    ...keptMetadata && { keptMetadata },
    measurePsnr,
    ...copies && { keepSmaller: { replacesCopy: force, replacesTarget: force } },
  });
  const naming = compressedNaming(parsed.has("keep-ending"));
  if (parsed.value("directory") !== undefined || await meansSeveral(parsed.positional)) {
    refuseTrace(parsed);
    return await batchCommand(parsed, {
      title: "compress",
      naming,
      things: "pictures",
      wanted: promisesPicture,
      describe: ({ bytes, bpp, isLarger, copiedInsteadOf }) =>
        copiedInsteadOf !== undefined
          ? `${bytes} bytes, the source: the .vaer file would have ${copiedInsteadOf}`
          : `${bytes} bytes, ${bpp.toFixed(3)} bits per pixel${isLarger ? ", larger than the source" : ""}`,
      settings,
      jobOf: (source, target) => jobOf(source, target, false),
      ...(config.compression.jobs !== undefined && { jobs: config.compression.jobs }),
    });
  }
  const input = namedInput(onlyInput(parsed));
  const beside = input === STANDARD_STREAM ? input : naming(input, true);
  const output = namedOutput(parsed.value("output") ?? beside);
  await checkCompressedName(output);
  if (output === STANDARD_STREAM && parsed.has("json")) {
    throw new UsageError(
      "--json and the file must not both go to standard output (got both)",
      "Name a file with -o.",
    );
  }
  await checkOutput(output, input, force);
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
  for (const warning of result.warnings) tell(`vaerans: ${input}: ${warning}`);
  printEnd(parsed, result);
  if (parsed.has("json")) return console.log(JSON.stringify(result));
  if (result.copiedInsteadOf !== undefined) return printCopy(result, parsed.has("quiet"));
  const { width, height, bytes, bpp, psnr, model, timings } = result;
  const line = `${output}: ${bytes} bytes, ${bpp.toFixed(3)} bits per pixel` +
    (psnr === undefined ? "" : psnr === Infinity ? ", exact" : `, ${psnr.toFixed(2)} dB`) +
    ` (${width}×${height}, ${model}, ${targetText(options)}, ${(timings.total / 1000).toFixed(1)} s)`;
  if (output === STANDARD_STREAM) tell(line);
  else if (!parsed.has("quiet")) say(line);
  if (result.isLarger && !parsed.has("quiet")) tell(`vaerans: ${output}: ${largerNote(result)}`);
  const note = metadataNote(result);
  if (note !== undefined && !parsed.has("quiet")) tell(`vaerans: ${output}: ${note}`);
}

const largerNote = ({ bytes, sourceBytes }: JobResult) =>
  `larger than the source (${bytes} bytes, the source has ${sourceBytes}) and no better; --keep-smaller copies the ` +
  "source instead";

/** Prints where the source's bytes are; on standard error if they went to standard output. */
function printCopy({ input, output, bytes, copiedInsteadOf }: JobResult, quiet: boolean): void {
  const isKept = input === output && output !== STANDARD_STREAM;
  const line =
    `${output}: ${bytes} bytes, ${isKept ? "kept as it is" : "a copy of the source"}: the .vaer file would ` +
    `have ${copiedInsteadOf} bytes and be no better`;
  if (output === STANDARD_STREAM) tell(line);
  else if (!quiet) say(line);
}

/** Whether sources take the place of larger files; errors: {@linkcode UsageError} if the copy would keep what is to be removed. */
export function copiesSmaller(parsed: Arguments, { compression }: VaeransConfig): boolean {
  const stripping = ["strip", "strip-location"].find((name) => parsed.has(name));
  if (!parsed.has("keep-smaller")) return stripping === undefined && compression.keepSmaller === true;
  if (stripping === undefined) return true;
  throw new UsageError(
    `--keep-smaller must be without --${stripping} (got both)`,
    "A copy of the source keeps all its metadata.",
  );
}

/** Which metadata `--strip` and `--strip-location` keep; `undefined` for all. The stricter one counts. */
export function keptMetadataOption(parsed: Arguments): KeptMetadata | undefined {
  if (parsed.has("strip")) return "colour";
  return parsed.has("strip-location") ? "withoutLocation" : undefined;
}

/** Adds what the configuration says where the command line says nothing; names of models become places. */
export async function withDefaults(
  options: UncheckedCompressOptions,
  config: VaeransConfig,
): Promise<UncheckedCompressOptions> {
  const { jobs: _jobs, keepSmaller: _copies, quality, runtime, ...others } = config.compression;
  const aimed = options.lossless === true ||
    Object.values(TARGETS).some((option) => options[option] !== undefined);
  const all = { ...others, ...(quality !== undefined && !aimed && { quality }), ...options };
  // Models of the configuration have theirs.
  const run = runtime !== undefined && !config.models.has(all.model ?? "") ? { runtime } : {};
  return all.model === undefined
    ? { ...run, ...all }
    : { ...run, ...all, model: await modelOption(all.model, config, new ModelStore(config)) };
}

/** Targets with a value, with the API's names. */
const TARGETS = {
  quality: "quality",
  bytes: "bytes",
  bpp: "bpp",
  psnr: "psnr",
  ssim: "ssim",
  "near-lossless": "nearLossless",
} as const;

/** The options of `compress` that the command line names; errors: {@linkcode UsageError} for several targets. */
export function compressOptions(parsed: Arguments): UncheckedCompressOptions {
  const options: { -readonly [K in keyof UncheckedCompressOptions]: UncheckedCompressOptions[K] } = {};
  const given = [
    ...Object.keys(TARGETS).filter((name) => parsed.value(name) !== undefined),
    ...parsed.has("lossless") ? ["lossless"] : [],
  ].map((name) => `--${name}`);
  if (given.length > 1) {
    throw new UsageError(`there must be at most one target (got ${given.join(" and ")})`);
  }
  for (const [name, option] of Object.entries(TARGETS)) {
    const value = parsed.number(name);
    if (value !== undefined) options[option] = value;
  }
  if (parsed.has("lossless")) options.lossless = true;
  const model = parsed.value("model");
  const numbers = {
    effort: parsed.number("effort"),
    levels: parsed.number("levels"),
    alphaError: parsed.number("alpha-error"),
    tileSide: parsed.number("tile-side"),
  };
  const names = {
    model,
    entropy: parsed.choice("entropy", ["context", "static"]),
    wavelet: parsed.choice("wavelet", LATENT_WAVELETS),
    tune: parsed.choice("tune", TUNES),
    content: parsed.choice("content", CONTENTS),
  };
  for (const [name, value] of Object.entries({ ...numbers, ...names })) {
    if (value !== undefined) Object.assign(options, { [name]: value });
  }
  Object.assign(options, deviceOption(parsed), runtimeOption(parsed));
  return options;
}
