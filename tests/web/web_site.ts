import { buildWebFiles } from "../../src/web/build.ts";
import { findChromium, Page } from "../eval/chromium.ts";

/** Options of tests that need Chromium: they are skipped where it is missing, except in CI. */
export const BROWSER_TEST: { readonly ignore: boolean } = {
  ignore: findChromium() === undefined && Deno.env.get("CI") === undefined,
};

/** The policy of the strictest page that the element supports: no inline style, no other origin, no `eval`. */
export const STRICT_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self'";

/** One page or file of a site. */
export interface SiteFile {
  readonly body: string | Uint8Array | (() => ReadableStream<Uint8Array>);
  /** Content type; HTML for text, otherwise unknown. */
  readonly type?: string;
  /** Content security policy; {@linkcode STRICT_POLICY} by default. */
  readonly policy?: string | undefined;
  /** Other headers. */
  readonly headers?: Record<string, string>;
}

/** A site on this machine, seen with Chromium. */
export interface Site {
  readonly page: Page;
  readonly origin: string;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
}

/** Collects layout shifts of a page, and the events of its images. */
export const OBSERVERS = `
  globalThis.shifts = 0;
  globalThis.seen = [];
  if (PerformanceObserver.supportedEntryTypes.includes("layout-shift")) new PerformanceObserver((list) => { for (const { value } of list.getEntries()) shifts += value; })
    .observe({ type: "layout-shift", buffered: true });
  for (const type of ["preview", "load", "error"]) {
    document.addEventListener(type, (event) => {
      const { target, bytes, code, message } = event;
      if (target.localName === "vaer-img") seen.push({ id: target.id, type, bytes, code, message });
    }, true);
  }
`;

let built: Promise<string> | undefined;

/** The built files, the same for all tests of a process. */
export function webFiles(): Promise<string> {
  built ??= Deno.makeTempDir({ prefix: "vaerans-web-" }).then(async (folder) => {
    await buildWebFiles(folder);
    globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
    return folder;
  });
  return built;
}

/** A server of a site, see {@linkcode withServer}. */
export type Served = Omit<Site, "page">;

/** Serves files beside the built ones, which are at `/vaerans/` with the policy of the page that was asked for last. */
export async function withServer(
  files: { readonly [path: string]: SiteFile },
  work: (served: Served) => Promise<void>,
): Promise<void> {
  const folder = await webFiles(), requests: string[] = [];
  let policy: string | undefined;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    requests.push(pathname);
    const file = files[pathname];
    if (file) {
      if (typeof file.body === "string") policy = file.policy;
      return respond(file);
    }
    if (pathname === "/favicon.ico") return new Response(null, { status: 204 });
    if (!pathname.startsWith("/vaerans/")) return new Response("not here", { status: 404 });
    try {
      const bytes = await Deno.readFile(folder + pathname.slice("/vaerans".length));
      const type = pathname.endsWith(".js") ? "text/javascript" : "application/octet-stream";
      return respond({ body: bytes, type, policy, headers: { "service-worker-allowed": "/" } });
    } catch {
      return new Response("not here", { status: 404 });
    }
  });
  try {
    await work({ origin: `http://127.0.0.1:${server.addr.port}`, requests });
  } finally {
    await server.shutdown();
  }
}

/** Serves files as {@linkcode withServer}, and opens an empty page in Chromium. */
export async function withSite(
  files: { readonly [path: string]: SiteFile },
  work: (site: Site) => Promise<void>,
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<void> {
  const chromium = findChromium();
  if (chromium === undefined) throw new Error("There is no Chromium: apt-get install chromium");
  await withServer(files, async (served) => {
    const profile = await Deno.makeTempDir({ prefix: "vaerans-profile-" });
    try {
      const page = await Page.open(chromium, profile, "about:blank", async (page) => {
        await page.send("Page.addScriptToEvaluateOnNewDocument", { source: OBSERVERS });
        await prepare(page);
      });
      try {
        await work({ page, ...served });
      } finally {
        await page.close();
      }
    } finally {
      await removeProfile(profile);
    }
  });
}

function respond({ body, type, policy = STRICT_POLICY, headers }: SiteFile): Response {
  const usual = typeof body === "string" ? "text/html; charset=utf-8" : "application/octet-stream";
  const content = typeof body === "function" ? body() : body;
  return new Response(content as BodyInit, {
    headers: { "content-type": type ?? usual, "content-security-policy": policy, ...headers },
  });
}

/** A browser's last processes may still write into its profile for a moment after it has ended. */
async function removeProfile(folder: string): Promise<void> {
  for (let tries = 20;; tries--) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (tries === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** A page with the element's script and the given body. */
export function pageWith(body: string, head = ""): string {
  return `<!doctype html><html lang="en"><head><title>Test</title>${head}` +
    `<script type="module" async blocking="render" src="/vaerans/vaer-img.js"></script></head><body>${body}</body></html>`;
}

/** An expression that waits for events of the elements; its value is the list of all events. */
export function eventsUntil(condition: string): string {
  return `new Promise((resolve) => {
    const end = performance.now() + 30000;
    const look = () => (${condition}) || performance.now() > end ? resolve(seen) : setTimeout(look, 20);
    look();
  })`;
}

/** A stream that sends a file in pieces with pauses. */
export function slowly(
  bytes: Uint8Array,
  pieces: number,
  pauseMilliseconds: number,
): () => ReadableStream<Uint8Array> {
  return () => {
    let sent = 0;
    const size = Math.ceil(bytes.length / pieces);
    return new ReadableStream({
      async pull(controller) {
        if (sent > 0) await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
        controller.enqueue(bytes.slice(sent, sent += size));
        if (sent >= bytes.length) controller.close();
      },
    });
  };
}
