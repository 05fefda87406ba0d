import { UsageError } from "./fail.ts";
import { nearMatches, proposal } from "./near_matches.ts";
import { choicesText, type Command } from "./options/option.ts";

/** The error of a command whose first argument is none of its actions, or missing. */
export function unknownAction(
  action: string | undefined,
  { actions = [] }: Pick<Command, "actions">,
): UsageError {
  const names = actions.map(({ name }) => name);
  return new UsageError(
    `the action must be ${choicesText(names)} (got ${action ?? "none"})`,
    action === undefined ? undefined : proposal(nearMatches(action, names)),
  );
}
