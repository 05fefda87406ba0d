import { Deno } from "../host/deno_api.ts";

/** Exit code after an interrupt, as shells count it. */
export const INTERRUPTED = 130;

/** Signals that ask a program to end; Windows knows only Ctrl-C. */
const ENDING_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM"];

/**
 * Calls `listener` on Ctrl-C and SIGTERM, which then no longer end the program.
 *
 * @param listener Called with each signal.
 * @returns Ends the listening.
 */
export function onInterrupt(listener: () => void): () => void {
  for (const signal of ENDING_SIGNALS) Deno.addSignalListener(signal, listener);
  return () => {
    for (const signal of ENDING_SIGNALS) Deno.removeSignalListener(signal, listener);
  };
}
