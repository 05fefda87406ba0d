/** Schemas of parsed files, by Valibot: each carries its rule, which errors name with the key. */
import { v } from "../deps/valibot.ts";

/** Most characters of a value that errors show. */
const MOST_SHOWN = 60;

/** Why a value does not fit its schema. */
export interface SchemaIssue {
  /** Keys from the root to the value. */
  readonly keys: readonly string[];
  /** What must hold of it: `it must be 1 to 100`. */
  readonly rule: string;
  /** What was found. */
  readonly got: string;
  /** Whether the key itself is the fault. */
  readonly isUnknownKey: boolean;
}

/**
 * Checks a value.
 *
 * @param schema What it must be.
 * @param value What was parsed.
 * @param errorOf Makes the error of the first issue.
 * @returns The schema's output.
 */
export function checked<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  errorOf: (issue: SchemaIssue) => Error,
): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true });
  if (success) return output;
  const [{ message, expected, input, path = [] }] = issues;
  const isUnknownKey = expected === "never";
  // A list counts as one value: its elements have no names.
  const keys = path.map(({ key }) => key);
  const end = keys.findIndex((key) => typeof key === "number");
  const named = end < 0 ? keys : keys.slice(0, end), found = end < 0 ? input : path[end].input;
  const got = isUnknownKey ? String(keys.at(-1)) : found === undefined ? "nothing" : shown(found);
  return fail(errorOf({ keys: named.map(String), rule: message, got, isUnknownKey }));
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`;
}

function fail(error: Error): never {
  throw error;
}

/** A table with these keys and no others. */
export function table<E extends v.ObjectEntries>(
  entries: E,
): v.StrictObjectSchema<E, v.ErrorMessage<v.StrictObjectIssue>> {
  return v.strictObject(entries, ({ expected }) => {
    if (expected === "never") return `the key must be one of ${Object.keys(entries).join(", ")}`;
    return expected === "Object" ? "it must be a table" : "it must be given";
  });
}

/** A text that is not empty. */
export const text: v.GenericSchema<string> = v.pipe(
  v.string("it must be a text"),
  v.nonEmpty("it must be a text"),
);
/** A switch. */
export const flag: v.GenericSchema<boolean> = v.boolean("it must be true or false");

/** A number within a range, ends included. */
export function number(
  least: number,
  most: number,
  rule = `it must be ${least} to ${most}`,
): v.GenericSchema<number> {
  return v.pipe(v.number(rule), v.minValue(least, rule), v.maxValue(most, rule));
}

/** A whole number within a range, ends included. */
export function whole(
  least: number,
  most: number,
  rule = `it must be a whole number from ${least} to ${most}`,
): v.GenericSchema<number> {
  return v.pipe(number(least, most, rule), v.integer(rule));
}

/** One of some texts. */
export function choice<const C extends readonly string[]>(choices: C): v.GenericSchema<string, C[number]> {
  const rule = `it must be ${choices.map((each) => `"${each}"`).join(" or ")}`;
  return v.picklist(choices, rule) as unknown as v.GenericSchema<string, C[number]>;
}

/**
 * A list that is not empty.
 *
 * @param elementOf Makes the elements' schema, with the list's rule as its own.
 * @param rule What the list must be.
 */
export function list<S extends v.GenericSchema>(
  elementOf: (rule: string) => S,
  rule: string,
): v.GenericSchema<v.InferInput<S>[], v.InferOutput<S>[]> {
  return v.pipe(v.array(elementOf(rule), rule), v.minLength(1, rule));
}
