import { assert, assertEquals } from "@std/assert";
import { createHandler, type RequestLog } from "../../src/web/mod.ts";
import { compress } from "../../mod.ts";
import { drawn } from "../../examples/picture.ts";

const file = await compress(drawn(8, 8), { lossless: true }) as Uint8Array<ArrayBuffer>;
const URL_OF_SERVICE = "http://localhost/inspect";

/** A request whose body sends some bytes and then stalls. */
function stalled(bytes: number): Request {
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(bytes)) });
  return new Request(URL_OF_SERVICE, { method: "POST", body });
}

const whole = () => new Request(URL_OF_SERVICE, { method: "POST", body: file });

async function refusal(response: Response): Promise<[status: number, code: string]> {
  return [response.status, (await response.json()).error.code];
}

/** What has been answered so far. */
async function answered(responses: Promise<Response>[]): Promise<(number | undefined)[]> {
  return await Promise.all(
    responses.map((response) => Promise.race([response.then(({ status }) => status), undefined])),
  );
}

Deno.test("bodies that arrive slowly keep out nobody, and are ended after their time", async () => {
  const handler = createHandler({ concurrency: 1, bodyMilliseconds: 300 });
  const slow = [stalled(10), stalled(10), stalled(10)].map(handler);
  assertEquals((await handler(whole())).status, 200);
  assertEquals(await answered(slow), [undefined, undefined, undefined]);
  for (const response of slow) assertEquals(await refusal(await response), [408, "body-time"]);
  const { active, arriving } = await (await handler(new Request("http://localhost/"))).json();
  assertEquals([active, arriving], [0, 0]);
});

Deno.test("where too many bodies or bytes arrive, the oldest gives way", async () => {
  for (const limits of [{ maxBodies: 2 }, { maxBytes: 2000, maxBodyBytes: 2500 }]) {
    const handler = createHandler({ ...limits, bodyMilliseconds: 500 });
    const slow = [stalled(1000), stalled(1000), stalled(1000)].map(handler);
    assertEquals(await refusal(await slow[0]), [503, "busy"]);
    assertEquals((await handler(whole())).status, 200);
    for (const response of slow.slice(1)) await (await response).body?.cancel();
  }
});

Deno.test("an upload that is cut short is a client's fault, and nothing for the server's log", async () => {
  const log: RequestLog[] = [], complaints: unknown[] = [];
  const handler = createHandler({}, (entry) => log.push(entry));
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  const { error } = console;
  console.error = (...values) => complaints.push(values);
  try {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
    const head = `POST /inspect HTTP/1.1\r\nHost: x\r\nContent-Length: ${file.length}\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head));
    await connection.write(file.subarray(0, 20));
    await new Promise((resolve) => setTimeout(resolve, 100));
    connection.close();
    while (log.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    assert([400, 499].includes(log[0].status), `${log[0].status}`);
    assertEquals(complaints, []);
  } finally {
    console.error = error;
    await server.shutdown();
  }
  const body = new ReadableStream({ start: (controller) => controller.error(new Error("gone")) });
  const cut = await handler(new Request(URL_OF_SERVICE, { method: "POST", body }));
  assertEquals(await refusal(cut), [400, "body-cut"]);
});

Deno.test("a long name or path is not sent back whole", async () => {
  const handler = createHandler(), long = "x".repeat(9000);
  for (const path of [`compress?${long}=1`, `compress?quality=${long}`, `inspect?${long}`, long]) {
    const response = await handler(new Request(`http://localhost/${path}`, { method: "POST", body: file }));
    const text = await response.text();
    assert(text.length < 1000, `${response.status}: ${text.length} characters`);
  }
});
