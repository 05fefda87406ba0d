import { optionText } from "../options/help.ts";
import { HELP, VERSION } from "../options/shared.ts";
import type { Option } from "../options/option.ts";

/** Options that the program takes in place of a command. */
export const PROGRAM_OPTIONS: readonly Option[] = [VERSION, HELP];

/** An option's names as they are typed: `-q`, `--quality`. */
export function typedNames({ name, alias }: Option): string[] {
  return [...alias === undefined ? [] : [`-${alias}`], `--${name}`];
}

/** Completion of an option's value; none for values that are typed freely, and for switches. */
export type ValueWords = { readonly words: readonly string[] } | "files" | "folders" | undefined;

/** Completion of an option's value. A model is a name or a folder: its names are offered. */
export function valueWords({ value }: Option): ValueWords {
  switch (value?.kind) {
    case "choice":
      return { words: value.choices };
    case "file":
      return "files";
    case "folder":
      return "folders";
    case "text":
      return value.suggestions && { words: value.suggestions };
  }
  return undefined;
}

/** The first sentence of an option's help, without its default. */
export function shortText(option: Option): string {
  return optionText(option).split(/\n|\. | \(default/, 1)[0];
}

/** A text as one word of a shell's script. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
