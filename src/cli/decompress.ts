import type { DecompressOptions } from "../../mod.ts";
import type { Rect } from "../codec/tiles/tile_grid.ts";
import type { DecompressJob } from "../batch/job.ts";
import { endingOf as fileEnding } from "../batch/names.ts";
import { meansSeveral } from "../batch/sources.ts";
import { decompressedNaming } from "../batch/targets.ts";
import { loadConfig } from "../models/config.ts";
import { modelPaths, ModelStore } from "../models/store.ts";
import { onlyInput, parseArguments } from "./arguments.ts";
import { batchCommand } from "./batch.ts";
import { deviceOption } from "./device.ts";
import { dryRun } from "./dry_run.ts";
import { UsageError } from "./fail.ts";
import { endingOf, pictureOption } from "./picture_format.ts";
import { checkOutput, namedInput, namedOutput, STANDARD_STREAM } from "./files.ts";
import { modelOption } from "./model_option.ts";
import { DECOMPRESS } from "./options/decompress.ts";
import { helpOf } from "./options/help.ts";
import { optionsOf } from "./options/option.ts";
import { runtimeOption } from "./runtime.ts";
import { runSingle } from "./single.ts";
import { refuseTrace, traceOption, writeTrace } from "./trace.ts";
import { printBeginning, printEnd } from "./verbose.ts";
import { say, tell } from "./say.ts";

/** `decompress <in.vaer…> [-o out.png | -d folder] [--json]` */
export async function decompressCommand(args: readonly string[]): Promise<number | void> {
  const parsed = parseArguments(args, optionsOf(DECOMPRESS));
  if (parsed.has("help")) return console.log(helpOf(DECOMPRESS));
  const text = parsed.value("region"), region = text === undefined ? undefined : regionOf(text);
  const device = deviceOption(parsed), runtime = runtimeOption(parsed);
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
    const wanted = (path: string) => fileEnding(path) === "vaer";
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
    throw new UsageError(
      "--json and the picture must not both go to standard output (got both)",
      "Name a file with -o.",
    );
  }
  await checkOutput(
    output,
    input,
    parsed.has("force"),
    "Give another name with -o, or --force to replace it",
  );
  const trace = await traceOption(parsed, input);

  const job = { ...jobOf(input, output), ...(trace !== undefined && { trace: true }) };
  if (parsed.has("dry-run")) return await dryRun(job, settings, parsed.has("json"));
  await printBeginning(parsed, job, settings);
  let result = await runSingle(job, parsed.has("quiet") || parsed.has("json"));
  if (trace !== undefined) result = await writeTrace(trace, result);
  for (const warning of result.warnings) tell(`vaerans: ${input}: ${warning}`);
  printEnd(parsed, result);
  if (parsed.has("json")) return console.log(JSON.stringify(result));
  const { width, height, bytes, timings } = result;
  const line = `${output}: ${width}×${height} from ${bytes} bytes (${result.model}, ${
    (timings.total / 1000).toFixed(1)
  } s)`;
  if (output === STANDARD_STREAM) tell(line);
  else if (!parsed.has("quiet")) say(line);
}

function regionOf(text: string): Rect {
  const [x, y, width, height] = text.split(",").map(Number);
  return { x, y, width, height };
}
