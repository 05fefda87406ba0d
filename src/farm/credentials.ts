import { Deno } from "../host/deno_api.ts";
import {
  credsAuthenticator,
  nkeyAuthenticator,
  type NodeConnectionOptions,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "./nats.ts";
import type { Arguments } from "../cli/arguments.ts";
import { UsageError } from "../cli/fail.ts";
import type { Option, OptionSection } from "../cli/options/option.ts";

const file = (name: string, help: string): Option => ({
  name,
  value: { kind: "file", valueName: "FILE" },
  help,
});

/** Options of the server's address and of the user's identity. */
export const SERVER_SECTION: OptionSection = {
  title: "Server (no secret is taken from the command line, where others could read it):",
  options: [
    {
      name: "server",
      alias: "s",
      value: { kind: "text", valueName: "URL" },
      help: "nats://HOST:PORT or tls://…",
      usual: "the variable VAERANS_NATS",
    },
    file("creds", "credentials of a user; or"),
    file("nkey", "seed of a key; or"),
    file("token-file", "token; or"),
    {
      name: "user",
      value: { kind: "text", valueName: "NAME" },
      help: "user, with --password-file or the variable NATS_PASSWORD",
    },
    file("password-file", "password of the user"),
    file("tls-ca", "certificates of the authorities to trust"),
    file("tls-cert", "certificate of this client"),
    file("tls-key", "key of that certificate"),
  ],
};

/**
 * Makes what a connection needs. Secrets come from files or the environment.
 *
 * @param parsed Arguments with the options of {@linkcode SERVER_SECTION}.
 * @returns Options of the connection.
 * @throws UsageError When there is no server, or one with a secret in its address.
 */
export async function connectionOptions(parsed: Arguments): Promise<NodeConnectionOptions> {
  const server = parsed.value("server") ?? Deno.env.get("VAERANS_NATS");
  if (!server) {
    throw new UsageError(
      "there must be a server (got none)",
      "Give --server nats://HOST:PORT or set VAERANS_NATS.",
    );
  }
  if (/^\w+:\/\/[^/]*@/.test(server) && parsed.value("server")) {
    throw new UsageError(
      "--server must have no password (got one, which others on this machine can read)",
      "See --help for other ways.",
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
