/** A way to a server through which nothing comes while it is cut; nobody is told, as when a cable is pulled. */
export class CutWire {
  readonly #listener: Deno.Listener;
  readonly #connections: Deno.Conn[] = [];
  #mended: Promise<void> = Promise.resolve();
  #mend = () => {};

  /** @param port Of the server, on this machine. */
  constructor(port: number) {
    this.#listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    this.#accept(port);
  }

  /** Where to connect. */
  get url(): string {
    return `nats://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  /** Lets nothing through, in either direction. */
  cut(): void {
    this.#mended = new Promise((resolve) => this.#mend = resolve);
  }

  /** Lets everything through again, and first what was held up. */
  mend(): void {
    this.#mend();
  }

  /** Ends all connections. */
  close(): void {
    this.mend();
    this.#listener.close();
    for (const connection of this.#connections) closed(connection);
  }

  async #accept(port: number): Promise<void> {
    for await (const client of this.#listener) {
      const server = await Deno.connect({ port, hostname: "127.0.0.1" }).catch(() => undefined);
      if (!server) {
        closed(client);
        continue;
      }
      this.#connections.push(client, server);
      this.#carry(client, server);
      this.#carry(server, client);
    }
  }

  async #carry(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(2 ** 16);
    try {
      for (let length; (length = await from.read(buffer)) !== null;) {
        await this.#mended;
        for (let sent = 0; sent < length;) sent += await to.write(buffer.subarray(sent, length));
      }
    } catch {
      // Either side has gone; so does the other.
    }
    closed(from);
    closed(to);
  }
}

function closed(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was already.
  }
}
