import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { FarmQueue } from "../../src/farm/queue.ts";
import { runDeno } from "../run_deno.ts";

const OPTIONS = { name: "vaerans", ackWaitSeconds: 30, replicas: 1 };

/** Refuses each client as a server does. */
class RefusingServer implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly url: string = `nats://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;

  constructor() {
    this.#refuseAll();
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }

  async #refuseAll(): Promise<void> {
    const encoder = new TextEncoder();
    for await (const client of this.#listener) {
      const info = { server_id: "x", version: "2.9.0", proto: 1, max_payload: 1e6, auth_required: true };
      await client.write(encoder.encode(`INFO ${JSON.stringify(info)}\r\n`));
      await new Promise((resolve) => setTimeout(resolve, 100));
      // What the client has sent is left unread, which resets the connection.
      await client.write(encoder.encode("-ERR 'Authorization Violation'\r\n"));
      client.close();
    }
  }
}

Deno.test("a socket of a refused connection that fails late does not end the program", async () => {
  using server = new RefusingServer();
  const sockets: Socket[] = [];
  const onSocket = (message: unknown) => void sockets.push((message as { socket: Socket }).socket);
  subscribe("net.client.socket", onSocket);
  try {
    const connection = { servers: server.url, reconnect: false };
    const error = await assertRejects(() => FarmQueue.open(connection, OPTIONS), Error);
    assertMatch(error.message, /authori[sz]ation/i);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assertEquals(sockets.length, 1);
    // Throws where nobody listens any more, which in the socket's own callback would be an uncaught error.
    sockets[0].emit("error", Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
  } finally {
    unsubscribe("net.client.socket", onSocket);
  }
});

Deno.test("another socket's uncaught reset ends a program that has a queue, as any error does", async () => {
  using server = new RefusingServer();
  const folder = await Deno.makeTempDir();
  try {
    const queue = new URL("../../src/farm/queue.ts", import.meta.url).href;
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const connection = { servers: server.url, reconnect: false };
    const sources = {
      thrown: 'setTimeout(() => { throw new Error("read ECONNRESET"); });',
      socket: `const { Socket } = await import("node:net");
        const error = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
        setTimeout(() => new Socket().emit("error", error));`,
    };
    for (const [name, source] of Object.entries(sources)) {
      await Deno.writeTextFile(
        `${folder}/${name}.ts`,
        `import { FarmQueue } from ${JSON.stringify(queue)};
        await FarmQueue.open(${JSON.stringify(connection)}, ${JSON.stringify(OPTIONS)}).catch(() => {});
        ${source}
        setTimeout(() => console.log("went on"), 500);`,
      );
      const permissions = "-R --allow-env --allow-net", args = [config, `${folder}/${name}.ts`];
      const { code, out, err } = await runDeno(`run --quiet --no-prompt ${permissions} --config`, args);
      assertEquals([code, out], [1, ""], name);
      assert(err.includes("ECONNRESET"));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
