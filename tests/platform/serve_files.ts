import type { SelfSigned } from "./self_signed.ts";

/** Serves the files of folders, each under a path of its own, on a free port of this machine; with a certificate, by TLS. */
export function serveFiles(
  folders: { readonly [path: string]: URL },
  handler: (request: Request) => Response | undefined | Promise<Response | undefined>,
  certificate?: SelfSigned,
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {}, ...certificate }, async (request) => {
    const { pathname } = new URL(request.url);
    const own = await handler(request);
    if (own) return own;
    const path = Object.keys(folders).find((path) => pathname.startsWith(path));
    if (path === undefined) return new Response("not here", { status: 404 });
    try {
      const bytes = await Deno.readFile(new URL(pathname.slice(path.length), folders[path]));
      return new Response(bytes, { headers: { "content-type": typeOf(pathname) } });
    } catch {
      return new Response("not here", { status: 404 });
    }
  });
}

function typeOf(path: string): string {
  if (path.endsWith(".ts")) return "application/typescript";
  if (path.endsWith(".js")) return "text/javascript";
  if (path.endsWith(".wasm")) return "application/wasm";
  return "application/octet-stream";
}
