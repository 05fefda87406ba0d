import { assertEquals } from "@std/assert";
import { createHandler, type RequestLog, type ServiceLimits } from "../../src/web/mod.ts";
import { compress, decodePicture, decompress, inspect, psnr } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { drawn } from "../../examples/picture.ts";
import { encode, gradient } from "../image/synthetic.ts";

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

Deno.test("the service writes the bytes of compress, from a megapixel on those of groups", async () => {
  await served({}, async (address) => {
    for (const [width, height, options] of [[700, 40, {}], [1025, 1024, { tileSide: 512 }]] as const) {
      const picture = drawn(width, height), body = await encodePng(picture) as Uint8Array<ArrayBuffer>;
      const file = await (await post(`${address}/compress?quality=40&effort=1`, body)).bytes();
      assertEquals(file, await compress(picture, { quality: 40, effort: 1, ...options }));
    }
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
    assertEquals(await refusal(await post(`${address}/compress?speed=9`, png)), [400, "query-parameter"]);
    for (const path of ["/decompress?format=jpeg", "/inspect?x"]) {
      assertEquals(await refusal(await post(address + path, file)), [400, "query-parameter"]);
    }
    assertEquals((await (await fetch(address)).json()).active, 0);
  });
});

Deno.test("the service answers HEAD as GET without a body, and leads to the playground's folder", async () => {
  await served({}, async (address) => {
    for (const path of ["/", "/playground/"]) {
      const head = await fetch(address + path, { method: "HEAD" }), get = await fetch(address + path);
      assertEquals([head.status, await head.text()], [get.status, ""]);
      assertEquals(head.headers.get("content-type"), get.headers.get("content-type"));
      await get.body?.cancel();
    }
    const wrong = await fetch(`${address}/playground/`, { method: "DELETE" });
    assertEquals([wrong.status, wrong.headers.get("allow")], [405, "GET, HEAD"]);
    await wrong.body?.cancel();
    const led = await fetch(`${address}/playground`, { redirect: "manual" });
    assertEquals([led.status, led.headers.get("location")], [308, `${address}/playground/`]);
    await led.body?.cancel();
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

Deno.test("parameters are read strictly: lossless=false makes a lossy file", async () => {
  // Of icons, exact files are small: they are kept for any quality.
  const picture = drawn(96, 80), png = await encodePng(picture) as Uint8Array<ArrayBuffer>;
  await served({}, async (address) => {
    const lossless = async (query: string) =>
      psnr(picture, await decompress(await (await post(`${address}/compress?${query}`, png)).bytes())) ===
        Infinity;
    assertEquals(await lossless("lossless"), true);
    assertEquals(await lossless("lossless=true"), true);
    assertEquals(await lossless("lossless=false"), false);
    assertEquals(await lossless("lossless=false&quality=95"), false);
    const wrong = [
      "lossless=0",
      "lossless=yes",
      "lossless=FALSE",
      "lossless=true&lossless=false",
      "quality=",
      "quality=high",
      "quality=0x10",
      "quality=1e1",
      "quality=-5",
      "quality=50&quality=60",
    ];
    for (const query of wrong) {
      assertEquals(
        await refusal(await post(`${address}/compress?${query}`, png)),
        [400, "query-parameter"],
        query,
      );
    }
  });
});

Deno.test("work that takes longer than allowed is answered with its status, and makes room", async () => {
  const slow = await encodePng(drawn(700, 700)) as Uint8Array<ArrayBuffer>;
  await served({ concurrency: 1, workMilliseconds: 500 }, async (address) => {
    assertEquals(await refusal(await post(`${address}/compress?psnr=60`, slow)), [504, "time"]);
    assertEquals((await (await fetch(address)).json()).active, 0);
  });
  // A failure after several seconds has its own status, too.
  const slower = await encodePng(drawn(1600, 1600)) as Uint8Array<ArrayBuffer>;
  await served({ workMilliseconds: 3000 }, async (address) => {
    assertEquals(await refusal(await post(`${address}/compress?psnr=60`, slower)), [504, "time"]);
  });
  await served({ decodeMilliseconds: 1 }, async (address) => {
    const picture = await encode("jxl", gradient(600, 600)) as Uint8Array<ArrayBuffer>;
    assertEquals(await refusal(await post(`${address}/compress?quality=90`, picture)), [
      413,
      "image-deadline",
    ]);
  });
});

Deno.test("work for a client that is known to have gone is stopped, and makes room", async () => {
  const slow = await encodePng(drawn(512, 512)) as Uint8Array<ArrayBuffer>;
  const log: RequestLog[] = [];
  const handler = createHandler({ concurrency: 1 }, (entry) => log.push(entry));
  const gone = new AbortController();
  const url = "http://localhost/compress?psnr=60";
  const response = handler(new Request(url, { method: "POST", body: slow, signal: gone.signal }));
  const active = async () => (await (await handler(new Request("http://localhost/"))).json()).active;
  while (await active() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const busy = await handler(new Request(url, { method: "POST", body: png }));
  assertEquals(await refusal(busy), [503, "busy"]);
  setTimeout(() => gone.abort(), 200);
  assertEquals((await response).status, 499);
  assertEquals(log.map(({ status }) => status), [503, 499]);
  const again = await handler(
    new Request("http://localhost/compress?quality=90", { method: "POST", body: png }),
  );
  assertEquals(again.status, 200);
  await again.body?.cancel();
});
