import { assert, assertEquals } from "@std/assert";
import { compress, decompress } from "../../mod.ts";
import { encodePng } from "../../src/image/encode_png.ts";
import { drawn } from "../../examples/picture.ts";
import { BROWSER_TEST, type SiteFile, STRICT_POLICY, withSite } from "./web_site.ts";

const POLICY = `${STRICT_POLICY}; style-src 'unsafe-inline'`;

/** The samples of an image, as text. */
const PIXELS_OF = `async (image) => {
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  return [width, height, Array.from(context.getImageData(0, 0, width, height).data).join()];
}`;

async function pixelsOf(file: Uint8Array): Promise<unknown> {
  const { data, width, height } = await decompress(file);
  return [width, height, data.join()];
}

Deno.test({
  ...BROWSER_TEST,
  name: "the service worker in Chromium",
  fn: async (t) => {
    const opaque = await compress(drawn(60, 40), { quality: 60, content: "photo" }); // by a model
    const clear = drawn(61, 41), hidden = drawn(8, 8);
    for (let i = 3; i < clear.data.length; i += 4) clear.data[i] = i % 5 ? 255 : 0;
    for (let i = 3; i < hidden.data.length; i += 4) hidden.data[i] = 0;
    const damaged = opaque.slice();
    damaged[damaged.length - 3] ^= 1;
    const page = (body: string): SiteFile => ({
      body: `<!doctype html><html lang="en"><title>Test</title><body>${body}</body></html>`,
      policy: POLICY,
    });
    const sides = [[1, 1], [2, 1], [1, 2], [3, 1], [4, 4], [5, 3], [1, 17]] as const;
    const tiny = Object.fromEntries(
      await Promise.all(sides.map(async ([width, height]) =>
        [
          `/tiny${width}x${height}.vaer`,
          { body: await compress(drawn(width, height), { lossless: true }) },
        ] as const
      )),
    );
    const files: { readonly [path: string]: SiteFile } = {
      "/": page(""),
      "/images": page(
        `<img id="a" src="a.vaer" alt=""><img id="b" src="b.vaer" alt=""><img id="c" src="c.vaer" alt="">` +
          `<picture><source srcset="A.VAER"><img id="d" src="d.png" alt=""></picture>` +
          `<img id="e" src="d.png" alt=""><div id="f"></div>` +
          `<style>#f { width: 60px; height: 40px; background: url(a.vaer) }</style>`,
      ),
      "/a.vaer": { body: opaque },
      "/A.VAER": { body: opaque },
      "/b.vaer": { body: await compress(clear, { lossless: true }) },
      "/c.vaer": { body: await compress(hidden, { lossless: true }) },
      ...tiny,
      "/d.png": { body: await encodePng(drawn(10, 10)), type: "image/png" },
      "/damaged.vaer": { body: damaged },
    };
    await withSite(files, async ({ page, origin, requests }) => {
      await page.go(`${origin}/`);
      await page.evaluate(`(async () => {
        await navigator.serviceWorker.register("/vaerans/vaer-sw.js", { scope: "/" });
        await navigator.serviceWorker.ready;
        if (!navigator.serviceWorker.controller) {
          await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
        }
      })()`);

      await t.step("decodes .vaer files for <img>, <picture> and CSS backgrounds", async () => {
        await page.go(`${origin}/images`);
        assertEquals(await page.evaluate(`(${PIXELS_OF})(a)`), await pixelsOf(opaque));
        assertEquals(await page.evaluate(`(${PIXELS_OF})(d)`), await pixelsOf(opaque));
        assertEquals(await page.evaluate(`(${PIXELS_OF})(e).then(([width]) => width)`), 10);
        assertEquals(
          await page.evaluate(`(${PIXELS_OF})(c).then(([, , samples]) => /[1-9]/.test(samples))`),
          false,
        );
        const [width, height, samples] = await page.evaluate(`(${PIXELS_OF})(b)`) as [number, number, string];
        assertEquals([width, height], [61, 41]);
        const shown = samples.split(",").map(Number);
        assert(shown.every((sample, i) => clear.data[i | 3] === 0 ? sample === 0 : sample === clear.data[i]));
        // The background is what the screen shows of the same file.
        const picture = async (id: string) => {
          const { x, y } = await page.evaluate(`${id}.getBoundingClientRect().toJSON()`) as Record<
            string,
            number
          >;
          const { data } = await page.send("Page.captureScreenshot", {
            clip: { x, y, width: 60, height: 40, scale: 1 },
          });
          return data;
        };
        assertEquals(await picture("f"), await picture("a"));
        assertEquals(page.complaints, []);
      });

      await t.step("shows pictures of one pixel and of few", async () => {
        for (const [path, { body }] of Object.entries(tiny)) {
          const shown = await page.evaluate(`(async () => {
            const image = new Image();
            image.src = ${JSON.stringify(path)};
            return await (${PIXELS_OF})(image);
          })()`);
          assertEquals(shown, await pixelsOf(body), path);
        }
      });

      await t.step("keeps models in the cache storage by their SHA-256", async () => {
        const names = await page.evaluate(`(async () => {
          const keys = await (await caches.open("vaerans-models")).keys();
          return keys.map(({ url }) => url.split("/").at(-1));
        })()`) as string[];
        assert(names.length > 0 && names.every((name) => /^sha256-[0-9a-f]{64}$/.test(name)), `${names}`);
        assertEquals(requests.filter((path) => path.endsWith("decoder.onnx")).length, 1);
      });

      await t.step(
        "passes on errors of the server, and reports a damaged file with the status 422",
        async () => {
          const errors = await page.evaluate(`Promise.all(["missing.vaer", "damaged.vaer"].map((src) =>
          new Promise((resolve) => {
            const image = new Image();
            image.onerror = () => resolve("error");
            image.onload = () => resolve("load");
            image.src = src;
          })
        ))`);
          assertEquals(errors, ["error", "error"]);
          assert(page.complaints.some((text) => text.includes("404")), `${page.complaints}`);
          assert(page.complaints.some((text) => text.includes("422")), `${page.complaints}`);
        },
      );
    });
  },
});
