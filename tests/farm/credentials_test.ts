import { createUser } from "@nats-io/nkeys";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { parseArguments } from "../../src/cli/arguments.ts";
import { connectionOptions, SERVER_SECTION } from "../../src/farm/credentials.ts";
import { FarmQueue, type FarmStatus } from "../../src/farm/queue.ts";
import { certificateFiles } from "./certificate_files.ts";
import { FARM_MAIN, farmAt, farmTest, textOf, until, withServerIn } from "./farm_cli.ts";
import { makeOperator } from "./operator.ts";
import { runDeno } from "../run_deno.ts";

/** Connects as the commands do, and asks for the status. */
async function statusSeen(url: string, ...args: string[]): Promise<FarmStatus> {
  const parsed = parseArguments(["-s", url, ...args], SERVER_SECTION.options);
  const options = { name: "vaerans", ackWaitSeconds: 30, replicas: 1 };
  const queue = await FarmQueue.open({ ...await connectionOptions(parsed), reconnect: false }, options);
  try {
    return await queue.status();
  } finally {
    await queue.close();
  }
}

const SECRET = "correct-horse-battery";

farmTest(
  "a user and a password, from a file or the environment, open the farm; a wrong one does not",
  async (folder) => {
    const config = `authorization { user: worker, password: "${SECRET}" }`;
    await withServerIn(folder, config, async ({ url }) => {
      await Deno.writeTextFile(`${folder}/right`, `${SECRET}\n`);
      await Deno.writeTextFile(`${folder}/wrong`, "guess");
      const asked = ["--user", "worker", "--password-file"];
      assertEquals((await statusSeen(url, ...asked, `${folder}/right`)).waiting, 0);
      const error = await assertRejects(() => statusSeen(url, ...asked, `${folder}/wrong`), Error);
      assertEquals([error.message.includes("guess"), /authori[sz]ation/i.test(error.message)], [false, true]);
      await assertRejects(() => statusSeen(url), Error);

      // Nothing of it is in the list of processes or in what the program prints, right or wrong.
      for (const password of [SECRET, "guess-again"]) {
        const child = farmAt(url, ["work", "--user", "worker"], { NATS_PASSWORD: password }).spawn();
        const end = child.output();
        if (password === SECRET) {
          const workers = async () => (await statusSeen(url, ...asked, `${folder}/right`)).workers;
          await until(async () => (await workers()).length === 1, "a worker reports");
          const list = new Deno.Command("ps", { args: ["-o", "args=", "-p", String(child.pid)] });
          const commandLine = new TextDecoder().decode((await list.output()).stdout);
          assert(commandLine.includes("--user worker") && !commandLine.includes(SECRET), commandLine);
          child.kill("SIGTERM");
        }
        const { code, out, err } = textOf(await end);
        assertEquals(code, password === SECRET ? 0 : 1, err);
        assert(!`${out}${err}`.includes(password));
      }
    });
  },
);

farmTest("a token, a key's seed and a file of credentials open the farm", async (folder) => {
  for (const kind of ["token", "nkey", "creds"]) {
    const own = `${folder}/${kind}`;
    await Deno.mkdir(own, { recursive: true });
    const key = createUser(), operator = makeOperator();
    const [config, option, secret] = {
      token: [`authorization { token: "${SECRET}" }`, "--token-file", SECRET],
      nkey: [
        `authorization { users: [{ nkey: ${key.getPublicKey()} }] }`,
        "--nkey",
        new TextDecoder().decode(key.getSeed()),
      ],
      creds: [operator.config, "--creds", operator.creds],
    }[kind]!;
    await withServerIn(own, config, async ({ url }) => {
      await Deno.writeTextFile(`${own}/secret`, secret);
      assertEquals((await statusSeen(url, option, `${own}/secret`)).waiting, 0, kind);
      await assertRejects(() => statusSeen(url), Error, undefined, kind);
    });
  }
});

farmTest("TLS: a server whose certificate is trusted, and one that asks for the client's", async (folder) => {
  const [server, client, other] = [
    await certificateFiles(folder, "server"),
    await certificateFiles(folder, "client"),
    await certificateFiles(folder, "other"),
  ];
  const files = `cert_file: "${server.certificate}", key_file: "${server.key}"`;
  await withServerIn(`${folder}/a`, `tls { ${files} }`, async ({ port }) => {
    const url = `tls://127.0.0.1:${port}`;
    assertEquals((await statusSeen(url, "--tls-ca", server.certificate)).waiting, 0);
    await assertRejects(() => statusSeen(url, "--tls-ca", other.certificate), Error);
    await assertRejects(() => statusSeen(url), Error);
  });
  const verified = `tls { ${files}, ca_file: "${client.certificate}", verify: true }`;
  await withServerIn(`${folder}/b`, verified, async ({ port }) => {
    const url = `tls://127.0.0.1:${port}`;
    const own = ["--tls-cert", client.certificate, "--tls-key", client.key];
    assertEquals((await statusSeen(url, "--tls-ca", server.certificate, ...own)).waiting, 0);
    const { code, out } = textOf(await farmAt(url, ["status", "--tls-ca", server.certificate]).output());
    assertEquals([code, out], [1, ""]);
  });
  // Whoever asks for TLS is not talked to in the clear.
  await withServerIn(`${folder}/c`, "", async ({ port }) => {
    await assertRejects(() => statusSeen(`tls://127.0.0.1:${port}`), Error);
  });
});

Deno.test("the farm takes no password from the command line, and exits with 2 after wrong usage", async () => {
  for (
    const args of [
      ["status", "-s", "nats://me:secret@127.0.0.1:4222"],
      ["work"],
      ["nothing", "-s", "nats://127.0.0.1:1"],
      [],
    ]
  ) {
    const { code, err } = await runDeno("run --quiet --no-prompt -R --allow-env", [FARM_MAIN, ...args]);
    assertEquals(code, 2, args.join(" "));
    assertEquals(err.includes("secret"), false);
  }
});
