import { Browser, firstProgram } from "../browser.ts";

/** Where Debian puts Firefox. */
const PLACES = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];

/** The browser's program, or `undefined` if this machine has none. */
export function findFirefox(): string | undefined {
  return firstProgram(PLACES);
}

/** A page in a headless Firefox, driven by WebDriver BiDi. */
export class FirefoxPage {
  readonly #browser: Browser;
  readonly #context: string;

  private constructor(browser: Browser, context: string) {
    this.#browser = browser;
    this.#context = context;
  }

  /**
   * Opens a browser of its own, with an empty page.
   *
   * @param program Firefox.
   * @param profile An empty folder.
   * @param script JavaScript that runs in each page before its own.
   */
  static open(program: string, profile: string, script: string): Promise<FirefoxPage> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }), { port } = listener.addr;
    listener.close();
    const start = {
      program,
      args: ["--headless", "--no-remote", "--profile", profile, `--remote-debugging-port=${port}`],
      env: { HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: "1" },
      address: () => Promise.resolve(`ws://127.0.0.1:${port}/session`),
      complaints: ["log.entryAdded"],
    };
    return Browser.start(start, async (browser) => {
      await browser.send("session.new", { capabilities: {} });
      await browser.send("session.subscribe", { events: ["log.entryAdded"] });
      await browser.send("script.addPreloadScript", { functionDeclaration: `() => {${script}}` });
      const { contexts } = await browser.send("browsingContext.getTree") as {
        contexts: readonly { readonly context: string }[];
      };
      return new FirefoxPage(browser, contexts[0].context);
    });
  }

  /** What the page printed or threw. */
  get complaints(): string[] {
    return this.#browser.complaints;
  }

  /** Goes to an address and waits until the page has loaded. */
  async go(url: string): Promise<void> {
    await this.#browser.send("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }

  /** Evaluates an expression in the page; its value, as JSON carries it. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.#browser.send("script.evaluate", {
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

  /** Ends the browser. */
  async close(): Promise<void> {
    await this.#browser.close("SIGTERM"); // so that it ends its own processes
  }
}
