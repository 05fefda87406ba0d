import { assert, assertEquals } from "@std/assert";
import { brotliCompressSync } from "node:zlib";
import { compress, decompress } from "../../mod.ts";
import { encodePng } from "../../src/image/encode_png.ts";
import { drawn } from "../../examples/picture.ts";
import type { Page } from "../eval/chromium.ts";
import {
  BROWSER_TEST,
  eventsUntil,
  pageWith,
  type SiteFile,
  slowly,
  webFiles,
  withSite,
} from "./web_site.ts";

/** Pixels of an element's canvas, as `pixelsOf` gives those of a file. */
const PIXELS_OF = `async (element) => {
  const canvas = element.shadowRoot.querySelector("canvas"), { width, height } = canvas;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [width, height, Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")];
}`;

/** Width, height and SHA-256 of the samples. */
async function pixelsOf(bytes: Uint8Array): Promise<unknown> {
  const { data, width, height } = await decompress(bytes);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [width, height, Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")];
}

/** CPU time of all tasks of the page's main thread. */
async function cpuSeconds(page: Page): Promise<number> {
  const { metrics } = await page.send("Performance.getMetrics") as {
    metrics: { name: string; value: number }[];
  };
  return metrics.find(({ name }) => name === "TaskDuration")!.value;
}

const pause = (milliseconds: number) => `new Promise((resolve) => setTimeout(resolve, ${milliseconds}))`;

/** Bytes of the scripts of pages, minified and compressed with Brotli. */
const BUDGETS = {
  "vaer-img.js": 1000,
  "vaer-worker.js": 84_000,
  "decode_worker.js": 67_000,
  "vaer-sw.js": 84_000,
} as const;

Deno.test("the scripts of pages keep their budgets of bytes, minified and compressed with Brotli", async () => {
  for (const [name, budget] of Object.entries(BUDGETS)) {
    const { length } = brotliCompressSync(await Deno.readFile(`${await webFiles()}/${name}`));
    assert(length <= budget, `${name}: ${length} bytes, the budget is ${budget}`);
  }
});

Deno.test({
  ...BROWSER_TEST,
  name: "<vaer-img> in Chromium, under a policy without inline styles",
  fn: async (t) => {
    const small = await compress(drawn(120, 80), { quality: 60 });
    const large = await compress(drawn(768, 512), { quality: 80 });
    const damaged = small.slice();
    damaged[damaged.length - 3] ^= 1;
    const png = await encodePng(drawn(30, 20));
    const p3 = pictureOfDisplayP3();
    const vaer = (body: SiteFile["body"]): SiteFile => ({ body });
    const page = (body: string): SiteFile => ({ body: pageWith(body) });
    const fallback = `<vaer-img id="a" src="small.vaer" alt="A sunset" width="60" height="40">` +
      `<img id="fallback" loading="lazy" src="fallback.png" alt="A sunset" width="60" height="40"></vaer-img>`;
    const files: { [path: string]: SiteFile } = {
      "/large.vaer": vaer(large),
      "/slow.vaer": vaer(slowly(large, 8, 400)),
      "/small.vaer": vaer(small),
      "/damaged.vaer": vaer(damaged),
      "/foreign.vaer": vaer(png),
      "/fallback.png": { body: png, type: "image/png" },
      "/p3.vaer": vaer(await compress(p3, { lossless: true })),
      "/p3.png": { body: await encodePng(p3), type: "image/png" },
      ...Object.fromEntries(["b", "c", "d", "e"].map((name) => [`/${name}.vaer`, vaer(small)])),
      "/slow": page(`<vaer-img id="a" src="slow.vaer" alt="" width="768" height="512"></vaer-img>`),
      "/empty": page(""),
      "/without-wasm": {
        body: pageWith(fallback),
        policy: "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'",
      },
      "/without-scripts": { body: fallback },
      "/errors": page(
        ["missing", "damaged", "foreign"]
          .map((name) => `<vaer-img id="${name}" src="${name}.vaer" alt="Text of ${name}"></vaer-img>`)
          .join(""),
      ),
      "/named": page(
        `<vaer-img id="a" src="small.vaer" alt="A sunset"></vaer-img><vaer-img src="small.vaer" alt=""></vaer-img>`,
      ),
      "/hidden": page(
        `<div id="parent"><vaer-img id="a" srcset="b.vaer 120w, c.vaer 900w" sizes="(max-width: 1px) 1px, ` +
          `calc(50px + 50px)" alt=""></vaer-img><vaer-img id="b" srcset="b.vaer 90w, c.vaer 120w" sizes="0px" ` +
          `alt=""></vaer-img></div>`,
      ),
      "/wall": page(
        Array.from(
          { length: 200 },
          (_, i) => `<vaer-img id="${i}" src="small.vaer" alt="" width="60" height="40"></vaer-img>`,
        ).join(""),
      ),
      "/p3": page(`<vaer-img id="a" src="p3.vaer" alt=""></vaer-img><img id="b" src="p3.png">`),
    };
    await withSite(files, async ({ page, origin, requests }) => {
      const isClean = () => assertEquals(page.complaints.splice(0), []);

      await t.step("shows the decoder's pixels without a long task or a layout shift", async () => {
        await page.send("Performance.enable", { timeDomain: "threadTicks" });
        await page.go(`${origin}/empty?plain`);
        const before = await cpuSeconds(page);
        const [box, boxAfter] = await page.evaluate(`(async () => {
          document.body.innerHTML = ${
          JSON.stringify(
            `<p>Above</p><vaer-img id="a" src="large.vaer" alt="A sunset" width="768" height="512">` +
              `<img loading="lazy" src="fallback.png" alt="A sunset"></vaer-img><p>Below</p>`,
          )
        };
          const box = a.getBoundingClientRect().toJSON();
          await new Promise((resolve) => document.addEventListener("load", resolve, { capture: true, once: true }));
          return [box, a.getBoundingClientRect().toJSON()];
        })()`) as unknown[];
        // All tasks together are shorter than one long task, whatever else this machine does.
        const spent = await cpuSeconds(page) - before;
        assert(spent < 0.05, `${spent} s of the main thread`);
        assertEquals(boxAfter, box);
        assertEquals(await page.evaluate("shifts"), 0);
        assertEquals(await page.evaluate("seen"), [{ id: "a", type: "load", bytes: large.length }]);
        assertEquals(await page.evaluate(`(${PIXELS_OF})(a)`), await pixelsOf(large));
        assertEquals(
          await page.evaluate("[a.naturalWidth, a.naturalHeight, a.currentSrc]"),
          [768, 512, `${origin}/large.vaer`],
        );
        assertEquals(requests.includes("/fallback.png"), false);
        isClean();
      });

      await t.step("paints previews while bytes arrive, and in the same box", async () => {
        await page.go(`${origin}/slow`);
        const events = await page.evaluate(eventsUntil("a.complete && seen.length > 0")) as {
          type: string;
          bytes: number;
        }[];
        assert(events.filter(({ type }) => type === "preview").length >= 1, JSON.stringify(events));
        assert(events.every(({ bytes }, index) => index === 0 || bytes > events[index - 1].bytes));
        assertEquals(events.at(-1)!.type, "load");
        assertEquals(await page.evaluate(`(${PIXELS_OF})(a)`), await pixelsOf(large));
        assertEquals(await page.evaluate("shifts"), 0);
        isClean();
      });

      await t.step("paints the complete image only if the user prefers reduced motion", async () => {
        await page.look({ width: 800, height: 600, isStill: true });
        await page.go(`${origin}/slow?still`);
        assertEquals(await page.evaluate(eventsUntil("a.complete && seen.length > 0")), [
          { id: "a", type: "load", bytes: large.length },
        ]);
        isClean();
      });

      await t.step("chooses from srcset by density and by sizes, as <img> does", async () => {
        await page.go(`${origin}/empty`);
        const byDensity = `srcset="b.vaer 1x, c.vaer 2x, d.vaer 3x" src="e.vaer"`;
        const byWidth = `srcset="b.vaer 100w, c.vaer 200w,d.vaer 400w" src="e.vaer" sizes="` +
          `(max-width: 300px) calc((100vw - 20px) / 2), (min-width: 301px) and (max-width: 500px) 300px, 90px"`;
        for (const attributes of [byDensity, byWidth]) {
          for (const [width, density] of [[280, 1], [280, 2], [400, 1.5], [800, 1], [800, 4]]) {
            await page.look({ width, height: 400, density });
            // The browser cannot decode the file for <img>, but says which it has chosen.
            const chosen = await page.evaluate(`(async () => {
              document.body.innerHTML = ${
              JSON.stringify(`<vaer-img ${attributes}></vaer-img><img ${attributes}>`)
            };
              const [own, image] = document.body.children;
              await Promise.all([
                new Promise((resolve) => own.addEventListener("load", resolve)),
                new Promise((resolve) => image.addEventListener("error", resolve)),
              ]);
              return [own.currentSrc, image.currentSrc, own.naturalWidth > 0];
            })()`) as [string, string, boolean];
            assertEquals(chosen, [chosen[1], chosen[1], true], `${attributes} at ${width} × ${density}`);
          }
        }
        await page.look({ width: 800, height: 600 });
        isClean();
      });

      await t.step("asks for its file when it comes near the viewport, with loading=lazy", async () => {
        await page.go(`${origin}/empty?lazy`);
        await page.evaluate(pause(300));
        requests.splice(0);
        await page.evaluate(`{
          const element = document.createElement("vaer-img");
          for (const [name, value] of Object.entries({ id: "a", src: "small.vaer", alt: "", loading: "lazy" })) {
            element.setAttribute(name, value);
          }
          const space = document.createElement("div");
          space.style.height = "9000px";
          document.body.append(space, element);
        }`);
        await page.evaluate(pause(500));
        assertEquals(requests, []);
        await page.evaluate("scrollTo(0, 9000)");
        await page.evaluate(eventsUntil("seen.length > 0"));
        assertEquals(requests.includes("/small.vaer"), true);
        isClean();
      });

      await t.step("shows its <img> children without WebAssembly and without scripts", async () => {
        const isShown = "fallback.complete && fallback.naturalWidth === 30 && fallback.checkVisibility()";
        await page.go(`${origin}/without-wasm`);
        const [event] = await page.evaluate(eventsUntil(isShown)) as { type: string; code: string }[];
        assertEquals([event.type, event.code], ["error", "wasm-unavailable"]);
        assertEquals(await page.evaluate(isShown), true);
        assertEquals(await page.evaluate("[fallback.width, fallback.height]"), [60, 40]);
        await page.go(`${origin}/without-scripts`);
        await page.evaluate(eventsUntil(isShown));
        assertEquals(await page.evaluate(`[${isShown}, customElements.get("vaer-img") === undefined]`), [
          true,
          true,
        ]);
        page.complaints.splice(0); // the policy's report
      });

      await t.step(
        "reports a missing, damaged or foreign file by an error event, and shows the text",
        async () => {
          await page.go(`${origin}/errors`);
          const events = await page.evaluate(eventsUntil("seen.length === 3")) as Record<string, string>[];
          assertEquals(Object.fromEntries(events.map(({ id, type, code }) => [id, `${type} ${code}`])), {
            missing: "error source-unreadable",
            damaged: "error section-damaged",
            foreign: "error file-magic",
          });
          assert(events.find(({ id }) => id === "missing")!.message.includes("404"));
          assertEquals(await page.evaluate("damaged.offsetWidth > 50"), true);
          isClean();
        },
      );

      await t.step(
        "has the role of an image with its text; with an empty text it is decoration",
        async () => {
          await page.go(`${origin}/named`);
          await page.evaluate(eventsUntil("seen.length === 2"));
          await page.send("Accessibility.enable");
          const names = async () => {
            const { nodes } = await page.send("Accessibility.getFullAXTree") as {
              nodes: { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
            };
            return nodes.filter(({ ignored, role }) => !ignored && role?.value === "image")
              .map(({ name }) => name?.value);
          };
          assertEquals(await names(), ["A sunset"]);
          await page.evaluate("a.setAttribute('alt', 'A wave')");
          assertEquals(await names(), ["A wave"]);
          assertEquals(await page.evaluate("seen.length"), 2); // a new text is no new request
          isClean();
        },
      );

      await t.step("shows the last of two files set in turn, and nothing once it is removed", async () => {
        await page.go(`${origin}/slow?twice`);
        await page.evaluate(eventsUntil("seen.length > 0"));
        await page.evaluate("a.setAttribute('src', 'small.vaer')");
        await page.evaluate(eventsUntil("a.complete"));
        assertEquals(await page.evaluate(`(${PIXELS_OF})(a)`), await pixelsOf(small));
        await page.evaluate("a.setAttribute('src', 'slow.vaer'), a.remove(), seen.length = 0");
        await page.evaluate(pause(2000));
        assertEquals(await page.evaluate("seen"), []);
        isClean();
      });

      await t.step("shows 200 images of a page, the first ones early", async () => {
        await page.go(`${origin}/wall`);
        await page.evaluate(eventsUntil("seen.length > 0"));
        const complete =
          `[...document.images, ...document.querySelectorAll("vaer-img")].filter((e) => e.complete).length`;
        const early = await page.evaluate(complete) as number;
        const events = await page.evaluate(eventsUntil("seen.length === 200")) as {
          type: string;
          id: string;
        }[];
        assert(early < 100, `${early} images were complete with the first`);
        assertEquals(new Set(events.map(({ type }) => type)), new Set(["load"]));
        assert(Number(events[0].id) < 20, `the first was ${events[0].id}`);
        isClean();
      });

      await t.step("chooses from srcset without a layout, and by columns alone without a width", async () => {
        await page.go(`${origin}/empty?hidden`);
        await page.evaluate(`{
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("div { display: none }");
          document.adoptedStyleSheets = [sheet];
        }`);
        await page.evaluate(`document.body.innerHTML = ${JSON.stringify(files["/hidden"].body)}`);
        await page.evaluate(eventsUntil("seen.length === 2"));
        assertEquals(await page.evaluate("[a.currentSrc, a.naturalWidth, b.currentSrc, b.naturalWidth]"), [
          `${origin}/b.vaer`,
          100,
          `${origin}/c.vaer`,
          120,
        ]);
        isClean();
      });

      await t.step("has its attributes as properties, and is empty without a file", async () => {
        await page.go(`${origin}/empty?properties`);
        await page.evaluate(`{
          globalThis.a = document.createElement("vaer-img");
          globalThis.before = [a.complete, a.src, a.width];
          Object.assign(a, { id: "a", src: "small.vaer", alt: "A sunset", width: 60, loading: "eager" });
          document.body.append(a);
        }`);
        assertEquals(await page.evaluate("[...before, a.complete]"), [true, "", 0, false]);
        await page.evaluate(eventsUntil("seen.length === 1"));
        assertEquals(
          await page.evaluate("[a.outerHTML, a.alt, a.width, a.offsetHeight, a.complete]"),
          [
            `<vaer-img id="a" src="small.vaer" alt="A sunset" width="60" loading="eager"></vaer-img>`,
            "A sunset",
            60,
            40,
            true,
          ],
        );
        await page.evaluate("a.style.objectFit = 'none', a.style.objectPosition = 'left top'");
        assertEquals(
          await page.evaluate(`(({ objectFit, objectPosition }) => [objectFit, objectPosition])(
            getComputedStyle(a.shadowRoot.querySelector("canvas")))`),
          ["none", "0% 0%"],
        );
        assertEquals(await page.evaluate("a.removeAttribute('src'), a.complete"), true);
        await page.evaluate(eventsUntil("a.currentSrc === ''"));
        assertEquals(
          await page.evaluate(
            "[a.complete, a.naturalWidth, a.shadowRoot.querySelector('canvas'), seen.length]",
          ),
          [true, 0, null, 1],
        );
        isClean();
      });

      await t.step("works in the document of a frame", async () => {
        await page.go(`${origin}/named?frame`);
        await page.evaluate(eventsUntil("seen.length === 2"));
        const size = await page.evaluate(`new Promise((resolve) => {
          const frame = document.body.appendChild(document.createElement("iframe")), element = a;
          element.addEventListener("load", () => resolve([element.offsetWidth, element.offsetHeight]));
          frame.contentDocument.body.append(element);
          setTimeout(() => resolve("nothing was loaded"), 10_000);
        })`);
        assertEquals(size, [120, 80]);
        isClean();
      });

      await t.step(
        "is silent in a document without a window, and is shown once it is in the page again",
        async () => {
          await page.go(`${origin}/named?inert`);
          await page.evaluate(eventsUntil("seen.length === 2"));
          const size = await page.evaluate(`new Promise((resolve) => {
          const inert = document.implementation.createHTMLDocument(), element = a, fresh = document.createElement("vaer-img");
          const parsed = new DOMParser().parseFromString(a.outerHTML, "text/html").body.firstChild;
          fresh.src = "small.vaer";
          inert.body.append(element, fresh);
          element.alt = fresh.alt = "other";
          element.addEventListener("load", () => resolve([element.offsetWidth, element.offsetHeight]));
          document.body.append(element, document.adoptNode(parsed));
          setTimeout(() => resolve("nothing was loaded"), 10_000);
        })`);
          assertEquals(size, [120, 80]);
          isClean();
        },
      );

      await t.step(
        "asks for its file when it comes near the viewport of a scroller in the page",
        async () => {
          await page.go(`${origin}/empty?scroller`);
          await page.evaluate(pause(300));
          requests.splice(0);
          await page.evaluate(`{
          const scroller = document.createElement("div"), space = document.createElement("div");
          scroller.id = "scroller";
          Object.assign(scroller.style, { height: "400px", overflow: "auto" });
          space.style.height = "5000px";
          const element = document.createElement("vaer-img");
          Object.assign(element, { id: "a", src: "small.vaer", alt: "", loading: "lazy" });
          scroller.append(space, element);
          document.body.append(scroller);
        }`);
          await page.evaluate(pause(500));
          assertEquals(requests, []);
          await page.evaluate("scroller.scrollTo(0, 5000 - 400 - 100)"); // the element is 100 pixels below what is seen
          await page.evaluate(eventsUntil("seen.length > 0"));
          assertEquals(requests.includes("/small.vaer"), true);
          isClean();
        },
      );

      await t.step("starts its worker again after it could not be loaded", async () => {
        files["/vaerans/vaer-worker.js"] = { body: "no script" };
        await page.go(`${origin}/named?worker`);
        const events = await page.evaluate(eventsUntil("seen.length === 2")) as Record<string, string>[];
        assertEquals(events.map(({ type, code }) => `${type} ${code}`), ["error worker", "error worker"]);
        assertEquals(await page.evaluate("a.offsetWidth > 50"), true); // the text
        page.complaints.splice(0); // the missing script
        delete files["/vaerans/vaer-worker.js"];
        await page.evaluate("document.body.insertAdjacentHTML('beforeend', a.outerHTML)");
        await page.evaluate(eventsUntil("seen.length === 3"));
        assertEquals(await page.evaluate("seen[2].type"), "load");
        isClean();
      });

      await t.step("shows colours of Display P3 as the browser shows those of a PNG", async () => {
        await page.go(`${origin}/p3`);
        await page.evaluate(eventsUntil("b.complete && seen.length > 0"));
        const [own, image] = await page.evaluate(`[a.shadowRoot.querySelector("canvas"), b].map((image) => {
          const context = new OffscreenCanvas(16, 16).getContext("2d");
          context.drawImage(image, 0, 0);
          return Array.from(context.getImageData(8, 8, 1, 1).data);
        })`) as number[][];
        assert(own.every((sample, index) => Math.abs(sample - image[index]) <= 1), `${own}, PNG ${image}`);
        assert(own[0] > 205, `${own}`); // red 200 of Display P3 is stronger in sRGB
        isClean();
      });
    });
  },
});

function pictureOfDisplayP3() {
  const data = new Uint8ClampedArray(4 * 16 * 16);
  for (let i = 0; i < data.length; i += 4) data.set([200, 100, 60, 255], i);
  const cicp = { primaries: 12, transfer: 13, matrix: 0, fullRange: true } as const;
  return { data, width: 16, height: 16, metadata: { cicp } };
}
