import {
  credsAuthenticator,
  nkeyAuthenticator,
  type NodeConnectionOptions,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "../deps/nats.ts";
import type { Arguments } from "../cli/arguments.ts";
import { UsageError } from "../cli/fail.ts";

/** Options that say where the server is and who asks, for `parseArguments`. */
export const SERVER_VALUES = {
  server: "s",
  user: undefined,
  "password-file": undefined,
  "token-file": undefined,
  creds: undefined,
  nkey: undefined,
  "tls-ca": undefined,
  "tls-cert": undefined,
  "tls-key": undefined,
} as const;

/** What `--help` says of them. */
export const SERVER_HELP =
  `Server (nothing secret is taken from the command line, where others could read it):
  -s, --server URL       nats://HOST:PORT or tls://…; the variable VAERANS_NATS by default
      --creds FILE       credentials of a user; or
      --nkey FILE        seed of a key; or
      --token-file FILE  token; or
      --user NAME        with --password-file FILE, or the variable NATS_PASSWORD
      --tls-ca FILE      whom to trust; --tls-cert FILE and --tls-key FILE: who we are`;

/**
 * Makes what a connection needs. Secrets come from files or the environment.
 *
 * @param parsed Arguments with {@linkcode SERVER_VALUES}.
 * @returns Options of the connection.
 * @throws UsageError When there is no server, or one with a secret in its address.
 */
export async function connectionOptions(parsed: Arguments): Promise<NodeConnectionOptions> {
  const server = parsed.value("server") ?? Deno.env.get("VAERANS_NATS");
  if (!server) throw new UsageError("No server given; say --server nats://HOST:PORT or set VAERANS_NATS");
  if (/^\w+:\/\/[^/]*@/.test(server) && parsed.value("server")) {
    throw new UsageError(
      "An address with a password in it can be read by others here; see --help for other ways",
    );
  }
  const secret = async (option: string) => {
    const path = parsed.value(option);
    return path === undefined ? undefined : (await Deno.readTextFile(path)).trim();
  };
  const encoder = new TextEncoder();
  const [creds, nkey, token] = [await secret("creds"), await secret("nkey"), await secret("token-file")];
  const user = parsed.value("user");
  const authenticator = creds !== undefined
    ? credsAuthenticator(encoder.encode(`${creds}\n`)) // it does not find the end of a last line that is not ended
    : nkey !== undefined
    ? nkeyAuthenticator(encoder.encode(nkey))
    : token !== undefined
    ? tokenAuthenticator(token)
    : user !== undefined
    ? usernamePasswordAuthenticator(
      user,
      await secret("password-file") ?? Deno.env.get("NATS_PASSWORD") ?? "",
    )
    : undefined;
  const [caFile, certFile, keyFile] = ["tls-ca", "tls-cert", "tls-key"].map((name) => parsed.value(name));
  // An address of tls:// means it: without this a server that offers no TLS would be told the password in the clear.
  const wantsTls = server.startsWith("tls://") || caFile || certFile || keyFile;
  const tls = { ...(caFile && { caFile }), ...(certFile && { certFile }), ...(keyFile && { keyFile }) };
  return {
    servers: server,
    ...(authenticator && { authenticator }),
    ...(wantsTls && { tls }),
  };
}
