import { checkDevice, checkRuntime, type DecompressOptions } from "./options.ts";
import {
  anyBoolean,
  anyFunction,
  anyLimit,
  anyModel,
  anySignal,
  checkAll,
  checkedElsewhere,
  type Rule,
} from "../core/option_rules.ts";
import { chosenWorkers } from "./run/warm_workers.ts";

const DECOMPRESS_RULES: { readonly [K in keyof Required<DecompressOptions>]: Rule } = {
  model: anyModel,
  maxPixels: anyLimit,
  partial: anyBoolean,
  region: {
    isMet: (value: unknown) => typeof value === "object" && value !== null,
    wanted: "{ x, y, width, height }",
  },
  keepDepth: anyBoolean,
  maxMemoryBytes: anyLimit,
  workers: checkedElsewhere,
  device: checkedElsewhere,
  runtime: checkedElsewhere,
  signal: anySignal,
  onProgress: anyFunction,
  onStep: anyFunction,
};

/**
 * Checks the names and values of what `decompress` and `decompressStream` are given. An option that is `undefined` counts as
 * left out.
 *
 * Errors: `InvalidValueError` ("option-unknown", "option-value", "device-unknown", "runtime-unknown", "workers-range").
 */
export function checkDecompressOptions(options: unknown): void {
  checkAll("decompress", options, DECOMPRESS_RULES);
  const { device, runtime, workers } = options as DecompressOptions;
  checkDevice(device);
  checkRuntime(runtime);
  chosenWorkers(workers);
}
