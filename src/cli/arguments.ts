import { parseArgs } from "../deps/parse_args.ts";
import { UsageError } from "./fail.ts";
import { nearMatches, proposal } from "./near_matches.ts";

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
  /** Arguments that are not options. */
  readonly positional: readonly string[];
  /** Value of an option, if given. */
  value(name: string): string | undefined;
  /** Values of an option that may be given several times, in order. */
  all(name: string): readonly string[];
  /** Whether a switch is set. */
  has(name: string): boolean;
}

const COMMON: OptionNames = { values: {}, switches: { help: "h", json: undefined, stack: undefined } };

/**
 * Parses a command's own arguments.
 *
 * @param args The arguments.
 * @param names The options that the command knows, beside `--help`, `--json` and `--stack`.
 * @returns The values.
 * @throws UsageError For unknown options (near matches are proposed), options given twice, and missing values.
 */
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
    collect: [...Object.keys(values), ...Object.keys(lists)],
    boolean: Object.keys(switches),
    alias,
    unknown: (arg: string, key?: string) => {
      if (key !== undefined) unknown.push(arg);
      return key === undefined;
    },
  });
  if (unknown.length > 0) {
    throw new UsageError(
      unknownOption(unknown[0], [...Object.keys(values), ...Object.keys(lists), ...Object.keys(switches)]),
    );
  }
  const given = (name: string) => (parsed[name] ?? []) as readonly string[];
  for (const name of Object.keys(values)) {
    const texts = given(name);
    if (texts.length > 1) {
      throw new UsageError(`--${name} is given ${texts.length} times (${texts.join(", ")}): give it once`);
    }
    if (texts[0] === "") throw new UsageError(`--${name} needs a value`);
  }
  for (const name of Object.keys(lists)) {
    if (given(name).includes("")) throw new UsageError(`--${name} needs a value`);
  }
  return {
    positional: parsed._.map(String),
    value: (name) => given(name)[0],
    all: given,
    has: (name) => parsed[name] === true,
  };
}

function unknownOption(option: string, names: readonly string[]): string {
  const typed = option.replace(/^-+/, "").replace(/=.*$/, "");
  const near = nearMatches(typed, names).map((name) => `--${name}`);
  return `Unknown option ${option}${proposal(near)}`;
}

/** The one input a command takes. */
export function onlyInput(args: Arguments): string {
  const [input, ...rest] = args.positional;
  if (input === undefined) throw new UsageError("No input file given");
  if (rest.length > 0) throw new UsageError(`One input file at a time; "${rest[0]}" is too many`);
  return input;
}
