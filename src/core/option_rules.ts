import { InvalidValueError } from "./errors.ts";

/** What an option may be, said after "must be". */
export interface Rule {
  /** Whether a value is one of them. */
  readonly isMet: (value: never) => boolean;
  /** What it must be. */
  readonly wanted: string;
}

/** True or false. */
export const anyBoolean: Rule = {
  isMet: (value: unknown) => typeof value === "boolean",
  wanted: "true or false",
};
/** A number from 0 on. */
export const anyLimit: Rule = {
  isMet: (value: unknown) => typeof value === "number" && value >= 0,
  wanted: "a number from 0, or Infinity",
};
/** A function. */
export const anyFunction: Rule = {
  isMet: (value: unknown) => typeof value === "function",
  wanted: "a function",
};
/** A model. */
export const anyModel: Rule = {
  isMet: (value: unknown) => typeof value === "string" && value !== "",
  wanted: "the name of a model, or the path or URL of its folder",
};
/** What aborts. */
export const anySignal: Rule = {
  isMet: (value: unknown) => typeof (value as AbortSignal | null)?.throwIfAborted === "function",
  wanted: "an AbortSignal",
};
/** Checked where the device is chosen, with a code of its own. */
export const checkedElsewhere: Rule = { isMet: () => true, wanted: "" };

/**
 * Checks the names and values of options. One that is `undefined` counts as left out.
 *
 * @param verb What is to be done with them, for messages.
 * @param options What was given.
 * @param rules By the options' names.
 * @throws InvalidValueError ("option-unknown", "option-value").
 */
export function checkAll(verb: string, options: unknown, rules: { readonly [name: string]: Rule }): void {
  if (typeof options !== "object" || options === null) {
    throw new InvalidValueError(
      "option-value",
      `Cannot ${verb} with these options: they must be an object (got ${
        shown(options)
      }). Give an object, or leave it out.`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) {
      throw new InvalidValueError(
        "option-unknown",
        `Cannot ${verb} with option "${name}": it must be one of ${
          Object.keys(rules).join(", ")
        } (got ${name}). Correct the name.`,
      );
    }
    const { isMet, wanted } = rules[name];
    if (value === undefined || isMet(value as never)) continue;
    throw new InvalidValueError(
      "option-value",
      `Cannot ${verb} with ${name} ${shown(value)}: it must be ${wanted} (got ${
        shown(value)
      }). Correct the value.`,
    );
  }
}

/**
 * Checks the names of options; their values are checked where they are used.
 *
 * @param verb As of {@linkcode checkAll}.
 * @param options What was given.
 * @param names All there are.
 */
export function checkNames(verb: string, options: unknown, names: readonly string[]): void {
  checkAll(verb, options, Object.fromEntries(names.map((name) => [name, checkedElsewhere])));
}

/** A value as a message shows it: texts in quotation marks. */
export function shown(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
