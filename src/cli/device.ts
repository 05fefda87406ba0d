import type { DeviceChoice } from "../codec/run/tile_engine.ts";
import type { Arguments } from "./arguments.ts";
import { choiceOption } from "./option_values.ts";

/** The lines of `--help`. */
export const DEVICE_HELP =
  `      --device NAME      cpu; gpu (WebGPU, an error without an adapter); auto (a hardware GPU if there is one, otherwise
                         the CPU) (default: cpu)`;

const DEVICES: readonly DeviceChoice[] = ["auto", "cpu", "gpu"];

/** The device that `--device` names, as an option of the API; errors: {@linkcode UsageError}. */
export function deviceOption(parsed: Arguments): { readonly device?: DeviceChoice } {
  const device = choiceOption(parsed, "device", DEVICES);
  return device === undefined ? {} : { device };
}
