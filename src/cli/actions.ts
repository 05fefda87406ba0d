import { UsageError } from "./fail.ts";
import { nearMatches, proposal } from "./near_matches.ts";
import type { Command } from "./options/option.ts";

/** The error of a command whose first argument is none of its actions, or missing. */
export function unknownAction(
  action: string | undefined,
  { actions = [] }: Pick<Command, "actions">,
): UsageError {
  const names = actions.map(({ name }) => name), list = `: the actions are ${names.join(", ")}`;
  return new UsageError(
    action === undefined
      ? `No action given${list}`
      : `Unknown action ${action}${proposal(nearMatches(action, names)) || list}`,
  );
}
