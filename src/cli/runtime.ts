import { NET_RUNTIMES, type NetRuntime } from "../kernels/kernels.ts";
import type { Arguments } from "./arguments.ts";

/** The runtime that `--runtime` names, as an option of the API. */
export function runtimeOption(parsed: Arguments): { readonly runtime?: NetRuntime } {
  const runtime = parsed.choice("runtime", NET_RUNTIMES);
  return runtime === undefined ? {} : { runtime };
}
