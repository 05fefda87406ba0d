import type { DecompressOptions } from "../../mod.ts";
import type { Rect } from "../codec/tiles/tile_grid.ts";
import type { DecompressJob } from "../batch/job.ts";
import { meansSeveral } from "../batch/sources.ts";
import { decompressedNaming } from "../batch/targets.ts";
import { loadConfig } from "../models/config.ts";
import { modelPaths, ModelStore } from "../models/store.ts";
import { onlyInput, parseArguments } from "./arguments.ts";
import { BATCH_HELP, BATCH_VALUES, batchCommand, checkBatchValues } from "./batch.ts";
import { DEVICE_HELP, deviceOption } from "./device.ts";
import { dryRun } from "./dry_run.ts";
import { EXIT_CODES_HELP, UsageError } from "./fail.ts";
import { endingOf, PICTURE_HELP, PICTURE_VALUES, pictureOption } from "./picture_format.ts";
import { checkOutput, namedInput, namedOutput, STANDARD_STREAM } from "./files.ts";
import { modelOption } from "./model_option.ts";
import { RUNTIME_HELP, runtimeOption } from "./runtime.ts";
import { runSingle } from "./single.ts";
import { refuseTrace, TRACE_HELP, traceOption, writeTrace } from "./trace.ts";
import { printBeginning, printEnd, REPORT_HELP, REPORT_SWITCHES } from "./verbose.ts";

/** What `decompress --help` prints. */
export const DECOMPRESS_HELP = `Usage: deno task decompress <in.vaer…> [options]

Decompresses a .vaer file ("-" reads standard input), or many of them, to pictures.

  -o, --output FILE      where to write; "-" for standard output. By default photo.vaer gives photo.decoded.png beside it,
                         so that the original stays; with -d, in another folder, photo.png
${PICTURE_HELP}
      --model NAME       of vaerans.toml, a pulled one, or a folder, for files whose model is not found by its name
      --preview          accept the beginning of a file and write the coarser picture it holds
      --region X,Y,W,H   only these pixels; of a picture in tiles only what they need is decoded
${DEVICE_HELP}
${RUNTIME_HELP}
  -f, --force            replace the output if it exists
      --json             print one JSON object instead of a line
${REPORT_HELP}
${TRACE_HELP}
      --stack            print the stack of an error
  -h, --help             print this

${BATCH_HELP}

${EXIT_CODES_HELP}`;

/** `decompress <in.vaer…> [-o out.png | -d folder] [--json]` */
export async function decompressCommand(args: readonly string[]): Promise<number | void> {
  const parsed = parseArguments(args, {
    values: {
      output: "o",
      ...PICTURE_VALUES,
      model: undefined,
      region: undefined,
      device: undefined,
      runtime: undefined,
      trace: undefined,
      ...BATCH_VALUES,
    },
    switches: { force: "f", lossless: undefined, preview: undefined, quiet: undefined, ...REPORT_SWITCHES },
  });
  if (parsed.has("help")) return console.log(DECOMPRESS_HELP);
  const text = parsed.value("region"), region = text === undefined ? undefined : regionOf(text);
  const device = deviceOption(parsed), runtime = runtimeOption(parsed);
  checkBatchValues(parsed);
  const config = await loadConfig(), store = new ModelStore(config);
  const named = parsed.value("model");
  const model = named === undefined ? undefined : await modelOption(named, config, store);
  const models = await modelPaths(config, store);
  const defaultRuntime = config.models.has(named ?? "") ? undefined : config.compression.runtime;
  const options: DecompressOptions = {
    ...(region !== undefined && { region }),
    partial: parsed.has("preview"),
    ...(model !== undefined && { model }),
    ...device,
    ...runtime,
  };
  const given = namedOutput(parsed.value("output"));
  const picture = pictureOption(parsed, given);
  const settings = [
    region ? `region ${text}` : "whole picture",
    `model ${named ?? "named by the file"}`,
    ...options.partial ? ["preview of what the file holds"] : [],
    `device ${options.device ?? "cpu"}`,
    `runtime ${options.runtime ?? defaultRuntime ?? "auto"}`,
    `format ${picture.format}`,
  ].join(", ");
  const jobOf = (source: string, target: string): DecompressJob => ({
    action: "decompress",
    source,
    target,
    picture,
    options,
    models,
    ...(defaultRuntime !== undefined && { defaultRuntime }),
  });
  const naming = decompressedNaming(endingOf(picture));
  if (parsed.value("directory") !== undefined || await meansSeveral(parsed.positional)) {
    refuseTrace(parsed);
    const wanted = (path: string) => path.toLowerCase().endsWith(".vaer");
    return await batchCommand(parsed, {
      title: "decompress",
      naming,
      things: "files",
      wanted,
      describe: ({ width, height, targetBytes }) => `${width}×${height}, ${targetBytes} bytes`,
      settings,
      jobOf,
      ...(config.compression.jobs !== undefined && { jobs: config.compression.jobs }),
    });
  }
  const input = namedInput(onlyInput(parsed));
  const beside = input === STANDARD_STREAM ? input : naming(input, true);
  const output = given ?? beside;
  if (output === STANDARD_STREAM && parsed.has("json")) {
    throw new UsageError("--json and the picture cannot both go to standard output; name a file with -o");
  }
  await checkOutput(
    output,
    input,
    parsed.has("force"),
    "give another name with -o, or --force to replace it",
  );
  const trace = await traceOption(parsed, input);

  const job = { ...jobOf(input, output), ...(trace !== undefined && { trace: true }) };
  if (parsed.has("dry-run")) return await dryRun(job, settings, parsed.has("json"));
  await printBeginning(parsed, job, settings);
  let result = await runSingle(job, parsed.has("quiet") || parsed.has("json"));
  if (trace !== undefined) result = await writeTrace(trace, result);
  for (const warning of result.warnings) console.error(`vaerans: ${input}: ${warning}`);
  printEnd(parsed, result);
  if (parsed.has("json")) return console.log(JSON.stringify(result));
  const { width, height, bytes, timings } = result;
  const line = `${output}: ${width}×${height} from ${bytes} bytes (${result.model}, ${
    (timings.total / 1000).toFixed(1)
  } s)`;
  if (output === STANDARD_STREAM) console.error(line);
  else if (!parsed.has("quiet")) console.log(line);
}

function regionOf(text: string): Rect {
  if (!/^\d+,\d+,\d+,\d+$/.test(text)) {
    throw new UsageError(`--region must be X,Y,WIDTH,HEIGHT in pixels, whole numbers (got ${text})`);
  }
  const [x, y, width, height] = text.split(",").map(Number);
  return { x, y, width, height };
}
