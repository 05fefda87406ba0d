import type { EngineOptions, GroupEngine } from "./group_engine.ts";
import { LocalEngine } from "./local_engine.ts";

/** The engine for a picture. */
export function engineFor(options: EngineOptions): GroupEngine {
  return new LocalEngine(options);
}
