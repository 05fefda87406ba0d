/** Gives a command a terminal; part of every Debian. */
const SCRIPT = "/usr/bin/script";
const MAIN = new URL("../../src/cli/main.ts", import.meta.url).pathname;

/** Whether this machine can give a command a terminal. */
export const terminalIsThere: boolean = await Deno.stat(SCRIPT).then(({ isFile }) => isFile, () => false);

/** A command line on a terminal, not started yet; its standard output is what the terminal shows. */
export function terminalCommand(
  args: readonly string[],
  home: string,
  stdin: "null" | "piped" = "null",
  env: Record<string, string> = {},
): Deno.Command {
  const quoted = args.map((arg) => `'${arg}'`).join(" ");
  const command = `exec ${Deno.execPath()} run --quiet --no-prompt -R -W ${MAIN} ${quoted}`;
  return new Deno.Command(SCRIPT, {
    args: ["-qec", command, "/dev/null"],
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", HOME: home, DENO_DIR: denoFolder(), ...env },
    stdin,
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs a command line on a terminal to its end. */
export async function runInTerminal(
  args: readonly string[],
  home: string,
  env: Record<string, string> = {},
): Promise<{ readonly code: number; readonly text: string }> {
  const { code, stdout } = await terminalCommand(args, home, "null", env).output();
  return { code, text: new TextDecoder().decode(stdout) };
}

/** Where this Deno keeps packages: the child must find them without this process's environment. */
function denoFolder(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
