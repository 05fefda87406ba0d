const MAIN = new URL("../../src/cli/main.ts", import.meta.url).href;

/** What a run of the command line gave. */
export interface CliRun {
  readonly code: number;
  readonly bytes: Uint8Array;
  readonly out: string;
  readonly err: string;
}

/** Options of {@linkcode runCli}. */
export interface CliOptions {
  /** For standard input. */
  readonly stdin?: Uint8Array;
  /** Flags of `deno run`; what the tasks have by default. */
  readonly permissions?: readonly string[];
  /** Environment, beside the process's own. */
  readonly env?: Record<string, string>;
  /** Where it runs. */
  readonly cwd?: string;
}

/** A command that runs the command line. */
export function cliCommand(args: readonly string[], options: CliOptions = {}): Deno.Command {
  const { permissions = ["-R", "-W"], env = {}, cwd } = options;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...permissions, MAIN, ...args],
    stdin: options.stdin ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    env,
    ...(cwd !== undefined && { cwd }),
  });
}

/** Runs the command line in a process of its own. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const child = cliCommand(args, options).spawn();
  if (options.stdin) {
    const writer = child.stdin.getWriter();
    await writer.write(options.stdin);
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, bytes: stdout, out: text(stdout), err: text(stderr) };
}
