/** A command's answer, or an event. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: { readonly [name: string]: unknown };
  /** Of a command that failed. */
  readonly error?: unknown;
}

const ATTEMPTS = 600, WAIT_MILLISECONDS = 100;

/** The first program that is there, or `undefined`. */
export function firstProgram(places: readonly string[]): string | undefined {
  return places.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** How a browser is started. */
export interface BrowserStart {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  /** Address of the socket that takes commands; `undefined` while it is not known yet. */
  address(): Promise<string | undefined>;
  /** Events that tell what a page printed or threw. */
  readonly complaints: readonly string[];
}

/** A browser without a window, driven by commands over a socket: Chromium's DevTools protocol, or WebDriver BiDi. */
export class Browser {
  /** What the page printed or threw. */
  readonly complaints: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #lastId = 0;

  private constructor(child: Deno.ChildProcess, socket: WebSocket, complaints: readonly string[]) {
    this.#child = child;
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const message: Message = JSON.parse(data);
      if (message.id !== undefined) {
        this.#waiting.get(message.id)?.(message);
        this.#waiting.delete(message.id);
      } else if (complaints.includes(message.method!)) {
        this.complaints.push(JSON.stringify(message.params).slice(0, 500));
      }
    };
  }

  /** Starts a browser; `prepare` gets it, and what that throws ends it. */
  static async start<T>(
    { program, args, env, address, complaints }: BrowserStart,
    prepare: (browser: Browser) => Promise<T>,
  ): Promise<T> {
    const child = new Deno.Command(program, {
      args: [...args],
      ...env && { env },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      return await prepare(new Browser(child, await connected(address), complaints));
    } catch (error) {
      child.kill("SIGKILL");
      await child.status;
      throw error;
    }
  }

  /** Sends a command of the protocol; gives its result. */
  async send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const message = await answer;
    if (!message.result) throw new Error(`${method}: ${JSON.stringify(message)}`);
    return message.result;
  }

  /** Ends the browser. */
  async close(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await closed;
    this.#child.kill(signal);
    await this.#child.status;
  }
}

/** Waits some time that a browser needs for its next step. */
export function wait(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS));
}

/** A browser listens some seconds after its start. */
async function connected(address: () => Promise<string | undefined>): Promise<WebSocket> {
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    const url = await address();
    const socket = url === undefined ? undefined : await open(url);
    if (socket) return socket;
    await wait();
  }
  throw new Error("Cannot talk to the browser: it did not start");
}

async function open(url: string): Promise<WebSocket | undefined> {
  const socket = new WebSocket(url);
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.onopen = () => resolve(true);
    socket.onerror = () => resolve(false);
  });
  return isOpen ? socket : undefined;
}
