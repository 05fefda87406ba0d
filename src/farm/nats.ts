/** NATS: the connection, JetStream and its object store. */
export * from "@nats-io/jetstream";
export { Objm } from "@nats-io/obj";
export {
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  type NodeConnectionOptions,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "@nats-io/transport-node";
/** The class of the connection's transports, which the package does not export by its main module. */
export { NodeTransport } from "@nats-io/transport-node/lib/node_transport.js";
