import { Deno } from "../host/deno_api.ts";
import type { Arguments } from "./arguments.ts";

const UNITS: { readonly [unit: string]: number } = {
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
/** Share of the machine's memory for jobs; the rest is left to the system and to other programs. */
const SHARE_TAKEN = 0.75;

/** The memory that `--memory` names, in bytes. */
export function memoryOption(parsed: Arguments): number | undefined {
  const text = parsed.value("memory");
  if (text === undefined) return undefined;
  const [, digits, unit] = text.match(/^([\d.]+)\s*(\w+)$/)!;
  return Number(digits) * UNITS[unit];
}

/** Three quarters of the machine's memory, or no limit where it may not be asked for (`--allow-sys=systemMemoryInfo`). */
export function usualMemoryBytes(): number {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  return state === "granted" ? SHARE_TAKEN * Deno.systemMemoryInfo().total : Infinity;
}
