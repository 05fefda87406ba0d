import {
  compress,
  type CompressOptions,
  decodePicture,
  decompress,
  type EntropyMode,
  inspect,
  psnr,
} from "../../mod.ts";
import { onlyInput, parseArguments } from "./arguments.ts";
import { about, UsageError } from "./fail.ts";
import { besideInput, checkOutput, readInput, STANDARD_STREAM, writeOutput } from "./files.ts";
import { Timings } from "./timings.ts";

/** What `compress --help` prints. */
export const COMPRESS_HELP = `Usage: deno task compress <in> [options]

Compresses a PNG, JPEG, WebP, AVIF or JPEG XL picture (told by content; "-" reads standard input) to a .vaer file.

  -o, --output FILE      where to write; beside the input by default, "-" for standard output
  -q, --quality N        1 (smallest) to 100 (best); default 50
      --model NAME       vaerans-8, vaerans-4, or the path of a model's folder; default: quality chooses
      --entropy MODE     context (smallest, default) or static (fastest)
      --no-psnr          do not decode again to measure the PSNR
  -f, --force            replace the output if it exists
      --json             print one JSON object instead of a line
      --stack            print the stack of an error
  -h, --help             print this`;

/** `compress <in> [-o out.vaer] [-q 1..100] [--model NAME] [--json]` */
export async function compressCommand(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args, {
    values: { output: "o", quality: "q", model: undefined, entropy: undefined },
    switches: { force: "f", "no-psnr": undefined },
  });
  if (parsed.has("help")) return console.log(COMPRESS_HELP);
  const input = onlyInput(parsed);
  const output = parsed.value("output") ?? besideInput(input, ".vaer");
  const options = compressOptions(parsed.value("quality"), parsed.value("model"), parsed.value("entropy"));
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
      (decibels === undefined ? "" : `, ${decibels.toFixed(2)} dB`) +
      ` (${width}×${height}, ${model}, quality ${quality}, ${(timings.finish().total / 1000).toFixed(1)} s)`;
    if (output === STANDARD_STREAM) console.error(line);
    else console.log(line);
  }
}

function compressOptions(
  quality: string | undefined,
  model: string | undefined,
  entropy: string | undefined,
): CompressOptions {
  const value = quality === undefined ? undefined : Number(quality);
  if (value !== undefined && !(value >= 1 && value <= 100)) {
    throw new UsageError(`--quality must be a number from 1 to 100: current value is ${quality}`);
  }
  if (entropy !== undefined && entropy !== "context" && entropy !== "static") {
    throw new UsageError(`--entropy must be context or static: current value is ${entropy}`);
  }
  return {
    ...(value !== undefined && { quality: value }),
    ...(model !== undefined && { model }),
    ...(entropy !== undefined && { entropy: entropy as EntropyMode }),
  };
}

function hasAlpha(data: Uint8ClampedArray | Uint8Array): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return true;
  return false;
}
