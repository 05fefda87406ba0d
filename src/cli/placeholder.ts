import { about } from "../batch/file_error.ts";
import { placeholder } from "../codec/placeholder.ts";
import { onlyInput, parseArguments } from "./arguments.ts";
import { namedInput, readInput } from "./files.ts";
import { helpOf } from "./options/help.ts";
import { optionsOf } from "./options/option.ts";
import { PLACEHOLDER } from "./options/others.ts";

/** `placeholder <in> [--json]` */
export async function placeholderCommand(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args, optionsOf(PLACEHOLDER));
  if (parsed.has("help")) return console.log(helpOf(PLACEHOLDER));
  const input = namedInput(onlyInput(parsed)), bytes = await readInput(input);
  const text = await about(input, () => placeholder(bytes));
  console.log(parsed.has("json") ? JSON.stringify({ input, placeholder: text }) : text);
}
