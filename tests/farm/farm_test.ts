import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { decompress, encodePng, inspect } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { prometheusText } from "../../src/farm/prometheus.ts";
import { jobsOfManifest } from "../../src/farm/submit.ts";
import { WorkerCounts } from "../../src/farm/work.ts";
import { withFolder } from "../with_folder.ts";
import { findNatsServer, NatsServer } from "./nats_server.ts";

const MAIN = new URL("../../src/farm/main.ts", import.meta.url).pathname;
const program = findNatsServer();
const inCi = Deno.permissions.querySync({ name: "env", variable: "CI" }).state === "granted" &&
  Deno.env.get("CI") !== undefined;

function farm(server: NatsServer, ...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "-R",
      "-W",
      "--allow-net",
      "--allow-env",
      MAIN,
      ...args,
      "-s",
      server.url,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function run(server: NatsServer, ...args: string[]) {
  const { code, stdout, stderr } = await farm(server, ...args).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** Runs with a server of its own; missing in CI is a failure, elsewhere the test is skipped. */
function withServer(name: string, work: (server: NatsServer, folder: string) => Promise<void>): void {
  Deno.test({
    name,
    ignore: program === undefined && !inCi,
    fn: async () => {
      if (program === undefined) throw new Error("There is no NATS server: apt-get install nats-server");
      await withFolder(async (folder) => {
        const server = new NatsServer(program, `${folder}/nats`);
        await server.start();
        try {
          await work(server, folder);
        } finally {
          await server.kill();
        }
      });
    },
  });
}

async function makePictures(folder: string, count: number): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    await Deno.writeFile(`${folder}/${i}.png`, await encodePng(syntheticPicture(32 + i, 24)));
  }
}

interface Status {
  waiting: number;
  running: number;
  done: number;
  failed: number;
  letters: string[];
}

async function statusOf(server: NatsServer): Promise<Status> {
  const { code, out, err } = await run(server, "status", "--json");
  assertEquals(code, 0, err);
  return JSON.parse(out);
}

async function until(server: NatsServer, holds: (status: Status) => boolean): Promise<Status> {
  const end = Date.now() + 600_000;
  for (;;) {
    const status = await statusOf(server);
    if (holds(status)) return status;
    if (Date.now() > end) throw new Error(`Waited in vain: ${JSON.stringify(status)}`);
  }
}

withServer(
  "the farm loses nothing to killed workers, frozen workers and a killed server",
  async (server, folder) => {
    const count = 10;
    await makePictures(`${folder}/in`, count);
    await Deno.writeTextFile(`${folder}/in/poison.png`, "no picture");
    const submit = ["submit", `${folder}/in`, "-d", `${folder}/out`, "-q", "20", "--ack-wait", "3", "--json"];
    const first = await run(server, ...submit);
    assertEquals([first.code, first.err], [0, ""]);
    assertEquals(JSON.parse(first.out).added, count + 1);
    assertEquals(JSON.parse((await run(server, ...submit)).out), {
      added: 0,
      duplicates: count + 1,
      missing: [],
    });

    const worker = () => farm(server, "work", "-j", "1", "--quiet").spawn();
    const [victim, steady] = [worker(), worker()];
    const endings = [victim, steady].map((child) => child.output());
    try {
      await until(server, ({ done }) => done >= 2);
      victim.kill("SIGKILL");
      await server.kill();
      await server.start();
      await until(server, ({ done }) => done >= 4);
      steady.kill("SIGSTOP");
      const helper = worker();
      endings.push(helper.output());
      try {
        await until(server, ({ done }) => done >= 6);
        steady.kill("SIGCONT");
        const status = await until(server, ({ waiting, running }) => waiting + running === 0);
        assertEquals([status.done, status.failed], [count, 1]);
        assertMatch(status.letters[0], /poison\.png: Cannot read the picture/);
      } finally {
        helper.kill("SIGTERM");
      }
    } finally {
      steady.kill("SIGCONT");
      steady.kill("SIGTERM");
    }
    const codes = (await Promise.all(endings)).map(({ code }) => code);
    assertEquals(codes.slice(1), [0, 0]);

    const targets = [...Deno.readDirSync(`${folder}/out`)].map(({ name }) => name).filter((n) =>
      n.endsWith(".vaer")
    );
    assertEquals(targets.length, count);
    for (const name of targets) inspect(await Deno.readFile(`${folder}/out/${name}`));

    // The picture is mended, and the dead letter sent again.
    await Deno.writeFile(`${folder}/in/poison.png`, await encodePng(syntheticPicture(20, 20)));
    assertEquals((await run(server, "retry")).out, "1 sent again\n");
    assertEquals((await run(server, "work", "-j", "1", "--until-empty")).code, 0);
    assertEquals((await statusOf(server)).failed, 0);
    assertEquals(inspect(await Deno.readFile(`${folder}/out/poison.vaer`)).width, 20);
  },
);

