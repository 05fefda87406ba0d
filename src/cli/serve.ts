import { Deno } from "../host/deno_api.ts";
import { createHandler } from "../web/service.ts";
import { ensurePlayground } from "./playground.ts";
import { parseArguments } from "./arguments.ts";
import { UsageError } from "./fail.ts";
import { requireDeno } from "./require_deno.ts";
import { helpOf } from "./options/help.ts";
import { optionsOf } from "./options/option.ts";
import { SERVE } from "./options/web.ts";

/** `serve [--host NAME] [--port N]` */
export async function serveCommand(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args, optionsOf(SERVE));
  if (parsed.has("help")) return console.log(helpOf(SERVE));
  requireDeno("serve");
  if (parsed.positional.length > 0) {
    throw new UsageError(
      `there must be no files (got ${parsed.positional[0]})`,
      "Send them to the service with POST.",
    );
  }
  // The service works without the playground, whose build takes more permissions.
  await ensurePlayground().catch(({ message }) =>
    console.error(`vaerans: no playground at /playground/: ${message}`)
  );
  const server = Deno.serve({
    hostname: parsed.value("host") ?? "127.0.0.1",
    port: parsed.number("port") ?? 8000,
    onListen: ({ hostname, port }) => console.log(`http://${hostname}:${port}/`),
  }, createHandler());
  await server.finished;
}
