/** Where Debian and others put Chromium; the first that is there is used. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser's program, or `undefined` when this machine has none. */
export function findChromium(): string | undefined {
  return PLACES.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** How a page is looked at. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly mobile?: boolean;
  readonly scheme?: "light" | "dark";
  readonly media?: "screen" | "print";
  /** Screen pixels per CSS pixel; 1 by default. */
  readonly density?: number;
  /** Whether the user prefers reduced motion. */
  readonly isStill?: boolean;
}

interface Message {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

const ATTEMPTS = 200, WAIT_MILLISECONDS = 100;

/** A page in a headless Chromium, driven over the DevTools protocol. */
export class Page {
  /** What the page printed or threw. */
  readonly complaints: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #lastId = 0;

  private constructor(child: Deno.ChildProcess, socket: WebSocket) {
    this.#child = child;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
  }

  /** Opens an address in a browser of its own, with flags beside the usual ones; `prepare` is called before the page loads. */
  static async open(
    program: string,
    profile: string,
    url: string,
    prepare: (page: Page) => Promise<void> = async () => {},
    flags: readonly string[] = [],
  ): Promise<Page> {
    const child = new Deno.Command(program, {
      args: [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-quic",
        "--disable-sync",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        ...flags,
        "about:blank",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const port = await portOf(profile);
      const targets: { type: string; webSocketDebuggerUrl: string }[] =
        await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
      const socket = new WebSocket(targets.find(({ type }) => type === "page")!.webSocketDebuggerUrl);
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = () => reject(new Error("Cannot talk to the browser"));
      });
      const page = new Page(child, socket);
      for (const domain of ["Page", "Runtime", "Log"]) await page.send(`${domain}.enable`);
      await prepare(page);
      await page.go(url);
      return page;
    } catch (error) {
      child.kill("SIGKILL");
      await child.status;
      throw error;
    }
  }

  /** Goes to an address and waits until the page has loaded. */
  async go(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
    while (await this.evaluate("document.readyState") !== "complete") await wait();
  }

  /** Sends a command of the protocol. */
  async send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result!;
  }

  /** Evaluates an expression in the page; the value as JSON carries it. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    }) as { result: { value: unknown }; exceptionDetails?: { text: string } };
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.text}`);
    return result.value;
  }

  /** Looks at the page differently. */
  async look(
    { width, height, mobile = false, scheme = "light", media = "screen", density = 1, isStill = false }:
      Viewport,
  ): Promise<void> {
    await this.send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      mobile,
      deviceScaleFactor: density,
    });
    await this.send("Emulation.setEmulatedMedia", {
      media,
      features: [
        { name: "prefers-color-scheme", value: scheme },
        { name: "prefers-reduced-motion", value: isStill ? "reduce" : "no-preference" },
      ],
    });
  }

  /** A PNG of the page, from the top; all of it if asked for. */
  async screenshot(whole = false): Promise<Uint8Array> {
    const { data } = await this.send("Page.captureScreenshot", {
      format: "png",
      captureBeyondViewport: whole,
    });
    return Uint8Array.from(atob(data as string), (character) => character.charCodeAt(0));
  }

  /** Ends the browser. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await closed;
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }

  #receive(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    } else if (
      ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"].includes(message.method!)
    ) {
      this.complaints.push(JSON.stringify(message.params).slice(0, 500));
    }
  }
}

/** The browser writes its port to a file in its profile. */
async function portOf(profile: string): Promise<number> {
  for (let i = 0; i < ATTEMPTS; i++) {
    const text = await Deno.readTextFile(`${profile}/DevToolsActivePort`).catch(() => "");
    if (text.includes("\n")) return Number(text.split("\n")[0]);
    await wait();
  }
  throw new Error("Cannot find the browser's port: it did not start");
}

function wait(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS));
}
