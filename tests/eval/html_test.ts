import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { decodePicture } from "../../mod.ts";
import { encodePng } from "../../src/image/mod.ts";
import { escapeHtml } from "../../src/eval/html/escape.ts";
import { ratePlot } from "../../src/eval/html/plots.ts";
import { htmlTable } from "../../src/eval/html/tables.ts";
import { metricOf } from "../../src/eval/metrics/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { main } from "../../src/eval/main.ts";
import { withFolder } from "../with_folder.ts";
import { findChromium, Page } from "./chromium.ts";

Deno.test("escapeHtml() leaves nothing that could end an attribute or begin an element", () => {
  assertEquals(escapeHtml(`<a b="c" d='e'>&`), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
  assertMatch(htmlTable(["a"], [["<b>"]]), /<th scope="row">&lt;b&gt;<\/th>/);
});

Deno.test("a plot has a line a codec and a mark a point, and is the same each time", async () => {
  const point = (bpp: number, psnr: number) => ({ bpp, scores: { psnr } });
  const curves = [
    { name: "vaerans", points: [point(0.1, 25), point(0.2, 27)] },
    { name: "jpeg", points: [point(0.3, 26), point(0.6, 29), point(9, Infinity)] },
  ];
  const svg = await ratePlot(curves, metricOf("psnr"));
  assertEquals(svg.match(/aria-label="[^"]*bits per pixel, PSNR/g)?.length, 4 + 2);
  assertMatch(svg, /vaerans: 0\.100 bits per pixel, PSNR, dB 25\.00/);
  assertEquals(await ratePlot(curves, metricOf("psnr")), svg);
});

const chromium = findChromium();
const inCi = Deno.permissions.querySync({ name: "env", variable: "CI" }).state === "granted" &&
  Deno.env.get("CI") !== undefined;

/** How many different colours a picture has, up to `most`. */
function colourCount({ data }: { data: Uint8ClampedArray | Uint8Array }, most: number): number {
  const colours = new Set<number>();
  for (let i = 0; i < data.length && colours.size < most; i += 4) {
    colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
  }
  return colours.size;
}

Deno.test({
  name: "the report opens in Chromium without complaint, wide and narrow, light and dark, and on paper",
  ignore: chromium === undefined && !inCi,
  fn: async () => {
    if (chromium === undefined) throw new Error("There is no Chromium: apt-get install chromium");
    await withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/photos`);
      await Deno.writeFile(`${folder}/photos/a.png`, await encodePng(syntheticPicture(96, 64)));
      await Deno.writeFile(`${folder}/photos/<b>.png`, await encodePng(syntheticPicture(80, 96)));
      const args = [
        `${folder}/photos`,
        "-o",
        `${folder}/report`,
        "--qualities",
        "20,60,75",
        "--peers",
        "jpeg,webp",
        "--metrics",
        "ssimulacra2,texture,psnr",
      ];
      const log = console.log;
      console.log = () => {};
      try {
        assertEquals(await main([...args, "--show", "1", "--show-bpp", "0.8", "--quiet"]), 0);
      } finally {
        console.log = log;
      }
      const page = await Page.open(chromium, `${folder}/profile`, `file://${folder}/report/report.html`);
      try {
        await page.look({ width: 1280, height: 900 });
        assertEquals(await page.evaluate("document.title"), "VaeRANS: what a quality costs");
        // Three plots of rates, three of bytes and times, one of histograms; each with marks.
        assertEquals(
          await page.evaluate(
            "[...document.querySelectorAll('.plot svg')].map((svg) => svg.querySelectorAll('path[aria-label]').length > 3)",
          ),
          Array(7).fill(true),
        );
        assertEquals(await page.evaluate("document.querySelectorAll('details').length"), 3);
        // Every picture of the page can be decoded by the browser.
        assertEquals(
          await page.evaluate(`Promise.all([...document.querySelectorAll(".pic")].map(async (element) => {
            const image = new Image();
            image.src = getComputedStyle(element).backgroundImage.slice(5, -2);
            await image.decode();
            return image.naturalWidth;
          })).then((widths) => [widths.length, Math.min(...widths) > 0])`),
          [2 + 3 * 3, true],
        );
        await page.evaluate(`(() => {
          const range = document.querySelector(".stage input");
          range.value = 25;
          range.dispatchEvent(new Event("input"));
          const select = document.querySelector("select[data-side=right]");
          select.selectedIndex = 0;
          select.dispatchEvent(new Event("change"));
        })()`);
        assertMatch(
          String(await page.evaluate("getComputedStyle(document.querySelector('.stage .left')).clipPath")),
          /75%/,
        );
        assertEquals(
          await page.evaluate(
            "document.querySelector('.stage .right').className.endsWith(" +
              "document.querySelector('select').options[0].value)",
          ),
          true,
        );
        const light = await decodePicture(await page.screenshot());
        assertEquals([light.width, colourCount(light, 100)], [1280, 100]);

        await page.look({ width: 390, height: 844, mobile: true, scheme: "dark" });
        assertEquals(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
        const dark = await decodePicture(await page.screenshot());
        assertNotEquals(dark.data.slice(0, 3), light.data.slice(0, 3));
        assertEquals(dark.data[0] < 64, true);

        await page.look({ width: 800, height: 1100, media: "print", scheme: "dark" });
        assertEquals(
          await page.evaluate("getComputedStyle(document.querySelector('.slider')).display"),
          "none",
        );
        assertEquals((await page.send("Page.printToPDF")).data !== "", true);
        assertEquals(page.complaints, []);
      } finally {
        await page.close();
      }
    });
  },
});
