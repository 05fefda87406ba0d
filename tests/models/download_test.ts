import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ModelError } from "../../src/core/mod.ts";
import { download } from "../../src/models/download.ts";
import { withFolder } from "../with_folder.ts";

const content = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7 + (i >> 8));

/** A server of one file that can break off, change, or know nothing of ranges. */
class FileServer {
  bytes = content;
  etag = '"one"';
  knowsRanges = true;
  /** Ends the connection after so many bytes of the body. */
  breakAfter = Infinity;
  readonly requests: (string | null)[] = [];
  readonly #server = Deno.serve(
    {
      port: 0,
      hostname: "127.0.0.1",
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    },
    (request) => this.#answer(request),
  );

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/net.onnx`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #answer(request: Request): Response {
    const range = request.headers.get("range");
    this.requests.push(range);
    if (!request.url.endsWith("/net.onnx")) return new Response("no", { status: 404 });
    const from = Number(range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
    const partial = this.knowsRanges && range !== null && request.headers.get("if-range") === this.etag;
    if (partial && from >= this.bytes.length) return new Response(null, { status: 416 });
    const body = partial ? this.bytes.subarray(from) : this.bytes;
    const whole = body.length <= this.breakAfter;
    const stream = new ReadableStream({
      start: (controller) => {
        controller.enqueue(body.subarray(0, Math.min(body.length, this.breakAfter)));
        if (whole) controller.close();
        else setTimeout(() => controller.error(new Error("broken off")), 50);
      },
    });
    return new Response(stream, {
      status: partial ? 206 : 200,
      headers: {
        "content-length": String(body.length),
        etag: this.etag,
        ...(partial && { "content-range": `bytes ${from}-${this.bytes.length - 1}/${this.bytes.length}` }),
      },
    });
  }
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("download() fetches a whole file, tells how far it is, and leaves nothing else", async () => {
  await using server = new FileServer();
  await withFolder(async (folder) => {
    const seen: (number | undefined)[][] = [];
    await download(server.url, `${folder}/net.onnx`, { onProgress: (...amounts) => seen.push(amounts) });
    assertEquals(await Deno.readFile(`${folder}/net.onnx`), content);
    assertEquals([seen[0], seen.at(-1)], [[0, 300_000], [300_000, 300_000]]);
    assertEquals(names(folder), ["net.onnx"]);
  });
});

Deno.test("download() goes on where an attempt broke off", async () => {
  await using server = new FileServer();
  await withFolder(async (folder) => {
    const target = `${folder}/net.onnx`;
    server.breakAfter = 100_000;
    const error = await assertRejects(() => download(server.url, target), ModelError);
    assertEquals(error.code, "download-failed");
    assertEquals(names(folder), ["net.onnx.part", "net.onnx.part.json"]);
    const have = (await Deno.stat(`${target}.part`)).size;
    assertEquals(have > 0, true);
    server.breakAfter = Infinity;
    const seen: number[] = [];
    await download(server.url, target, { onProgress: (received) => seen.push(received) });
    assertEquals([server.requests, seen[0]], [[null, `bytes=${have}-`], have]);
    assertEquals(await Deno.readFile(target), content);
    assertEquals(names(folder), ["net.onnx"]);
  });
});

Deno.test("download() begins anew when the server's file changed, or it knows no ranges", async () => {
  for (
    const change of [{ etag: '"two"', bytes: content.slice(7) }, { knowsRanges: false }, { etag: 'W/"weak"' }]
  ) {
    await using server = new FileServer();
    await withFolder(async (folder) => {
      const target = `${folder}/net.onnx`;
      server.breakAfter = 100_000;
      await assertRejects(() => download(server.url, target), ModelError);
      Object.assign(server, change, { breakAfter: Infinity });
      await download(server.url, target);
      assertEquals(await Deno.readFile(target), server.bytes);
    });
  }
});

Deno.test("download() without a network says where to put the file", async () => {
  await withFolder(async (folder) => {
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const { port } = listener.addr;
    listener.close();
    const error = await assertRejects(
      () => download(`http://127.0.0.1:${port}/net.onnx`, `${folder}/net.onnx`),
      ModelError,
    );
    assertEquals(error.code, "download-failed");
    assertMatch(error.message, /put the file at .*net\.onnx yourself/);
    assertEquals(names(folder), []);
  });
});

Deno.test("download() tells what the server says", async () => {
  await using server = new FileServer();
  await withFolder(async (folder) => {
    const url = server.url.replace("net.onnx", "other");
    await assertRejects(() => download(url, `${folder}/net.onnx`), ModelError, "the server says 404");
    assertEquals(names(folder), []);
  });
});
