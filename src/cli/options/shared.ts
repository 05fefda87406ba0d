import type { DeviceChoice } from "../../codec/run/tile_engine.ts";
import { PIXELS } from "../../codec/streams/pixel_params.ts";
import { NET_RUNTIMES } from "../../kernels/kernels.ts";
import { EMBEDDED_MODELS } from "../../models/embedded.ts";
import type { Option, OptionSection } from "./option.ts";

/** Exit codes, at the end of each help. */
export const EXIT_CODES_HELP = "Exit codes: 0 done, 1 a file failed, 2 wrong usage, 130 interrupted.";

/** Names of `--device`. */
export const DEVICES: readonly DeviceChoice[] = ["auto", "cpu", "gpu"];

/** Names of models that `--model` always takes. */
export const MODEL_NAMES: readonly string[] = [...EMBEDDED_MODELS.map(({ name }) => name), PIXELS.name];

/** `--force` */
export const FORCE: Option = { name: "force", alias: "f", help: "replace the output if it exists" };
/** `--json` */
export const JSON_SWITCH: Option = { name: "json", help: "print one JSON object instead of a line" };
/** `--quiet` */
const QUIET: Option = { name: "quiet", help: "print no progress and no result line" };
/** `--stack` */
export const STACK: Option = { name: "stack", help: "print the stack of an error" };
/** `--version`, which the program takes alone or with any command. */
export const VERSION: Option = {
  name: "version",
  alias: "V",
  help: "print the versions of the program, of the file format and of the runtime",
};
/** `--help` */
export const HELP: Option = { name: "help", alias: "h", help: "print this" };

/** `--device` */
export const DEVICE: Option = {
  name: "device",
  value: { kind: "choice", valueName: "NAME", choices: DEVICES },
  help:
    "cpu; gpu (WebGPU, an error without an adapter); auto (a hardware GPU if there is one, otherwise the CPU)",
  usual: "cpu",
};
/** `--runtime` */
export const RUNTIME: Option = {
  name: "runtime",
  value: { kind: "choice", valueName: "NAME", choices: NET_RUNTIMES },
  help: "runtime of nets on the CPU: own (built-in kernels), onnxruntime, or auto (own where possible)",
  usual: "auto",
};

/** Options that report on a run before or while it works. */
export const REPORT_OPTIONS: readonly Option[] = [
  {
    name: "dry-run",
    help: "print source, target, settings and whether the target is up to date; write nothing",
  },
  {
    name: "verbose",
    alias: "v",
    help: "print settings, sections and the time of each step on standard error",
  },
  {
    name: "trace",
    value: { kind: "file", valueName: "FILE.json" },
    help: "write the time of each step for chrome://tracing or Perfetto, and a table on standard error",
  },
];

/** `--memory` */
export const MEMORY: Option = {
  name: "memory",
  value: {
    kind: "text",
    valueName: "SIZE",
    form: {
      pattern: /^(?=[\d.]*[1-9])\d+(?:\.\d+)?\s*[MGT]i?B$/,
      rule: "a size with a unit, such as 8GB or 512MiB",
    },
  },
  help:
    "memory of all jobs together, such as 8GB or 512MiB: a job waits for its share; one that needs more than all " +
    "runs alone",
  usual: "no limit",
};

/** `--jobs` */
export const JOBS: Option = {
  name: "jobs",
  alias: "j",
  value: { kind: "number", valueName: "N", rule: { least: 1, most: 256, isWhole: true } },
  help: "run N jobs in parallel, {range}",
  usual: "one per core",
};

/** Options of commands that take many files. */
export const BATCH_SECTION: OptionSection = {
  title: "Folders, patterns and several files:",
  options: [
    {
      name: "directory",
      alias: "d",
      value: { kind: "folder", valueName: "FOLDER" },
      help: "where to write, with the folders' structure kept",
      usual: "beside the sources",
    },
    JOBS,
    MEMORY,
    QUIET,
  ],
  note:
    "A target is skipped if this command wrote it from the same source with the same settings and nothing has changed it " +
    "since. --force makes it again. No input of the run is ever overwritten. If a file fails, the others are still " +
    "done, and the exit code is 1. Ctrl-C lets running jobs finish; a second Ctrl-C stops them. --json prints one line " +
    "per file, then the summary.",
};
