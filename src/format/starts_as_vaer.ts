import { MAGIC } from "./container_params.ts";

/** Whether bytes begin as those of a `.vaer` file do. */
export function startsAsVaer(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}
