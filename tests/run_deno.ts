import { assertEquals } from "@std/assert";

type Options = Omit<Deno.CommandOptions, "args">;

/** Runs Deno to its end: the words of a command, then arguments that may hold spaces. */
export async function runDeno(command: string, args: readonly string[] = [], options: Options = {}) {
  const all = { ...options, args: [...command.split(" "), ...args] };
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), all).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** What Deno prints; it must end without an error. */
export async function denoOutput(
  command: string,
  args?: readonly string[],
  options?: Options,
): Promise<string> {
  const { code, out, err } = await runDeno(command, args, options);
  assertEquals(code, 0, err);
  return out;
}
