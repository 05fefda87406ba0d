import { checkRuntime, type NetRuntime } from "../../mod.ts";
import type { Arguments } from "./arguments.ts";
import { UsageError } from "./fail.ts";

/** The line of `--help`. */
export const RUNTIME_HELP =
  "      --runtime NAME     run nets on the CPU by own kernels (own), by onnxruntime, or by own where possible (auto, default)";

/** The runtime that `--runtime` names, as an option of the API. */
export function runtimeOption(parsed: Arguments): { readonly runtime?: NetRuntime } {
  const runtime = parsed.value("runtime");
  if (runtime === undefined) return {};
  try {
    checkRuntime(runtime);
  } catch {
    throw new UsageError(`--runtime must be auto, own or onnxruntime: current value is ${runtime}`);
  }
  return { runtime: runtime as NetRuntime };
}
