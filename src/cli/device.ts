import { checkDevice, type DeviceChoice } from "../../mod.ts";
import type { Arguments } from "./arguments.ts";
import { UsageError } from "./fail.ts";

/** The line of `--help`. */
export const DEVICE_HELP =
  "      --device NAME      cpu (default), gpu (WebGPU, or an error), or auto (a real GPU if there is one, else the CPU)";

/** What `--device` says, as an option of the API. */
export function deviceOption(parsed: Arguments): { readonly device?: DeviceChoice } {
  const device = parsed.value("device");
  if (device === undefined) return {};
  try {
    checkDevice(device);
  } catch {
    throw new UsageError(`--device must be auto, cpu or gpu: current value is ${device}`);
  }
  return { device: device as DeviceChoice };
}
