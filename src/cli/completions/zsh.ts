import { type Command, type Option, optionsOf } from "../options/option.ts";
import { PROGRAM_OPTIONS, quoted, shortText, typedNames, valueWords } from "./words.ts";

/**
 * Completion script for zsh.
 *
 * @param commands The program's commands.
 * @returns The script.
 */
export function zshScript(commands: readonly Command[]): string {
  const names = commands.map(({ name, summary }) => quoted(`${name}:${summary}`));
  return `#compdef vaerans
_vaerans() {
  local -a commands=(${names.join(" ")})
  if ((CURRENT == 2)); then
    if [[ $PREFIX == -* ]]; then _arguments ${PROGRAM_OPTIONS.map(specification).join(" ")}
    else _describe command commands
    fi
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
compdef _vaerans vaerans`;
}

function commandCase(command: Command): string {
  const { name, actions, takesFiles } = command;
  const operands = takesFiles
    ? [quoted("*:file:_files")]
    : actions
    ? [quoted(`1:action:(${actions.map(({ name }) => name).join(" ")})`)]
    : [];
  const lines = [...optionsOf(command).map(specification), ...operands];
  return `    ${name})
      _arguments -s ${lines.join(" \\\n        ")} ;;`;
}

/** An option as \`_arguments\` takes it. */
function specification(option: Option): string {
  const { value, isRepeatable = false } = option, names = typedNames(option);
  const text = `[${shortText(option).replace(/[[\]\\]/g, "\\$&")}]`;
  const words = valueWords(option);
  const action = words === undefined
    ? " "
    : words === "files"
    ? "_files"
    : words === "folders"
    ? "_files -/"
    : `(${words.words.join(" ")})`;
  const rest = value === undefined ? text : `${text}:${value.valueName}:${action}`;
  const before = isRepeatable ? "*" : `(${names.join(" ")})`;
  // A long name takes its value after "=" or as the next word.
  const typed = (name: string) => value !== undefined && name.startsWith("--") ? `${name}=` : name;
  return names.map((name) => quoted(before + typed(name) + rest)).join(" ");
}
