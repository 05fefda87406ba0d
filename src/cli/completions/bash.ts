import { type Command, type Option, optionsOf } from "../options/option.ts";
import { PROGRAM_OPTIONS, quoted, typedNames, valueWords } from "./words.ts";

/**
 * Completion script for bash 3.2 or later.
 *
 * @param commands The program's commands.
 * @returns The script.
 */
export function bashScript(commands: readonly Command[]): string {
  const first = [...commands.map(({ name }) => name), ...PROGRAM_OPTIONS.flatMap(typedNames)];
  return `_vaerans() {
  local current previous words=
  current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  # bash splits --name=value at the sign.
  if [[ $current == "=" ]]; then current=
  elif [[ $previous == "=" ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quoted(first.join(" "))} -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${commands.map(commandCase).join("\n")}
  esac
  if [[ $words == @files ]]; then COMPREPLY=($(compgen -f -- "$current"))
  elif [[ $words == @folders ]]; then COMPREPLY=($(compgen -d -- "$current"))
  elif [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o filenames -F _vaerans vaerans`;
}

function commandCase(command: Command): string {
  const options = optionsOf(command), names = options.flatMap(typedNames).join(" ");
  const values = options.filter(({ value }) => value !== undefined).map(valueCase);
  const operands = command.takesFiles
    ? "@files"
    : (command.actions ?? []).map(({ name }) => name).join(" ") || names;
  return `    ${command.name})
      case "$previous" in
${
    [
      ...values,
      `        *) if [[ $current == -* ]]; then words=${quoted(names)}; else words=${
        quoted(operands)
      }; fi ;;`,
    ].join("\n")
  }
      esac ;;`;
}

function valueCase(option: Option): string {
  const words = valueWords(option);
  const text = words === undefined ? "" : typeof words === "string" ? `@${words}` : words.words.join(" ");
  return `        ${typedNames(option).join("|")}) words=${quoted(text)} ;;`;
}
