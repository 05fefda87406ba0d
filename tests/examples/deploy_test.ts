import { assertEquals } from "@std/assert";
import { createHandler, type RequestLog, type ServiceLimits } from "../../examples/deploy.ts";
import { compress, decodePicture, inspect, psnr } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { drawn } from "../../examples/picture.ts";

const picture = drawn(40, 30);
const png = await encodePng(picture) as Uint8Array<ArrayBuffer>;

/** Serves on a free port while `work` runs. */
async function served(
  limits: Partial<ServiceLimits>,
  work: (address: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, createHandler(limits));
  try {
    await work(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

const post = (url: string, body: BodyInit, init: RequestInit = {}) =>
  fetch(url, { method: "POST", body, ...init });

async function refusal(response: Response): Promise<[status: number, code: string]> {
  return [response.status, (await response.json()).error.code];
}

Deno.test("the service compresses, tells about files and gives PNG back", async () => {
  await served({}, async (address) => {
    const compressed = await post(`${address}/compress?quality=90`, png);
    assertEquals([compressed.status, compressed.headers.get("content-type")], [200, "image/x-vaer"]);
    const file = await compressed.bytes();
    const told = await (await post(`${address}/inspect`, file)).json();
    assertEquals([told.width, told.height, told.bytes], [40, 30, inspect(file).bytes]);
    const back = await post(`${address}/decompress`, file);
    assertEquals([back.status, back.headers.get("content-type")], [200, "image/png"]);
    assertEquals(psnr(picture, await decodePicture(await back.bytes())) > 30, true);
    const small = await (await post(`${address}/compress?bytes=200`, png)).bytes();
    assertEquals(small.length <= 200, true);
    const exact = await (await post(`${address}/compress?lossless`, png)).bytes();
    assertEquals(
      psnr(picture, await decodePicture(await (await post(`${address}/decompress`, exact)).bytes())),
      Infinity,
    );
    const { paths, limits, active } = await (await fetch(address)).json();
    assertEquals([paths.length, limits.concurrency, active], [3, 2, 0]);
  });
});

Deno.test("what is asked wrongly is told with a 4xx and a code", async () => {
  await served({ maxBytes: 5000, maxPixels: 2000 }, async (address) => {
    const file = await compress(picture, { quality: 90 });
    const cut = file.slice(0, file.length - 5);
    assertEquals(await refusal(await fetch(`${address}/else`)), [404, "path"]);
    const wrongMethod = await fetch(`${address}/compress`);
    assertEquals(wrongMethod.headers.get("allow"), "POST");
    assertEquals(await refusal(wrongMethod), [405, "method"]);
    assertEquals(await refusal(await post(address, "")), [405, "method"]);
    assertEquals(await refusal(await post(`${address}/compress`, new Uint8Array(5001))), [413, "body"]);
    // A body that comes in pieces has no length in its header.
    const pieces = ReadableStream.from(Array.from({ length: 8 }, () => new Uint8Array(1000)));
    assertEquals(await refusal(await post(`${address}/compress`, pieces)), [413, "body"]);
    const large = await encodePng({ data: new Uint8ClampedArray(4 * 50 * 50), width: 50, height: 50 });
    assertEquals(await refusal(await post(`${address}/compress`, large as BodyInit)), [
      413,
      "image-too-large",
    ]);
    assertEquals(await refusal(await post(`${address}/compress`, "no picture")), [
      415,
      "image-unknown-format",
    ]);
    assertEquals(await refusal(await post(`${address}/decompress`, png)), [415, "file-magic"]);
    assertEquals((await refusal(await post(`${address}/compress`, png.slice(0, 60))))[0], 422);
    assertEquals((await refusal(await post(`${address}/decompress`, cut)))[0], 422);
    assertEquals(await refusal(await post(`${address}/compress?quality=101`, png)), [400, "target-range"]);
    assertEquals(await refusal(await post(`${address}/compress?quality=9&bytes=9`, png)), [
      400,
      "target-count",
    ]);
    assertEquals(await refusal(await post(`${address}/compress?speed=9`, png)), [400, "parameter"]);
    assertEquals((await (await fetch(address)).json()).active, 0);
  });
});

Deno.test("200 requests at once: all are served in the end, never more at a time than allowed", async () => {
  const concurrency = 4;
  await served({ concurrency }, async (address) => {
    const file = await compress(picture, { quality: 90 });
    let refused = 0, most = 0;
    const patiently = async (path: string, body: BodyInit) => {
      for (;;) {
        const response = await post(`${address}${path}`, body);
        if (response.status !== 503) return response;
        assertEquals(response.headers.get("retry-after"), "1");
        await response.body?.cancel();
        refused++;
        await new Promise((resolve) => setTimeout(resolve, 20 + 200 * Math.random()));
        most = Math.max(most, (await (await fetch(address)).json()).active);
      }
    };
    const results = await Promise.all(Array.from({ length: 200 }, async (_, i) => {
      if (i % 10 === 0) return (await patiently("/compress?quality=30", png)).status; // with a network
      if (i % 10 === 1) return (await patiently("/compress", "no picture")).status;
      if (i % 2 === 0) return psnrOf(await patiently("/decompress", file));
      return (await (await patiently("/compress?quality=90", png)).bytes()).length;
    }));
    for (const [i, result] of results.entries()) {
      if (i % 10 === 0) assertEquals(await result, 200);
      else if (i % 10 === 1) assertEquals(await result, 415);
      else if (i % 2 === 0) assertEquals(Number(await result) > 30, true);
      else assertEquals(await result, file.length);
    }
    assertEquals(refused > 0, true);
    assertEquals(most <= concurrency, true);
    assertEquals((await (await fetch(address)).json()).active, 0);
  });
});

async function psnrOf(response: Response): Promise<number> {
  return psnr(picture, await decodePicture(await response.bytes()));
}

Deno.test("work for a client that hangs up is stopped, and makes room", async () => {
  // A small file, as Deno notices a hang-up only where the request came in one piece; a long search on a large picture.
  const data = Uint8ClampedArray.from(
    { length: 4 * 512 * 512 },
    (_, i) => i % 4 === 3 ? 255 : (i >> 2) % 512 >> 1,
  );
  const slow = await encodePng({ data, width: 512, height: 512 }) as Uint8Array<ArrayBuffer>;
  assertEquals(slow.length < 6000, true);
  const log: RequestLog[] = [];
  const handler = createHandler({ concurrency: 1 }, (entry) => log.push(entry));
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  const address = `http://127.0.0.1:${server.addr.port}`;
  try {
    const client = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
    const head = `POST /compress?psnr=60 HTTP/1.1\r\nhost: here\r\ncontent-length: ${slow.length}\r\n\r\n`;
    await client.write(await new Blob([head, slow]).bytes());
    await until(async () => (await (await fetch(address)).json()).active === 1);
    assertEquals(await refusal(await post(`${address}/compress`, png)), [503, "busy"]);
    client.close();
    await until(() => log.length === 1);
    assertEquals(log[0].status, 499); // 200 if it had gone on to the end
    const again = await post(`${address}/compress?quality=90`, png);
    assertEquals(again.status, 200);
    await again.body?.cancel();
  } finally {
    await server.shutdown();
  }
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
