import type { DeviceChoice } from "../codec/run/tile_engine.ts";
import type { Arguments } from "./arguments.ts";
import { DEVICES } from "./options/shared.ts";

/** The device that `--device` names, as an option of the API. */
export function deviceOption(parsed: Arguments): { readonly device?: DeviceChoice } {
  const device = parsed.choice("device", DEVICES);
  return device === undefined ? {} : { device };
}
