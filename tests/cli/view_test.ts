import { assert, assertEquals } from "@std/assert";
import { buildPlayground, isPlaygroundCurrent, PLAYGROUND_FOLDER } from "../../src/web/mod.ts";
import { runDeno } from "../run_deno.ts";

/** Runs a command that serves until it is ended, and gives its address to `work`. */
async function serving(args: readonly string[], work: (address: string) => Promise<void>): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "src/cli/main.ts", ...args],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  try {
    await work(new TextDecoder().decode((await reader.read()).value).trim());
  } finally {
    child.kill();
    await child.status;
    await reader.cancel();
  }
}

Deno.test("view serves the file and the viewer to this machine's own names only", async () => {
  if (!await isPlaygroundCurrent()) await buildPlayground(PLAYGROUND_FOLDER.pathname);
  await serving(["view", "tests/golden/pixels.vaer", "--address-only"], async (address) => {
    const url = new URL(address);
    assertEquals([url.hostname, url.searchParams.get("file")], ["127.0.0.1", "file/pixels.vaer"]);
    const page = await fetch(address);
    assert((await page.text()).includes("<title>VaeRANS playground</title>"));
    assertEquals(page.headers.get("content-type"), "text/html; charset=utf-8");
    const file = await (await fetch(new URL("file/pixels.vaer", url))).bytes();
    assertEquals(file, await Deno.readFile("tests/golden/pixels.vaer"));
    for (const path of ["missing.js", "models/../index.html/..%2f..%2fdeno.json", "file/other.vaer"]) {
      const response = await fetch(new URL(path, url));
      await response.body?.cancel();
      assertEquals(response.status, 404, path);
    }
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(url.port) });
    await connection.write(
      new TextEncoder().encode("GET / HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n"),
    );
    const answer = await new Response(connection.readable).text();
    assert(answer.startsWith("HTTP/1.1 403"), answer.slice(0, 80));
  });
});

Deno.test("view refuses a file that is no .vaer file, with exit code 1", async () => {
  const { code, err } = await runDeno("run -A --quiet src/cli/main.ts view deno.json --address-only");
  assertEquals(code, 1);
  assert(err.startsWith("vaerans: deno.json: "));
});

Deno.test("serve runs the image service on the given port", async () => {
  await serving(["serve", "--port", "0"], async (address) => {
    const { paths } = await (await fetch(address)).json();
    assertEquals(paths, ["/compress", "/decompress", "/inspect"]);
    const response = await fetch(new URL("/playground/missing", address));
    await response.body?.cancel();
    assertEquals(response.status, 404);
  });
});