withServer("the farm reads and writes objects and addresses", async (server, folder) => {
  const png = await encodePng(syntheticPicture(40, 30));
  const put = new Map<string, Uint8Array>();
  const web = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    if (request.method === "PUT") {
      put.set(new URL(request.url).pathname, new Uint8Array(await request.arrayBuffer()));
      return new Response(null, { status: 201 });
    }
    return request.url.endsWith("/a.png")
      ? new Response(png as Uint8Array<ArrayBuffer>)
      : new Response(null, { status: 404 });
  });
  const base = `http://127.0.0.1:${web.addr.port}`;
  try {
    const jobs = [
      { source: `${base}/a.png`, target: "obj:shelf/a.vaer" },
      { source: `${base}/a.png`, target: `${base}/b.vaer?signature=secret`, options: { quality: 30 } },
      { source: `${base}/none.png?signature=secret`, target: `${folder}/c.vaer` },
    ];
    await Deno.writeTextFile(`${folder}/jobs.jsonl`, jobs.map((job) => JSON.stringify(job)).join("\n"));
    assertEquals(
      (await run(server, "submit", `${folder}/jobs.jsonl`, "-q", "20")).out,
      "3 added, 0 there already\n",
    );
    const worked = await run(server, "work", "-j", "1", "--until-empty", "--json");
    const { done, failed } = JSON.parse(worked.out);
    assertEquals([worked.code, done, failed], [0, 2, 1]);
    assertMatch((await statusOf(server)).letters[0], /none\.png: the server says 404$/);
    assertEquals(inspect(put.get("/b.vaer")!).quality, 30);

    // What is in the bucket can be a source in turn.
    await Deno.writeTextFile(
      `${folder}/more.jsonl`,
      JSON.stringify({ source: "obj:shelf/none", target: `${folder}/d.vaer` }),
    );
    await run(server, "submit", `${folder}/more.jsonl`);
    await run(server, "work", "-j", "1", "--until-empty");
    assertMatch((await statusOf(server)).letters[1], /there is no such object/);
  } finally {
    await web.shutdown();
  }
  const decoded = await decompress(put.get("/b.vaer")!);
  assertEquals([decoded.width, decoded.height], [40, 30]);
});

Deno.test("a manifest's lines become jobs, and a wrong one is told by its number", () => {
  const jobs = [
    ...jobsOfManifest('{"source":"/a.png","target":"/a.vaer","options":{"effort":2}}\n\n', { quality: 9 }),
  ];
  assertEquals(jobs.map(({ source, target, options }) => [source, target, options]), [
    ["/a.png", "/a.vaer", { quality: 9, effort: 2 }],
  ]);
  assertThrows(() => [...jobsOfManifest("\nnonsense", {})], SyntaxError, "line 2");
  assertThrows(() => [...jobsOfManifest('{"source":"/a"}', {})], SyntaxError, "source and target");
});

Deno.test("a worker's counts are told in Prometheus' format", () => {
  const counts = new WorkerCounts();
  counts.count();
  counts.failed++;
  const text = prometheusText(counts.report(2, true));
  assertMatch(text, /# TYPE vaerans_jobs_done_total counter\nvaerans_jobs_done_total\{worker="\w+"\} 1\n/);
  assertMatch(text, /vaerans_jobs_failed_total\{worker="\w+"\} 1\n/);
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
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "-R", "--allow-env", MAIN, ...args],
    }).output();
    assertEquals(code, 2, args.join(" "));
    assertEquals(new TextDecoder().decode(stderr).includes("secret"), false);
  }
});
