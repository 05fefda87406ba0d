import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BitstreamError, compress, decompress } from "../../mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";

const region = { x: 130, y: 70, width: 20, height: 10 };
const bytes = await compress(syntheticPicture(300, 200), { nearLossless: 1, tileSide: 64, workers: 0 });
const expected = await decompress(bytes, { region });

Deno.test("bytes, an ArrayBuffer and a Blob are sources", async () => {
  for (const source of [bytes, bytes.buffer, new Blob([bytes])]) {
    assertEquals(await decompress(source, { region }), expected);
  }
});

Deno.test("what is no source, such as the name of a file, is refused with the kinds of sources", async () => {
  for (const wrong of ["photo.vaer", undefined, null, 5, {}, new DataView(new ArrayBuffer(8))]) {
    const error = await assertRejects(() => decompress(wrong as unknown as Uint8Array), BitstreamError);
    assertEquals(error.code, "source-unreadable");
    assertStringIncludes(error.message, "bytes, Blob, open file or URL");
  }
});

Deno.test("an open file is a source, and stays open", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.vaer`, bytes);
    using file = await Deno.open(`${folder}/a.vaer`);
    assertEquals(await decompress(file, { region }), expected);
    assertEquals((await decompress(file)).width, 300);
  });
});

/** A server with or without ranges, and the bytes it sent. */
async function served(ranges: boolean, work: (url: URL, sent: () => number) => Promise<void>): Promise<void> {
  let sent = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    if (new URL(request.url).pathname !== "/a.vaer") return new Response("no", { status: 404 });
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "");
    const [start, end] = ranges && range ? [Number(range[1]), Number(range[2]) + 1] : [0, bytes.length];
    sent += end - start;
    return new Response(bytes.slice(start, end), {
      status: ranges && range ? 206 : 200,
      headers: ranges && range ? { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` } : {},
    });
  });
  try {
    await work(new URL(`http://127.0.0.1:${server.addr.port}/a.vaer`), () => sent);
  } finally {
    await server.shutdown();
  }
}

Deno.test("a URL is read by ranges, less than the file", async () => {
  await served(true, async (url, sent) => {
    assertEquals(await decompress(url, { region }), expected);
    assertEquals(sent() < 0.9 * bytes.length, true, `${sent()} of ${bytes.length}`);
  });
});

Deno.test("a URL whose server ignores ranges is read whole, and one that is not there is an error", async () => {
  await served(false, async (url) => {
    assertEquals(await decompress(url, { region }), expected);
    const missing = new URL("/b.vaer", url);
    const error = await assertRejects(() => decompress(missing), BitstreamError, "404");
    assertEquals(error.code, "source-unreadable");
  });
});
