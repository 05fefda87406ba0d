/** Source text for such programs: `measure(work)` gives the processor's time and the growth of the peak memory. */
export const MEASURE = `
  import { cpuUsage } from "node:process";
  const peak = () => Number(/VmHWM:\\s+(\\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"))[1]) / 1024;
  // Not the clock's time: other processes take their share of the machine.
  async function measure(work) {
    const before = peak(), began = cpuUsage();
    let outcome = "ok";
    try { await work(); } catch (error) { outcome = error.code ?? String(error); }
    const { user, system } = cpuUsage(began);
    return { outcome, milliseconds: (user + system) / 1000, mebibytes: peak() - before };
  }`;

/**
 * Runs a program of TypeScript in a process of its own, so that its memory can be measured.
 *
 * @param program The program; it resolves the names of this repository's `deno.json`.
 * @returns What it printed, without white space around it.
 */
export async function measuredRun(program: string): Promise<string> {
  const config = new URL("../deno.json", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    // Deno lets programs read /proc with all permissions only.
    args: ["run", "--no-prompt", "--quiet", "--no-check", `--config=${config}`, "-A", "--ext=ts", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const { stdout, code } = await child.output();
  if (code !== 0) throw new Error(`the program ended with code ${code}`);
  return new TextDecoder().decode(stdout).trim();
}
