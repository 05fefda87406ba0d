import { assertEquals } from "@std/assert";
import { findChromium, Page } from "../eval/chromium.ts";
import { withFolder } from "../with_folder.ts";
import { expectRoundTrip } from "./expect_round_trip.ts";
import { serveFiles } from "./serve_files.ts";
import { denoOutput } from "../run_deno.ts";

const PAGE =
  `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/static/browser_page.js"></script>`;

const chromium = findChromium();

Deno.test({
  name:
    "a bundle compresses and decompresses in headless Chromium without onnxruntime, to the same bytes as here",
  ignore: chromium === undefined && Deno.env.get("CI") === undefined, // in CI it is installed: missing there is a failure
  fn: async () => {
    if (chromium === undefined) throw new Error("There is no Chromium: apt-get install chromium");
    await withFolder(async (folder) => {
      await bundle(folder);
      const server = serveFiles(
        {
          "/static/models/": new URL("../../models/", import.meta.url),
          "/static/": new URL(`file://${folder}/`),
        },
        (request) =>
          new URL(request.url).pathname === "/"
            ? new Response(PAGE, { headers: { "content-type": "text/html" } })
            : undefined,
      );
      try {
        const address = `http://127.0.0.1:${server.addr.port}/`;
        const page = await Page.open(chromium, `${folder}/profile`, address);
        try {
          const result = await page.evaluate("globalThis.roundTripResult");
          assertEquals(page.complaints, []);
          await expectRoundTrip(result);
        } finally {
          await page.close();
        }
      } finally {
        await server.shutdown();
      }
    });
  },
});

/** A bundle in pieces, none of which is onnxruntime's. */
async function bundle(folder: string): Promise<void> {
  const entry = new URL("browser_page.ts", import.meta.url);
  await denoOutput("bundle --quiet --platform=browser --code-splitting --outdir", [folder, entry.pathname]);
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  assertEquals(names.filter((name) => /ort|onnx/.test(name)), []);
}
