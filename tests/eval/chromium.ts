import { Browser, firstProgram, wait } from "../browser.ts";

/** Where Debian and others put Chromium; the first that is there is used. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser's program, or `undefined` when this machine has none. */
export function findChromium(): string | undefined {
  return firstProgram(PLACES);
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

/** A page in a headless Chromium, driven over the DevTools protocol. */
export class Page {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Opens an address in a browser of its own, with flags beside the usual ones; `prepare` is called before the page loads. */
  static open(
    program: string,
    profile: string,
    url: string,
    prepare: (page: Page) => Promise<void> = async () => {},
    flags: readonly string[] = [],
  ): Promise<Page> {
    const start = {
      program,
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
      address: () => pageSocket(profile),
      complaints: ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"],
    };
    return Browser.start(start, async (browser) => {
      const page = new Page(browser);
      for (const domain of ["Page", "Runtime", "Log"]) await page.send(`${domain}.enable`);
      await prepare(page);
      await page.go(url);
      return page;
    });
  }

  /** What the page printed or threw. */
  get complaints(): string[] {
    return this.#browser.complaints;
  }

  /** Goes to an address and waits until the page has loaded. */
  async go(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
    while (await this.evaluate("document.readyState") !== "complete") await wait();
  }

  /** Sends a command of the protocol. */
  async send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return await this.#browser.send(method, params);
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
    await this.#browser.close();
  }
}

/** The browser writes its port to a file in its profile, and lists its pages there. */
async function pageSocket(profile: string): Promise<string | undefined> {
  const text = await Deno.readTextFile(`${profile}/DevToolsActivePort`).catch(() => "");
  if (!text.includes("\n")) return undefined;
  const targets: { type: string; webSocketDebuggerUrl: string }[] =
    await (await fetch(`http://127.0.0.1:${text.split("\n")[0]}/json/list`)).json();
  return targets.find(({ type }) => type === "page")?.webSocketDebuggerUrl;
}
