/** NATS: the connection, JetStream and its object store. */
export * from "npm:@nats-io/jetstream@3.4.0";
export { Objm } from "npm:@nats-io/obj@3.4.0";
export {
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  type NodeConnectionOptions,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "npm:@nats-io/transport-node@3.4.0";
/** The class of the connection's transports, which the package does not export by its main module. */
export { NodeTransport } from "npm:@nats-io/transport-node@3.4.0/lib/node_transport.js";
