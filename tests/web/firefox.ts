/** Where Debian puts Firefox. */
const PLACES = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];
const ATTEMPTS = 600, WAIT_MILLISECONDS = 100;

/** The browser's program, or `undefined` if this machine has none. */
export function findFirefox(): string | undefined {
  return PLACES.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: { readonly [name: string]: unknown };
  readonly message?: string;
}

/** A page in a headless Firefox, driven by WebDriver BiDi. */
export class FirefoxPage {
  /** What the page printed or threw. */
  readonly complaints: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #lastId = 0;
  #context = "";

  private constructor(child: Deno.ChildProcess, socket: WebSocket) {
    this.#child = child;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
  }

  /**
   * Opens a browser of its own, with an empty page.
   *
   * @param program Firefox.
   * @param profile An empty folder.
   * @param script JavaScript that runs in each page before its own.
   */
  static async open(program: string, profile: string, script: string): Promise<FirefoxPage> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }), { port } = listener.addr;
    listener.close();
    const child = new Deno.Command(program, {
      args: ["--headless", "--no-remote", "--profile", profile, `--remote-debugging-port=${port}`],
      env: { HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const page = new FirefoxPage(child, await connect(port));
      await page.send("session.new", { capabilities: {} });
      await page.send("session.subscribe", { events: ["log.entryAdded"] });
      await page.send("script.addPreloadScript", { functionDeclaration: `() => {${script}}` });
      const { contexts } = await page.send("browsingContext.getTree", {}) as {
        contexts: readonly { readonly context: string }[];
      };
      page.#context = contexts[0].context;
      return page;
    } catch (error) {
      child.kill("SIGKILL");
      await child.status;
      throw error;
    }
  }

  /** Goes to an address and waits until the page has loaded. */
  async go(url: string): Promise<void> {
    await this.send("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }

  /** Evaluates an expression in the page; its value, as JSON carries it. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.send("script.evaluate", {
      expression: `(async () => JSON.stringify(await (${expression})))()`,
      target: { context: this.#context },
      awaitPromise: true,
    }) as {
      readonly result?: { readonly value?: string };
      readonly exceptionDetails?: { readonly text: string };
    };
    if (answer.exceptionDetails) throw new Error(`${expression}: ${answer.exceptionDetails.text}`);
    return answer.result?.value === undefined ? undefined : JSON.parse(answer.result.value);
  }

  /** Sends a command of the protocol. */
  async send(method: string, params: object): Promise<{ readonly [name: string]: unknown }> {
    const id = ++this.#lastId;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, message } = await answer;
    if (!result) throw new Error(`${method}: ${message}`);
    return result;
  }

  /** Ends the browser. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await closed;
    this.#child.kill();
    await this.#child.status;
  }

  #receive(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    } else if (message.method === "log.entryAdded") {
      this.complaints.push(JSON.stringify(message.params).slice(0, 500));
    }
  }
}

/** The browser listens some seconds after its start. */
async function connect(port: number): Promise<WebSocket> {
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/session`);
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    });
    if (isOpen) return socket;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS));
  }
  throw new Error("Cannot talk to Firefox: it did not start");
}
