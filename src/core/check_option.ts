import { InvalidValueError } from "./errors.ts";

/**
 * Throws `InvalidValueError` ("system-option") unless `holds`: the message names system, option, rule and value.
 *
 * @param system Name of the system that is being made.
 * @param option Name of the option, or of the parameter.
 * @param rule What it must be.
 */
export function checkOption(
  system: string,
  holds: boolean,
  option: string,
  rule: string,
  value: unknown,
): void {
  if (holds) return;
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new InvalidValueError(
    "system-option",
    `Cannot make ${system}: ${option} must be ${rule} (got ${shown}). Correct the value.`,
  );
}

/** Throws as {@linkcode checkOption} unless `value` is left out or a whole number from `least` to `most`. */
export function checkWholeOption(
  system: string,
  option: string,
  value: number | undefined,
  least: number,
  most: number,
): void {
  const holds = value === undefined || (Number.isInteger(value) && value >= least && value <= most);
  checkOption(system, holds, option, `a whole number from ${least} to ${most}`, value);
}

/** Throws as {@linkcode checkOption} unless the mode is one of a system's. */
export function checkMode(system: string, mode: string, modes: readonly string[]): void {
  checkOption(system, modes.includes(mode), "mode", modes.map((name) => `"${name}"`).join(" or "), mode);
}

/** Throws as {@linkcode checkOption} unless `value` is left out or one of the choices. */
export function checkChoiceOption<T>(
  system: string,
  option: string,
  value: T | undefined,
  choices: readonly T[],
): void {
  const names = choices.map((choice) => typeof choice === "function" ? choice.name : JSON.stringify(choice));
  checkOption(system, value === undefined || choices.includes(value), option, names.join(" or "), value);
}
