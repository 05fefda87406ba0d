/** How a program in a process of its own ran. */
export interface MeasuredRun {
  /** What it printed, without white space around it. */
  readonly output: string;
  /** Its exit code. */
  readonly code: number;
  /** Largest resident memory in MiB; 0 outside Linux. */
  readonly peakMebibytes: number;
}

/**
 * Runs a program of TypeScript in a process of its own, so that its memory can be measured.
 *
 * @param program The program; it resolves the names of this repository's `deno.json`.
 * @returns How it ran.
 */
export async function measuredRun(program: string): Promise<MeasuredRun> {
  const config = new URL("../deno.json", import.meta.url).pathname;
  const report = `
    addEventListener("unload", () => {
      if (Deno.build.os !== "linux") return;
      const status = Deno.readTextFileSync("/proc/self/status");
      console.log("VmHWM", /VmHWM:\\s+(\\d+) kB/.exec(status)[1]);
    });`;
  const child = new Deno.Command(Deno.execPath(), {
    // Deno lets programs read /proc with all permissions only.
    args: ["run", "--no-prompt", "--quiet", "--no-check", `--config=${config}`, "-A", "--ext=ts", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program + report));
  await writer.close();
  const { stdout, code } = await child.output();
  const text = new TextDecoder().decode(stdout);
  const peak = /VmHWM (\d+)/.exec(text);
  return {
    output: text.replace(/VmHWM \d+/, "").trim(),
    code,
    peakMebibytes: peak ? Number(peak[1]) / 1024 : 0,
  };
}
