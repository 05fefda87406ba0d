const PLACES = ["/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server"];

/** The server's program, or `undefined` when this machine has none. */
export function findNatsServer(): string | undefined {
  return PLACES.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** A NATS server with JetStream on loopback, that can be killed and started again with its data kept. */
export class NatsServer {
  readonly #program: string;
  readonly #folder: string;
  readonly #port: number;
  #child: Deno.ChildProcess | undefined;

  /** Chooses a free port; nothing runs yet. */
  constructor(program: string, folder: string) {
    this.#program = program;
    this.#folder = folder;
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    this.#port = listener.addr.port;
    listener.close();
  }

  /** Its address. */
  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Starts it and waits until it answers. */
  async start(): Promise<void> {
    this.#child = new Deno.Command(this.#program, {
      args: ["-js", "-sd", this.#folder, "-p", String(this.#port), "-a", "127.0.0.1"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    for (let i = 0; i < 300; i++) {
      try {
        (await Deno.connect({ port: this.#port, hostname: "127.0.0.1" })).close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    throw new Error("The NATS server does not answer");
  }

  /** Ends it without a chance to tidy up; what it has on disk is kept. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
    this.#child = undefined;
  }
}
