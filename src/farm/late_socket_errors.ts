import { NodeTransport } from "./nats.ts";

/** A socket of `node:net` or `node:tls`, as far as it matters here. */
interface EmittingSocket {
  on(event: "error", listener: () => void): unknown;
  removeAllListeners(...event: string[]): unknown;
}

/** Methods of the transport that give a socket. */
const CONNECTING = ["dial", "tlsFirst", "startTLS"] as const;

type Connecting = { [K in typeof CONNECTING[number]]: (...args: unknown[]) => Promise<EmittingSocket> };

let isGuarding = false;

/**
 * Keeps a listener for errors on each socket that the NATS client opens from now on. The client lets go of sockets by
 * removing all listeners; a "read ECONNRESET" that comes later, as after refused credentials, would otherwise end the
 * process as an uncaught error. Other sockets and errors of the process are left alone.
 */
export function outliveLateSocketErrors(): void {
  if (isGuarding) return;
  isGuarding = true;
  const transport = NodeTransport.prototype as unknown as Connecting;
  for (const method of CONNECTING) {
    const connect = transport[method];
    transport[method] = async function (...args) {
      const socket = await connect.apply(this, args);
      keepErrorListener(socket);
      return socket;
    };
  }
}

function keepErrorListener(socket: EmittingSocket): void {
  const ignore = () => {};
  const removeAllListeners = socket.removeAllListeners.bind(socket);
  socket.removeAllListeners = (...event) => {
    const result = removeAllListeners(...event);
    socket.on("error", ignore);
    return result;
  };
  socket.on("error", ignore);
}
