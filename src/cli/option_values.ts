import type { Arguments } from "./arguments.ts";
import { UsageError } from "./fail.ts";
import { nearMatches, proposal } from "./near_matches.ts";

/** Which numbers an option takes. */
export interface NumberRule {
  /** Smallest value; none if left out. */
  readonly least?: number;
  /** Largest value; none if left out. */
  readonly most?: number;
  /** The value must be greater than `least`. */
  readonly isAbove?: boolean;
  /** Only whole numbers. */
  readonly isWhole?: boolean;
}

/**
 * The number that an option gives.
 *
 * @param parsed The command line.
 * @param name The option's long name.
 * @param rule Which numbers it takes.
 * @returns The number; `undefined` without the option.
 * @throws UsageError That names the option, the rule and the text.
 */
export function numberOption(parsed: Arguments, name: string, rule: NumberRule): number | undefined {
  const text = parsed.value(name);
  if (text === undefined) return undefined;
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  const { least = -Infinity, most = Infinity, isAbove = false, isWhole = false } = rule;
  const holds = value >= least && value <= most && !(isAbove && value === least) &&
    (!isWhole || Number.isInteger(value));
  if (!holds) throw new UsageError(`--${name} must be ${ruleText(rule)} (got ${text})`);
  return value;
}

function ruleText({ least, most, isAbove = false, isWhole = false }: NumberRule): string {
  const number = isWhole ? "a whole number" : "a number";
  if (least === undefined) return number;
  if (most !== undefined) return `${number} from ${least} to ${most}`;
  return `${number} ${isAbove ? "greater than" : "of at least"} ${least}`;
}

/**
 * The name that an option gives, one of several.
 *
 * @param parsed The command line.
 * @param name The option's long name.
 * @param choices The names that it takes.
 * @returns The name; `undefined` without the option.
 * @throws UsageError That names the option, the choices and the text.
 */
export function choiceOption<T extends string>(
  parsed: Arguments,
  name: string,
  choices: readonly T[],
): T | undefined {
  const text = parsed.value(name);
  if (text === undefined) return undefined;
  const known = choices.find((choice) => choice === text);
  if (known !== undefined) return known;
  const list = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
  throw new UsageError(`--${name} must be ${list} (got ${text})${proposal(nearMatches(text, choices))}`);
}

/** How many jobs run at a time, 1 to 256; `undefined` without `--jobs`. */
export function jobsOption(parsed: Arguments): number | undefined {
  return numberOption(parsed, "jobs", { least: 1, most: 256, isWhole: true });
}
