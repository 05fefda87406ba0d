import { InvalidValueError } from "../core/mod.ts";

/**
 * Makes a file in several ways and keeps the one of most merit, the earlier of equals. Ways that cannot reach the target
 * drop out; a way without rivals left is not judged. Throws what the last of them threw if none reaches it.
 *
 * @param ways Each makes a whole file; run one after the other.
 * @param meritOf Higher is better.
 */
export async function bestOf<File>(
  ways: readonly (() => Promise<File>)[],
  meritOf: (file: File) => number | Promise<number>,
): Promise<File> {
  const files: File[] = [];
  let failure: unknown;
  for (const way of ways) {
    const outcome = await outcomeOf(way);
    if ("file" in outcome) files.push(outcome.file);
    else failure = outcome.failure;
  }
  if (files.length === 0) throw failure;
  let best = files[0];
  if (files.length === 1) return best;
  let most = await meritOf(best);
  for (const file of files.slice(1)) {
    const merit = await meritOf(file);
    if (merit > most) [best, most] = [file, merit];
  }
  return best;
}

/** The file of the first way that reaches its target. Throws what the last of them threw if none does. */
export async function firstInReach<File>(ways: readonly (() => Promise<File>)[]): Promise<File> {
  let failure: unknown;
  for (const way of ways) {
    const outcome = await outcomeOf(way);
    if ("file" in outcome) return outcome.file;
    failure = outcome.failure;
  }
  throw failure;
}

/** The file, or the error that says its target is out of reach; other errors are thrown. */
async function outcomeOf<File>(
  way: () => Promise<File>,
): Promise<{ readonly file: File } | { readonly failure: unknown }> {
  try {
    return { file: await way() };
  } catch (failure) {
    if (!isUnreachable(failure)) throw failure;
    return { failure };
  }
}

/** Whether an error says that a target is out of a model's reach. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof InvalidValueError && error.code.endsWith("-unreachable");
}
