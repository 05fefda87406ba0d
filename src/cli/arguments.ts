import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "./fail.ts";

/** Options a command knows: the long name, with a one-letter alias or none. */
export interface OptionNames {
  /** Options that take a value. */
  readonly values: { readonly [name: string]: string | undefined };
  /** Options that take a value and may be given several times. */
  readonly lists?: { readonly [name: string]: string | undefined };
  /** Switches. */
  readonly switches: { readonly [name: string]: string | undefined };
}

/** Parsed command line. */
export interface Arguments {
  /** What is not an option. */
  readonly positional: readonly string[];
  /** Value of an option, if given. */
  value(name: string): string | undefined;
  /** Values of an option that may be given several times, in order. */
  all(name: string): readonly string[];
  /** Whether a switch is set. */
  has(name: string): boolean;
}

const COMMON: OptionNames = { values: {}, switches: { help: "h", json: undefined, stack: undefined } };

/** Parses a command's own arguments; errors: {@linkcode UsageError} for options it does not know. */
export function parseArguments(args: readonly string[], names: OptionNames): Arguments {
  const values = { ...COMMON.values, ...names.values }, lists = { ...names.lists };
  const switches = { ...COMMON.switches, ...names.switches };
  const alias = Object.fromEntries(
    Object.entries({ ...values, ...lists, ...switches }).filter((entry): entry is [string, string] =>
      entry[1] !== undefined
    ),
  );
  const unknown: string[] = [];
  const parsed: Record<string, unknown> & { _: (string | number)[] } = parseArgs([...args], {
    string: ["_", ...Object.keys(values), ...Object.keys(lists)],
    collect: Object.keys(lists),
    boolean: Object.keys(switches),
    alias,
    unknown: (arg: string, key?: string) => {
      if (key !== undefined) unknown.push(arg);
      return key === undefined;
    },
  });
  if (unknown.length > 0) throw new UsageError(`Unknown option ${unknown[0]}`);
  for (const name of Object.keys(values)) {
    if (parsed[name] === "" || Array.isArray(parsed[name])) throw new UsageError(`--${name} needs one value`);
  }
  const all = (name: string) => (parsed[name] ?? []) as string[];
  for (const name of Object.keys(lists)) {
    if (all(name).includes("")) throw new UsageError(`--${name} needs a value`);
  }
  return {
    positional: parsed._.map(String),
    all,
    value: (name) => parsed[name] as string | undefined,
    has: (name) => parsed[name] === true,
  };
}

/** The one input a command takes. */
export function onlyInput(args: Arguments): string {
  const [input, ...rest] = args.positional;
  if (input === undefined) throw new UsageError("No input file given");
  if (rest.length > 0) throw new UsageError(`One input file at a time; "${rest[0]}" is too many`);
  return input;
}
