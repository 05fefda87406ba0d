import { NET_RUNTIMES, type NetRuntime } from "../kernels/kernels.ts";
import type { Arguments } from "./arguments.ts";
import { choiceOption } from "./option_values.ts";

/** The lines of `--help`. */
export const RUNTIME_HELP =
  `      --runtime NAME     runtime of nets on the CPU: own (built-in kernels), onnxruntime, or auto (own where possible)
                         (default: auto)`;

/** The runtime that `--runtime` names, as an option of the API; errors: {@linkcode UsageError}. */
export function runtimeOption(parsed: Arguments): { readonly runtime?: NetRuntime } {
  const runtime = choiceOption(parsed, "runtime", NET_RUNTIMES);
  return runtime === undefined ? {} : { runtime };
}
