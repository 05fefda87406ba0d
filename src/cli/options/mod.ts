/**
 * The table of all commands and options of the program. Parser, help, near matches and shell completion derive from it.
 *
 * @module
 */
import { COMPRESS } from "./compress.ts";
import { DECOMPRESS } from "./decompress.ts";
import type { Command } from "./option.ts";
import { COMPLETIONS, DEMO, INSPECT, MODELS, PLACEHOLDER } from "./others.ts";
import { SERVE, VIEW } from "./web.ts";

/** The program's commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  COMPRESS,
  DECOMPRESS,
  INSPECT,
  PLACEHOLDER,
  VIEW,
  SERVE,
  DEMO,
  MODELS,
  COMPLETIONS,
];
