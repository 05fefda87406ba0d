/** The service of `examples/deploy.ts` in a process of its own. */
export interface ExampleServer {
  /** Where it listens. */
  readonly address: string;
  /** Largest resident memory so far, in MiB. */
  peakMebibytes(): Promise<number>;
  /** Processor's time so far, in milliseconds. */
  cpuMilliseconds(): Promise<number>;
}

/** Clock ticks of `/proc` in a second. */
const TICKS_PER_SECOND = 100;

/**
 * Runs the service while `work` runs. Linux only: memory and time come from `/proc`.
 *
 * @param work What to do with it.
 */
export async function withExampleServer(work: (server: ExampleServer) => Promise<void>): Promise<void> {
  const server = new Deno.Command(Deno.execPath(), {
    args: ["serve", "--no-prompt", "-R", "--host=127.0.0.1", "--port=0", "examples/deploy.ts"],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const stderr = server.stderr.pipeThrough(new TextDecoderStream()).getReader();
  // Deno itself may read /proc only with all permissions.
  const proc = async (name: string) => {
    const { stdout } = await new Deno.Command("cat", { args: [`/proc/${server.pid}/${name}`] }).output();
    return new TextDecoder().decode(stdout);
  };
  try {
    let text = "", address: string | undefined;
    while (address === undefined) {
      const { value, done } = await stderr.read();
      if (done) throw new Error(`The server did not start: ${text}`);
      text += value;
      address = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    }
    await work({
      address,
      peakMebibytes: async () => Number(/VmHWM:\s+(\d+) kB/.exec(await proc("status"))?.[1]) / 1024,
      cpuMilliseconds: async () => {
        // User's and system's ticks are the 12th and 13th fields after the name in parentheses.
        const fields = (await proc("stat")).replace(/^.*\) /s, "").split(" ");
        return (Number(fields[11]) + Number(fields[12])) * 1000 / TICKS_PER_SECOND;
      },
    });
  } finally {
    await stderr.cancel();
    server.kill();
    await server.status;
  }
}
