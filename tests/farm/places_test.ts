import { assertEquals, assertMatch } from "@std/assert";
import { decompress, inspect } from "../../mod.ts";
import { encodePicture, encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { shown } from "../../src/farm/places.ts";
import type { FarmQueue } from "../../src/farm/queue.ts";
import { certificateFiles } from "./certificate_files.ts";
import { farmAt, runFarm, textOf, withQueue, withServer, writePicture } from "./farm_cli.ts";

/** Signs what may be put at a path, as object stores do. */
async function signatureOf(secret: string, path: string): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes(secret), algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(`PUT ${path}`))).toHex();
}

withServer(
  "the farm reads and writes objects and https: addresses, signed ones too, and tells no signature",
  async (server, folder) => {
    const png = await encodePng(syntheticPicture(40, 30));
    const put = new Map<string, Uint8Array>();
    const { certificate, key } = await certificateFiles(folder, "web");
    const web = Deno.serve(
      {
        port: 0,
        hostname: "127.0.0.1",
        onListen: () => {},
        cert: await Deno.readTextFile(certificate),
        key: await Deno.readTextFile(key),
      },
      async (request) => {
        const { pathname, searchParams } = new URL(request.url);
        if (request.method !== "PUT") {
          const found = pathname === "/a.png";
          return found ? new Response(png as Uint8Array<ArrayBuffer>) : new Response(null, { status: 404 });
        }
        const body = new Uint8Array(await request.arrayBuffer());
        if (searchParams.get("signature") !== await signatureOf("key", pathname)) {
          return new Response("signature does not match", { status: 403 });
        }
        put.set(pathname, body);
        return new Response(null, { status: 201 });
      },
    );
    const base = `https://127.0.0.1:${web.addr.port}`;
    const signature = await signatureOf("key", "/b.vaer");
    const work = () =>
      farmAt(server.url, ["work", "-j", "1", "--until-empty"], { DENO_CERT: certificate }).output().then(
        textOf,
      );
    try {
      const jobs = [
        { source: `${base}/a.png`, target: "obj:shelf/a.vaer" },
        {
          source: `${base}/a.png`,
          target: `${base}/b.vaer?signature=${signature}`,
          options: { quality: 30 },
        },
        { source: `${base}/a.png`, target: `${base}/b.vaer?signature=f0r9ed` },
        { source: `${base}/none.png?signature=${signature}`, target: `${folder}/c.vaer` },
        { source: `https://127.0.0.1:1/a.png?signature=${signature}`, target: `${folder}/c.vaer` },
      ];
      await Deno.writeTextFile(`${folder}/jobs.jsonl`, jobs.map((job) => JSON.stringify(job)).join("\n"));
      assertEquals(
        (await runFarm(server, "submit", `${folder}/jobs.jsonl`, "-q", "20")).out,
        "5 added, 0 there already\n",
      );
      const worked = await work();
      assertEquals(worked.code, 0, worked.err);
      assertMatch(worked.out, /^2 done, 3 failed/);
      const { out } = await runFarm(server, "status", "--json");
      const reasons: string[] = JSON.parse(out).letters.map(({ reason }: { reason: string }) => reason);
      assertEquals(reasons.filter((reason) => /b\.vaer: .*\(got status 403\)/.test(reason)).length, 1, out);
      assertEquals(reasons.filter((reason) => /none\.png: .*\(got status 404\)/.test(reason)).length, 1, out);
      for (const text of [worked.out, worked.err, out]) {
        assertEquals([text.includes(signature), text.includes("f0r9ed")], [false, false]);
      }
      assertEquals(inspect(put.get("/b.vaer")!).quality, 30);

      // What is put into a bucket can be a source in turn, given back here by the signed address.
      const next = [
        { source: "obj:shelf/none", target: `${folder}/d.vaer` },
        { source: "obj:shelf/picture", target: `${folder}/e.vaer` },
      ];
      await Deno.writeTextFile(`${folder}/more.jsonl`, next.map((job) => JSON.stringify(job)).join("\n"));
      await withBucket(server.url, "shelf", async (bucket) => {
        await bucket.putBlob({ name: "picture" }, png);
        await runFarm(server, "submit", `${folder}/more.jsonl`);
        await work();
        assertEquals(inspect((await bucket.getBlob("a.vaer"))!).quality, 20);
      });
      assertMatch((await runFarm(server, "status")).out, /the object must exist .*\(3 deliveries\)/);
      assertEquals(inspect(await Deno.readFile(`${folder}/e.vaer`)).width, 40);
    } finally {
      await web.shutdown();
    }
    const decoded = await decompress(put.get("/b.vaer")!);
    assertEquals([decoded.width, decoded.height], [40, 30]);
  },
);

async function withBucket(
  url: string,
  name: string,
  work: (bucket: Awaited<ReturnType<FarmQueue["bucket"]>>) => Promise<void>,
): Promise<void> {
  await withQueue(url, async (queue) => await work(await queue.bucket(name)));
}

Deno.test("an address is shown without what signs it and without a password", () => {
  assertEquals(shown("https://me:secret@example.org/a?signature=x#y"), "https://example.org/a");
  assertEquals(shown("obj:shelf/a?b"), "obj:shelf/a?b");
  assertEquals(shown("/a/b?.png"), "/a/b?.png");
});

withServer(
  "--keep-smaller copies sources that are smaller, with their ending, into folders and buckets",
  async (server, folder) => {
    const small = (await encodePicture(syntheticPicture(80, 60), "jpeg", { quality: 5 })).bytes;
    await Deno.mkdir(`${folder}/in`);
    await Deno.writeFile(`${folder}/in/small.jpg`, small);
    await writePicture(`${folder}/in/large.png`, 80, 60);
    const options = ["-q", "90", "--effort", "1", "--keep-smaller"];
    await runFarm(server, "submit", `${folder}/in`, "-d", `${folder}/out`, ...options);
    await runFarm(server, "submit", `${folder}/in/small.jpg`, "-d", "obj:shelf", ...options);
    const { code, out, err } = await runFarm(server, "work", "-j", "1", "--until-empty");
    assertEquals(code, 0, err);
    assertMatch(out, /^3 done, 0 failed/);
    const names = [...Deno.readDirSync(`${folder}/out`)].map(({ name }) => name).sort();
    assertEquals(names, ["large.vaer", "small.jpg"]);
    assertEquals(await Deno.readFile(`${folder}/out/small.jpg`), small);
    await withBucket(server.url, "shelf", async (bucket) => {
      assertEquals(new Uint8Array((await bucket.getBlob("small.jpg"))!), small);
      assertEquals(await bucket.getBlob("small.vaer"), null);
    });
  },
);
