import { assert, assertEquals } from "@std/assert";
import { compress, decompress } from "../../mod.ts";
import { drawn } from "../../examples/picture.ts";
import { expectedHashes, withHashSite } from "../runtimes/expected.ts";
import { withFolder } from "../with_folder.ts";
import { findFirefox, FirefoxPage } from "./firefox.ts";
import { eventsUntil, OBSERVERS, pageWith, withServer } from "./web_site.ts";
import { denoOutput } from "../run_deno.ts";

const firefox = findFirefox();
const isIgnored = firefox === undefined && Deno.env.get("CI") === undefined;
if (isIgnored) console.log("Tests in Firefox are ignored: there is no firefox-esr");

/** Bundles of the page that makes hashes, and of its workers. */
async function bundle(folder: string): Promise<void> {
  const entries = {
    "browser_page.js": "tests/runtimes/browser_page.mjs",
    "decode_worker.js": "src/codec/run/decode_worker.ts",
    "tile_worker.js": "src/codec/run/tile_worker.ts",
  };
  for (const [name, entry] of Object.entries(entries)) {
    await denoOutput("bundle --quiet --platform=browser --output", [`${folder}/${name}`, entry]);
  }
}

async function inFirefox(script: string, work: (page: FirefoxPage) => Promise<void>): Promise<void> {
  await withFolder(async (profile) => {
    const page = await FirefoxPage.open(firefox!, profile, script);
    try {
      await work(page);
    } finally {
      await page.close();
    }
  });
}

Deno.test({
  ignore: isIgnored,
  name:
    "Firefox decodes the golden files to the same pixels and compresses to the same bytes, with workers of deno bundle",
  fn: async () => {
    const expected = await expectedHashes();
    await withFolder(async (folder) => {
      await bundle(folder);
      await withHashSite(folder, async (address) => {
        await inFirefox("", async (page) => {
          await page.go(address);
          assertEquals(await page.evaluate("results()"), { ...expected, hasWorkers: true });
          assertEquals(page.complaints, []);
        });
      });
    });
  },
});

Deno.test({
  ignore: isIgnored,
  name: "Firefox shows .vaer files by the element, under a strict policy, and by the service worker",
  fn: async () => {
    const bytes = await compress(drawn(120, 80), { quality: 60 }), { data } = await decompress(bytes);
    const register = `navigator.serviceWorker.register("/vaerans/vaer-sw.js", { scope: "/" })
      .then(() => navigator.serviceWorker.ready).then(() => true)`;
    const clear = drawn(120, 80);
    for (let i = 3; i < clear.data.length; i += 4) clear.data[i] = [0, 128, 255][i % 3];
    const clearBytes = await compress(clear, { lossless: true });
    const files = {
      "/a.vaer": { body: bytes },
      "/clear.vaer": { body: clearBytes },
      "/clear": {
        body: pageWith(`<vaer-img id="a" src="clear.vaer" alt="" width="120" height="80"></vaer-img>`),
      },
      "/element": {
        body: pageWith(`<vaer-img id="a" src="a.vaer" alt="A sunset" width="120" height="80"></vaer-img>`),
      },
      "/image": { body: `<!doctype html><title>Image</title><img id="a" src="a.vaer" alt="A sunset">` },
      "/blank": { body: "<!doctype html><title>Blank</title>" },
      "/favicon.ico": { body: new Uint8Array() },
    };
    await withServer(files, async ({ origin }) => {
      await inFirefox(OBSERVERS, async (page) => {
        const isClean = () => assertEquals(page.complaints.splice(0), []);
        await page.go(`${origin}/element`);
        assertEquals(await page.evaluate(eventsUntil("seen.length > 0")), [
          { id: "a", type: "load", bytes: bytes.length },
        ]);
        const drawnPixels = (element: string) =>
          page.evaluate(`(() => {
            const image = ${element}, canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [120, 80];
            const context = canvas.getContext("2d");
            context.drawImage(image, 0, 0);
            return Array.from(context.getImageData(0, 0, 120, 80).data);
          })()`);
        assertEquals(
          await drawnPixels(`document.getElementById("a").shadowRoot.querySelector("canvas")`),
          Array.from(data),
        );
        isClean();

        await page.go(`${origin}/clear`);
        await page.evaluate(eventsUntil("seen.length > 0"));
        const shown = await drawnPixels(`document.getElementById("a").shadowRoot.querySelector("canvas")`);
        const expected = await page.evaluate(`(() => {
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [120, 80];
          const samples = Uint8ClampedArray.from(${JSON.stringify(Array.from(clear.data))});
          canvas.getContext("2d").putImageData(new ImageData(samples, 120, 80), 0, 0);
          return Array.from(canvas.getContext("2d").getImageData(0, 0, 120, 80).data);
        })()`);
        assertEquals(shown, expected);
        isClean();

        await page.go(`${origin}/blank`);
        assertEquals(await page.evaluate(register), true);
        await page.go(`${origin}/image`);
        assert(await page.evaluate(`document.getElementById("a").decode().then(() => true)`));
        assertEquals(await drawnPixels(`document.getElementById("a")`), Array.from(data));
        isClean();
      });
    });
  },
});
