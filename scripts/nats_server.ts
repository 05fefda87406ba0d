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

/** A free port of this machine, for whoever comes first. */
export function freePort(): number {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** A NATS server with JetStream on loopback, that can be killed and started again with its data kept. */
export class NatsServer {
  /** Where it listens. */
  readonly port: number = freePort();
  readonly #program: string;
  readonly #folder: string;
  readonly #config: string;
  #child: Deno.ChildProcess | undefined;

  /**
   * Chooses a port; nothing runs yet.
   *
   * @param program See {@linkcode findNatsServer}.
   * @param folder For its data; need not be there.
   * @param config What its configuration file is to hold besides, e.g. users.
   */
  constructor(program: string, folder: string, config = "") {
    this.#program = program;
    this.#folder = folder;
    this.#config = config;
  }

  /** Its address. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Of its process, while it runs. */
  get pid(): number {
    if (!this.#child) throw new Error("The NATS server does not run");
    return this.#child.pid;
  }

  /** Starts it and waits until it answers. */
  async start(): Promise<void> {
    await Deno.mkdir(this.#folder, { recursive: true });
    const file = `${this.#folder}/server.conf`;
    await Deno.writeTextFile(
      file,
      `host: 127.0.0.1\nport: ${this.port}\njetstream { store_dir: ${
        JSON.stringify(this.#folder)
      } }\n${this.#config}\n`,
    );
    this.#child = new Deno.Command(this.#program, {
      args: ["-c", file, "-l", `${this.#folder}/server.log`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    for (let i = 0; i < 300; i++) {
      try {
        (await Deno.connect({ port: this.port, hostname: "127.0.0.1" })).close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    throw new Error(`The NATS server does not answer: ${await this.log()}`);
  }

  /** What it has logged. */
  async log(): Promise<string> {
    return await Deno.readTextFile(`${this.#folder}/server.log`).catch(() => "");
  }

  /** Ends it without a chance to tidy up; what it has on disk is kept. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
    this.#child = undefined;
  }
}
