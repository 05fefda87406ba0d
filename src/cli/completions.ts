import { parseArguments } from "./arguments.ts";
import { unknownAction } from "./actions.ts";
import { bashScript } from "./completions/bash.ts";
import { fishScript } from "./completions/fish.ts";
import { zshScript } from "./completions/zsh.ts";
import { UsageError } from "./fail.ts";
import { helpOf } from "./options/help.ts";
import { COMMANDS } from "./options/mod.ts";
import { type Command, optionsOf } from "./options/option.ts";
import { COMPLETIONS } from "./options/others.ts";

const SCRIPTS: { readonly [shell: string]: (commands: readonly Command[]) => string } = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `completions <bash | zsh | fish>` */
// deno-lint-ignore require-await -- a command is asynchronous
export async function completionsCommand(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args, optionsOf(COMPLETIONS));
  if (parsed.has("help")) return console.log(helpOf(COMPLETIONS));
  const [shell, ...rest] = parsed.positional;
  if (shell === undefined || !Object.hasOwn(SCRIPTS, shell)) throw unknownAction(shell, COMPLETIONS);
  if (rest.length > 0) throw new UsageError(`there must be one shell (got ${parsed.positional.join(", ")})`);
  console.log(SCRIPTS[shell](COMMANDS));
}
