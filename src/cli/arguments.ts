import { parseArgs } from "../deps/parse_args.ts";
import { UsageError } from "./fail.ts";
import { nearMatches, proposal } from "./near_matches.ts";
import { checkValue, numberOf } from "./options/check.ts";
import type { Option } from "./options/option.ts";

/** Parsed command line, every value checked against its option. Options that the command does not have count as absent. */
export interface Arguments {
  /** Arguments that are not options. */
  readonly positional: readonly string[];
  /** Value of an option, if given. */
  value(name: string): string | undefined;
  /** Value of an option that takes numbers, if given. */
  number(name: string): number | undefined;
  /** Value of an option that takes one of `choices`, if given. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined;
  /** Values of an option that may be given several times, in order. */
  all(name: string): readonly string[];
  /** Whether a switch is set. */
  has(name: string): boolean;
}

/**
 * Parses a command's own arguments. With `--help` values are not checked.
 *
 * @param given The arguments.
 * @param options The options that the command has.
 * @returns The values.
 * @throws UsageError For unknown options (near matches are proposed), options given twice, missing values, values that the
 * option does not take, and values of switches.
 */
export function parseArguments(given: readonly string[], options: readonly Option[]): Arguments {
  const args = withNegativeValues(given, options);
  const names = options.map(({ name }) => name);
  const withValue = options.filter(({ value }) => value !== undefined).map(({ name }) => name);
  const unknown: string[] = [];
  const parsed: Record<string, unknown> & { _: (string | number)[] } = parseArgs([...args], {
    string: ["_", ...withValue],
    collect: names,
    boolean: names.filter((name) => !withValue.includes(name)),
    alias: Object.fromEntries(
      options.flatMap(({ name, alias }) => alias === undefined ? [] : [[name, alias]]),
    ),
    unknown: (arg: string, key?: string) => {
      if (key !== undefined) unknown.push(arg);
      return key === undefined;
    },
  });
  if (unknown.length > 0) {
    throw new UsageError(
      `options must be those of --help (got ${unknown[0]})`,
      nearOptions(unknown[0], names),
    );
  }
  const valuesOf = (name: string) =>
    names.includes(name) ? parsed[name] as readonly (string | boolean)[] : [];
  const texts = (name: string) => valuesOf(name).map(String);
  const has = (name: string) => valuesOf(name).includes(true);
  if (!has("help")) {
    checkSwitches(args, options);
    for (const option of options) checkGiven(option, texts(option.name));
  }
  const positional = parsed._.map(String);
  if (positional.includes("")) throw new UsageError('the name of an input must not be empty (got "")');
  return {
    positional,
    value: (name) => texts(name)[0],
    number: (name) => valuesOf(name).length === 0 ? undefined : numberOf(texts(name)[0]),
    choice: (name, choices) => choices.find((choice) => choice === texts(name)[0]),
    all: texts,
    has,
  };
}

/** Joins `--bytes -5` to `--bytes=-5`, which the parser takes for two options. */
function withNegativeValues(args: readonly string[], options: readonly Option[]): string[] {
  const joined: string[] = [];
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  for (let i = 0; i < args.length; i++) {
    const option = i + 1 < end
      ? options.find(({ name, alias, value }) =>
        value !== undefined && (args[i] === `--${name}` || (alias !== undefined && args[i] === `-${alias}`))
      )
      : undefined;
    if (option && /^-\.?\d/.test(args[i + 1])) joined.push(`--${option.name}=${args[++i]}`);
    else joined.push(args[i]);
  }
  return joined;
}

function checkGiven(option: Option, texts: readonly string[]): void {
  const { name, value, isRepeatable = false } = option;
  if (texts.length > 1 && !isRepeatable) {
    throw new UsageError(
      `--${name} must be given once (got ` +
        `${value === undefined ? `${texts.length} times` : texts.join(", ")})`,
    );
  }
  if (value === undefined) return;
  for (const text of texts) {
    if (text === "") throw new UsageError(`--${name} must have a value (got none)`);
    checkValue(option, text);
  }
}

/** Refuses `--switch=value`, of which the parser keeps no trace. */
function checkSwitches(args: readonly string[], options: readonly Option[]): void {
  const end = args.indexOf("--");
  for (const arg of end < 0 ? args : args.slice(0, end)) {
    const [, name, text] = arg.match(/^--([^=]+)=(.*)$/s) ?? [];
    if (options.some((option) => option.name === name && option.value === undefined)) {
      throw new UsageError(`--${name} must have no value (got ${text})`);
    }
  }
}

function nearOptions(option: string, names: readonly string[]): string | undefined {
  const typed = option.replace(/^-+/, "").replace(/=.*$/, "");
  return proposal(nearMatches(typed, names).map((name) => `--${name}`));
}

/** The one input a command takes. */
export function onlyInput(args: Arguments): string {
  const { positional: [input, ...rest] } = args;
  if (input === undefined) throw new UsageError("there must be an input file (got none)");
  if (rest.length > 0) {
    throw new UsageError(`there must be one input file (got ${args.positional.join(", ")})`);
  }
  return input;
}
