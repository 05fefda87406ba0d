import { UsageError } from "../fail.ts";
import { nearMatches, proposal } from "../near_matches.ts";
import { choicesText, type NumberRule, type Option, rangeText } from "./option.ts";

/**
 * Checks a value against its option.
 *
 * @param option The option.
 * @param text The value as it was typed.
 * @throws UsageError That names the option, the rule and the text.
 */
export function checkValue({ name, value }: Option, text: string): void {
  switch (value?.kind) {
    case "number":
      if (!isAllowed(numberOf(text), value.rule)) {
        throw new UsageError(`--${name} must be ${ruleText(value.rule)} (got ${text})`);
      }
      return;
    case "choice":
      if (!value.choices.includes(text)) {
        const near = proposal(nearMatches(text, value.choices));
        throw new UsageError(`--${name} must be ${choicesText(value.choices)} (got ${text})`, near);
      }
      return;
    case "text":
      if (value.form && !value.form.pattern.test(text)) {
        throw new UsageError(`--${name} must be ${value.form.rule} (got ${text})`);
      }
  }
}

/** The number that a text is in decimal notation; NaN for other texts. */
export function numberOf(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}

function isAllowed(value: number, rule: NumberRule): boolean {
  const { least = -Infinity, most = Infinity, isAbove = false, isWhole = false } = rule;
  return value >= least && value <= most && !(isAbove && value === least) &&
    (!isWhole || Number.isInteger(value));
}

function ruleText({ ends: _, ...rule }: NumberRule): string {
  const number = rule.isWhole ? "a whole number" : "a number";
  if (rule.least === undefined) return number;
  const range = rangeText(rule);
  if (rule.most !== undefined) return `${number} from ${range}`;
  return `${number} ${rule.isAbove ? range : `of ${range}`}`;
}
