import { createAccount, createOperator, createUser, type KeyPair } from "@nats-io/nkeys";

/** What a server of an operator is told, and what a user of it holds. */
export interface OperatorSetup {
  /** Of the server's configuration. */
  readonly config: string;
  /** Content of a `.creds` file. */
  readonly creds: string;
}

const UNLIMITED = -1;

/** An operator with a system account and one of users with JetStream, and a user's credentials; all made up. */
export function makeOperator(): OperatorSetup {
  const [operator, system, account, user] = [
    createOperator(),
    createAccount(),
    createAccount(),
    createUser(),
  ];
  const counted = { subs: UNLIMITED, data: UNLIMITED, payload: UNLIMITED };
  const kept = {
    mem_storage: UNLIMITED,
    disk_storage: UNLIMITED,
    streams: UNLIMITED,
    consumer: UNLIMITED,
  };
  const exchanged = {
    imports: UNLIMITED,
    exports: UNLIMITED,
    wildcards: true,
    conn: UNLIMITED,
    leaf: UNLIMITED,
  };
  const operatorToken = signed(operator, operator, "operator", { system_account: system.getPublicKey() });
  const systemToken = signed(operator, system, "account", { limits: { ...counted, ...exchanged } });
  const accountToken = signed(operator, account, "account", {
    limits: { ...counted, ...exchanged, ...kept },
  });
  const userToken = signed(account, user, "user", counted);
  return {
    config: `operator: ${operatorToken}
system_account: ${system.getPublicKey()}
resolver: MEMORY
resolver_preload: {
  ${system.getPublicKey()}: ${systemToken}
  ${account.getPublicKey()}: ${accountToken}
}`,
    creds: `-----BEGIN NATS USER JWT-----
${userToken}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${new TextDecoder().decode(user.getSeed())}
------END USER NKEY SEED------
`,
  };
}

/** A claim about `subject`, as NATS has them: a JSON web token signed by Ed25519. */
function signed(issuer: KeyPair, subject: KeyPair, type: string, claims: Record<string, unknown>): string {
  const header = { typ: "JWT", alg: "ed25519-nkey" };
  const body = {
    jti: crypto.randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: type,
    nats: { type, version: 2, ...claims },
  };
  const text = [header, body].map((part) => base64Url(new TextEncoder().encode(JSON.stringify(part)))).join(
    ".",
  );
  return `${text}.${base64Url(issuer.sign(new TextEncoder().encode(text)))}`;
}

function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
