import { Deno } from "../host/deno_api.ts";
import { basename } from "../deps/path.ts";
import { about } from "../batch/file_error.ts";
import { inspectBeginning } from "../codec/inspect.ts";
import { playgroundResponse } from "../web/mod.ts";
import { ensurePlayground } from "./playground.ts";
import { onlyInput, parseArguments } from "./arguments.ts";
import { namedInput, readInput } from "./files.ts";
import { openBrowser } from "./open_browser.ts";
import { requireDeno } from "./require_deno.ts";
import { helpOf } from "./options/help.ts";
import { optionsOf } from "./options/option.ts";
import { VIEW } from "./options/web.ts";

/** `view <in.vaer> [--port N] [--address-only]` */
export async function viewCommand(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args, optionsOf(VIEW));
  if (parsed.has("help")) return console.log(helpOf(VIEW));
  requireDeno("view");
  const input = namedInput(onlyInput(parsed));
  const bytes = await readInput(input);
  await about(input, () => inspectBeginning(bytes)); // what is no .vaer file is refused here
  await ensurePlayground();
  const path = `file/${encodeURIComponent(basename(input))}`;
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: parsed.number("port") ?? 0,
    async onListen({ port }) {
      const url = `http://127.0.0.1:${port}/?file=${encodeURIComponent(path)}`;
      console.log(url);
      if (!parsed.has("address-only") && !await openBrowser(url)) {
        console.error("vaerans: open this address in a browser; Ctrl-C ends the viewer");
      }
    },
  }, (request) => respond(request, path, bytes));
  await server.finished;
}

/** The viewed file, or a file of the viewer. Other names of this machine are refused: they could be those of a web site. */
async function respond(request: Request, path: string, bytes: Uint8Array): Promise<Response> {
  const { hostname, pathname } = new URL(request.url);
  if (hostname !== "127.0.0.1" && hostname !== "localhost") return new Response("forbidden", { status: 403 });
  if (pathname !== `/${path}`) return await playgroundResponse(pathname.slice(1));
  return new Response(bytes as BodyInit, { headers: { "content-type": "image/x-vaer" } });
}
