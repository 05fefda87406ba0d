import { runInNewContext } from "node:vm";
import { open } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { BitstreamError, compress, decompress, inspect } from "../../mod.ts";
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
  const wrongs: readonly (readonly [wrong: unknown, name: string, remedy?: string])[] = [
    ["photo.vaer", "String", "Give a URL or bytes."],
    [undefined, "Undefined"],
    [null, "Null"],
    [5, "Number"],
    [{}, "Object"],
    [new DataView(new ArrayBuffer(8)), "DataView"],
    [new SharedArrayBuffer(8), "SharedArrayBuffer"],
    [new Response("a"), "Response", "Give new Uint8Array(await it.arrayBuffer())."],
    [new Blob([bytes]).stream(), "ReadableStream"],
    [Promise.resolve(bytes), "Promise", "Await it."],
  ];
  const streams = "Give streams to decompressStream, files to decompress.";
  for (const [wrong, name, remedy = streams] of wrongs) {
    for (const read of [decompress, inspect]) {
      const error = await assertRejects(async () => await read(wrong as Uint8Array), BitstreamError);
      assertEquals(error.code, "source-unreadable");
      assertStringIncludes(error.message, `bytes, a Blob, an open file or a URL (got ${name}). ${remedy}`);
    }
  }
});

Deno.test("bytes that were transferred are none", async () => {
  const moved = bytes.slice(), buffer = moved.buffer;
  structuredClone(buffer, { transfer: [buffer] });
  for (const source of [moved, buffer]) {
    const error = await assertRejects(() => decompress(source), BitstreamError, "got an empty file");
    assertEquals(error.code, "file-magic");
  }
  assertThrows(() => inspect(moved), BitstreamError, "got an empty file");
});

Deno.test("bytes of another realm are bytes", async () => {
  for (const kind of ["Uint8Array", "ArrayBuffer"]) {
    const text = `new Uint8Array([${bytes}])${kind === "ArrayBuffer" ? ".buffer" : ""}`;
    const other = runInNewContext(text) as Uint8Array;
    assertEquals([other instanceof Uint8Array, other instanceof ArrayBuffer], [false, false]);
    assertEquals(await decompress(other, { region }), expected);
    const info = inspect(other);
    assertEquals([info instanceof Promise, (await info).width], [kind === "ArrayBuffer", 300]);
  }
});

Deno.test("a FileHandle of node:fs/promises and a file: URL are sources", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.vaer`, bytes);
    await Deno.writeFile(`${folder}/é 100%#?.vaer`, bytes);
    const handle = await open(`${folder}/a.vaer`);
    try {
      assertEquals(await decompress(handle, { region }), expected);
      assertEquals((await inspect(handle)).width, 300);
    } finally {
      await handle.close();
    }
    assertEquals(await decompress(new URL(`file://${folder}/a.vaer`), { region }), expected);
    const odd = pathToFileURL(`${folder}/é 100%#?.vaer`);
    assertEquals(await decompress(odd, { region }), expected);
    assertEquals((await inspect(odd)).width, 300);
    await assertRejects(() => decompress(new URL(`file://${folder}/b.vaer`)), BitstreamError, "b.vaer");
    await assertRejects(() => inspect(new URL(`file://${folder}`)), BitstreamError);
  });
});

Deno.test("an open file is a source, and stays open", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.vaer`, bytes);
    using file = await Deno.open(`${folder}/a.vaer`);
    assertEquals(await decompress(file, { region }), expected);
    assertEquals((await decompress(file)).width, 300);
  });
});

Deno.test("a closed file, a folder and a Blob whose file has gone are errors with a code and a cause", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.vaer`, bytes);
    const handle = await open(`${folder}/a.vaer`), file = await Deno.open(`${folder}/a.vaer`);
    await handle.close();
    file.close();
    const directory = await open(folder), gone = new Blob([bytes]);
    gone.slice = () => {
      throw new DOMException("the file has gone", "NotReadableError");
    };
    try {
      for (const source of [handle, file, directory, gone]) {
        for (
          const read of [
            () => decompress(source),
            () => inspect(source),
            () => decompress(source, { region }),
          ]
        ) {
          const error = await assertRejects(async () => await read(), BitstreamError, "must be readable");
          assertEquals(error.code, "source-unreadable");
          assertEquals(error.cause instanceof Error, true);
        }
      }
    } finally {
      await directory.close();
    }
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

Deno.test("a URL whose server does not know the length of its ranges is read whole", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    ({ headers }) =>
      headers.has("range")
        ? new Response(bytes.slice(0, 1), { status: 206, headers: { "content-range": "bytes 0-0/*" } })
        : new Response(bytes.slice()),
  );
  try {
    const url = new URL(`http://127.0.0.1:${server.addr.port}/a.vaer`);
    assertEquals(await decompress(url, { region }), expected);
  } finally {
    await server.shutdown();
  }
});

Deno.test("what is aborted while a body arrives from a URL rejects with the signal's reason", async () => {
  const abort = new AbortController(), reason = new Error("no longer wanted");
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(bytes.slice(0, 20));
          setTimeout(() => abort.abort(reason), 50); // the rest never comes
        },
      }),
    ));
  try {
    const url = new URL(`http://127.0.0.1:${server.addr.port}/a.vaer`);
    const thrown = await decompress(url, { signal: abort.signal }).catch((error) => error);
    assertEquals(thrown, reason);
  } finally {
    await server.shutdown();
  }
});
