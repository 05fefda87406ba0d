import { type Command, type Option, optionsOf } from "../options/option.ts";
import { PROGRAM_OPTIONS, quoted, shortText, valueWords } from "./words.ts";

/**
 * Completion script for fish.
 *
 * @param commands The program's commands.
 * @returns The script.
 */
export function fishScript(commands: readonly Command[]): string {
  return [
    "complete -c vaerans -f",
    ...commands.map(({ name, summary }) =>
      `complete -c vaerans -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`
    ),
    ...PROGRAM_OPTIONS.map((option) => optionLine("__fish_use_subcommand", option)),
    ...commands.flatMap(commandLines),
  ].join("\n");
}

function commandLines(command: Command): string[] {
  const { name, actions = [], takesFiles } = command;
  const condition = quoted(`__fish_seen_subcommand_from ${name}`);
  return [
    ...takesFiles ? [`complete -c vaerans -n ${condition} -F`] : [],
    ...actions.map(({ name, help }) => `complete -c vaerans -n ${condition} -a ${name} -d ${quoted(help)}`),
    ...optionsOf(command).map((option) => optionLine(condition, option)),
  ];
}

function optionLine(condition: string, option: Option): string {
  const { name, alias } = option, words = valueWords(option);
  const value = option.value === undefined
    ? ""
    : words === "files"
    ? " -r -F"
    : words === "folders"
    ? " -x -a '(__fish_complete_directories)'"
    : words === undefined
    ? " -x"
    : ` -x -a ${quoted(words.words.join(" "))}`;
  const short = alias === undefined ? "" : ` -s ${alias}`;
  return `complete -c vaerans -n ${condition} -l ${name}${short}${value} -d ${quoted(shortText(option))}`;
}
