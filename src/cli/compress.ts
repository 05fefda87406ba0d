import {
  checkEffort,
  checkTarget,
  compress,
  type CompressOptions,
  decodePicture,
  decompress,
  inspect,
  psnr,
} from "../../mod.ts";
import { type Arguments, onlyInput, parseArguments } from "./arguments.ts";
import { about, UsageError } from "./fail.ts";
import { besideInput, checkOutput, readInput, STANDARD_STREAM, writeOutput } from "./files.ts";
import { Timings } from "./timings.ts";

/** What `compress --help` prints. */
export const COMPRESS_HELP = `Usage: deno task compress <in> [options]

Compresses a PNG, JPEG, WebP, AVIF or JPEG XL picture (told by content; "-" reads standard input) to a .vaer file.

  -o, --output FILE      where to write; beside the input by default, "-" for standard output
  -q, --quality N        1 (smallest) to 100 (best); default 50. Or, instead, one of
      --bytes N          the best picture of at most N bytes
      --bpp X            the best picture of at most X bits a pixel
      --psnr DB          the smallest file of at least this PSNR
      --ssim X           the smallest file of at least this MS-SSIM, 0 to 1
      --lossless         every sample exactly as it was, verified
      --near-lossless N  no sample wrong by more than N
      --model NAME       vaerans-8, vaerans-4, pixels (no model), or the path of a model's folder; default: quality chooses
      --entropy MODE     context (smallest, default) or static (fastest)
      --effort N         1 (fast) to 9 (smallest); default 5
      --no-psnr          do not decode again to measure the PSNR
  -f, --force            replace the output if it exists
      --json             print one JSON object instead of a line
      --stack            print the stack of an error
  -h, --help             print this`;

/** `compress <in> [-o out.vaer] [-q 1..100] [--model NAME] [--json]` */
export async function compressCommand(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args, {
    values: {
      output: "o",
      quality: "q",
      bytes: undefined,
      bpp: undefined,
      psnr: undefined,
      ssim: undefined,
      "near-lossless": undefined,
      model: undefined,
      entropy: undefined,
      effort: undefined,
    },
    switches: { force: "f", lossless: undefined, "no-psnr": undefined },
  });
  if (parsed.has("help")) return console.log(COMPRESS_HELP);
  const input = onlyInput(parsed);
  const output = parsed.value("output") ?? besideInput(input, ".vaer");
  const options = compressOptions(parsed);
  if (output === STANDARD_STREAM && parsed.has("json")) {
    throw new UsageError("--json and the file cannot both go to standard output; name a file with -o");
  }
  await checkOutput(output, input, parsed.has("force"));

  const timings = new Timings();
  const picture = await about(
    input,
    async () => await timings.measure("read", async () => await decodePicture(await readInput(input))),
  );
  if (hasAlpha(picture.data)) {
    console.error(`vaerans: ${input}: transparency is not stored by this version; the colours under it are`);
  }
  const bytes = await about(
    input,
    async () =>
      await timings.measure("compress", () => compress(picture, { ...options, onStep: timings.onStep })),
  );
  const decibels = parsed.has("no-psnr") ? undefined : psnr(
    picture,
    await timings.measure("decompress", () =>
      decompress(bytes, {
        ...(options.model?.includes("/") && { model: options.model }),
        onStep: timings.onStep,
      })),
  );
  await timings.measure("write", () => writeOutput(output, bytes));
  const { bpp, model, quality, width, height } = inspect(bytes);
  if (parsed.has("json")) {
    const result = { input, output, width, height, bytes: bytes.length, bpp, psnr: decibels, model, quality };
    console.log(JSON.stringify({ ...result, timings: timings.finish() }));
  } else {
    const line = `${output}: ${bytes.length} bytes, ${bpp.toFixed(3)} bits a pixel` +
      (decibels === undefined ? "" : decibels === Infinity ? ", exact" : `, ${decibels.toFixed(2)} dB`) +
      ` (${width}×${height}, ${model}, quality ${quality}, ${(timings.finish().total / 1000).toFixed(1)} s)`;
    if (output === STANDARD_STREAM) console.error(line);
    else console.log(line);
  }
}

const TARGETS = ["quality", "bytes", "bpp", "psnr", "ssim"] as const;

function compressOptions(parsed: Arguments): CompressOptions {
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
  return options;
}

function asUsage(check: () => void): void {
  try {
    check();
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function hasAlpha(data: Uint8ClampedArray | Uint8Array): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return true;
  return false;
}
