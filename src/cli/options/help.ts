import { type Action, choicesText, type Command, type Option, rangeText } from "./option.ts";

/** Longest line of a help, in characters. */
export const HELP_COLUMNS = 122;
/** Where the texts of options and actions begin. */
const TEXT_COLUMN = 25;
/** Words that a line may end after; a default stays on one line. */
const WORDS = /\(default: [^)]*\)\S*|\S+/g;

/** The names of the commands with a few words about each. */
export function listOf(commands: readonly Command[]): string {
  return commands.map(({ name, summary }) => entry(`  ${name}`, summary)).join("\n");
}

/** The help of a command, without a newline at the end. */
export function helpOf({ usage, about, actions = [], sections, end = [] }: Command): string {
  const blocks = sections.map(({ title, options, note }) =>
    [
      ...title === undefined ? [] : wrapped(title, 0),
      ...options.map(optionLines),
      ...note === undefined ? [] : wrapped(note, 2),
    ].join("\n")
  );
  return [
    `Usage: ${usage}`,
    wrapped(about, 0).join("\n"),
    ...actions.length === 0 ? [] : [actions.map(actionLines).join("\n")],
    ...blocks,
    ...end.map((paragraph) => wrapped(paragraph, 0).join("\n")),
  ].join("\n\n");
}

/** The text of an option with its range, its choices and its default. */
export function optionText({ help, value, usual }: Option): string {
  const text = help
    .replace("{range}", value?.kind === "number" ? rangeText(value.rule) : "")
    .replace("{choices}", value?.kind === "choice" ? choicesText(value.choices) : "");
  return usual === undefined ? text : `${text} (default: ${usual})`;
}

function optionLines(option: Option): string {
  const { name, alias, value } = option;
  const names = `  ${alias === undefined ? "   " : `-${alias},`} --${name}`;
  return entry(value === undefined ? names : `${names} ${value.valueName}`, optionText(option));
}

function actionLines({ name, operands, help }: Action): string {
  return entry(`  ${operands === undefined ? name : `${name} ${operands}`}`, help);
}

/** Names on the left, text on the right; below the names where they are too long. */
function entry(names: string, text: string): string {
  const lines = wrapped(text, TEXT_COLUMN);
  if (names.length >= TEXT_COLUMN) return [names, ...lines].join("\n");
  return [names.padEnd(TEXT_COLUMN) + lines[0].trimStart(), ...lines.slice(1)].join("\n");
}

/** Lines of a text, each with an indentation. */
function wrapped(text: string, indent: number): string[] {
  const margin = " ".repeat(indent);
  return text.split("\n").flatMap((line) => {
    const lines: string[] = [];
    let current = "";
    for (const word of line.match(WORDS) ?? [""]) {
      if (current !== "" && indent + current.length + 1 + word.length > HELP_COLUMNS) {
        lines.push(margin + current);
        current = word;
      } else {
        current = current === "" ? word : `${current} ${word}`;
      }
    }
    return [...lines, margin + current];
  });
}
