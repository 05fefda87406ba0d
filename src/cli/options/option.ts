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
  /** Meanings of the smallest and of the largest value, for the help. */
  readonly ends?: readonly [least: string, most: string];
}

/** Value of an option. Every kind has a `valueName`, which stands for the value in the help. */
export type OptionValue =
  | { readonly kind: "number"; readonly valueName: string; readonly rule: NumberRule }
  | { readonly kind: "choice"; readonly valueName: string; readonly choices: readonly string[] }
  | { readonly kind: "file" | "folder"; readonly valueName: string }
  | {
    readonly kind: "text";
    readonly valueName: string;
    /** Form of the text and its description for the error: *--name must be RULE (got TEXT)*. Any text if left out. */
    readonly form?: { readonly pattern: RegExp; readonly rule: string };
    /** Values that shell completion offers; others are valid, too. */
    readonly suggestions?: readonly string[];
  };

/** One option of the command line: parser, help, near matches and shell completion derive from it. */
export interface Option {
  /** Long name, without dashes. */
  readonly name: string;
  /** One letter. */
  readonly alias?: string;
  /** The value that it takes; a switch if left out. */
  readonly value?: OptionValue;
  /** One sentence for the help; `{range}` and `{choices}` stand for those of the value, a newline for a new line. */
  readonly help: string;
  /** Value without the option, as the help states it. */
  readonly usual?: string;
  /** The option may be given several times. */
  readonly isRepeatable?: boolean;
}

/** Options that the help lists together. */
export interface OptionSection {
  /** Heading, with a colon; none if left out. */
  readonly title?: string;
  /** In the order of the help. */
  readonly options: readonly Option[];
  /** Lines below the options. */
  readonly note?: string;
}

/** Word that a command takes as its first argument. */
export interface Action {
  /** The word. */
  readonly name: string;
  /** Arguments after it, as the help shows them. */
  readonly operands?: string;
  /** One sentence for the help. */
  readonly help: string;
}

/** One command: its help and its completion derive from it. */
export interface Command {
  /** The word that calls it. */
  readonly name: string;
  /** A few words for the list of commands. */
  readonly summary: string;
  /** First line of the help, after *Usage:*. */
  readonly usage: string;
  /** Paragraph below the first line. */
  readonly about: string;
  /** Words for the first argument; files if left out. */
  readonly actions?: readonly Action[];
  /** Whether arguments after the options are files. */
  readonly takesFiles: boolean;
  /** Options by section. */
  readonly sections: readonly OptionSection[];
  /** Paragraphs at the end of the help. */
  readonly end?: readonly string[];
}

/** All options of a command. */
export function optionsOf({ sections }: Pick<Command, "sections">): Option[] {
  return sections.flatMap(({ options }) => options);
}

/** The numbers that a rule allows: `1 (smallest) to 100 (best)`. */
export function rangeText({ least, most, isAbove = false, ends }: NumberRule): string {
  const text = (value: number, end?: string) => end === undefined ? String(value) : `${value} (${end})`;
  if (least === undefined) return most === undefined ? "any number" : `at most ${text(most, ends?.[1])}`;
  if (most === undefined) return `${isAbove ? "greater than" : "at least"} ${text(least, ends?.[0])}`;
  return `${text(least, ends?.[0])} to ${text(most, ends?.[1])}`;
}

/** Names in a sentence: `auto, cpu or gpu`. */
export function choicesText(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join() : `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
}
