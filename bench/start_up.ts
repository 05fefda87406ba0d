/**
 * Times from the start of a page's script to the first picture on its canvas, in Chromium with a warm HTTP cache: `/decode`, and the
 * browser's own AVIF in the same run; the same for `<vaer-img>`, with its first paint; and how much longer than an empty program a process
 * takes that shows a thumbnail.
 *
 * `deno run -R -W --allow-run --allow-net=127.0.0.1 bench/start_up.ts [PICTURE]`; without a picture, one is drawn.
 */
import { drawn } from "../examples/picture.ts";
import { compress, decodePicture, encodePicture } from "../mod.ts";
import { buildPageScripts, bundleScript } from "../src/web/build.ts";
import { findChromium, Page } from "../tests/eval/chromium.ts";

const ROOT = new URL("../", import.meta.url);
/** Loads of each page; the first two fill the caches. */
const LOADS = 13, WARM_UPS = 2;
/** Runs of each program. */
const RUNS = 11;

const PAGE =
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"></head><body>
<canvas></canvas><script type="module">
const canvas = document.querySelector("canvas"), start = performance.now();
const marks = {};
const mark = (name) => marks[name] = performance.now() - start;
async function vaer(file) {
  const bytes = fetch(file).then((response) => response.arrayBuffer());
  const { decompress, setAssetUrls } = await import("./decode.js");
  mark("module");
  setAssetUrls({ models: "models/" });
  const { data, width, height } = await decompress(new Uint8Array(await bytes), { workers: 0 });
  mark("decoded");
  Object.assign(canvas, { width, height });
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
}
async function avif(file) {
  const image = new Image();
  image.src = file;
  await image.decode();
  mark("decoded");
  Object.assign(canvas, { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  canvas.getContext("2d").getImageData(0, 0, 1, 1);
}
const file = location.hash.slice(1);
globalThis.shown = (file.endsWith(".avif") ? avif : vaer)(file).then(() => (mark("shown"), marks));
</script></body></html>`;

/** The element, which decodes in a worker: its first paint, a preview where there is one, and the whole picture. */
const ELEMENT_PAGE =
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"></head><body>
<script type="module">
const start = performance.now(), marks = {};
const image = document.createElement("vaer-img");
globalThis.shown = new Promise((resolve, reject) => {
  image.addEventListener("preview", () => marks["first paint"] ??= performance.now() - start);
  image.addEventListener("load", () => {
    marks["first paint"] ??= performance.now() - start;
    marks.shown = performance.now() - start;
    resolve(marks);
  });
  image.addEventListener("error", ({ message }) => reject(Error(message)));
});
import("./vaer-img.js").then(() => {
  image.setAttribute("src", location.hash.slice(1));
  document.body.append(image);
});
</script></body></html>`;

type Marks = Record<string, number>;

const path = Deno.args[0];
const picture = path ? await decodePicture(await Deno.readFile(path)) : drawn(768, 512);
const folder = await Deno.makeTempDir();
try {
  await files(folder);
  await inChromium(folder);
  await inProcesses(folder);
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function files(folder: string): Promise<void> {
  await bundleScript({ name: "decode.js", source: "../decode.ts" }, folder);
  await buildPageScripts(folder);
  const write = (name: string, bytes: Uint8Array) => Deno.writeFile(`${folder}/${name}`, bytes);
  await write("thumbnail.vaer", await compress(picture, { bytes: 600 }));
  await write("q50.vaer", await compress(picture, { quality: 50 }));
  await write("q20.vaer", await compress(picture, { quality: 20 }));
  await write("picture.avif", (await encodePicture(picture, "avif")).bytes);
  await write("picture.png", (await encodePicture(picture, "png")).bytes);
}

async function inChromium(folder: string): Promise<void> {
  const chromium = findChromium();
  if (chromium === undefined) throw new Error("There is no Chromium: apt-get install chromium");
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const page = { "/": PAGE, "/element": ELEMENT_PAGE }[pathname];
    if (page !== undefined) return new Response(page, { headers: { "content-type": "text/html" } });
    const url = pathname.startsWith("/models/") ? new URL(pathname.slice(1), ROOT) : `${folder}${pathname}`;
    const type = pathname.endsWith(".js")
      ? "text/javascript"
      : pathname.endsWith(".avif")
      ? "image/avif"
      : "application/octet-stream";
    return new Response(await Deno.readFile(url), {
      headers: { "content-type": type, "cache-control": "max-age=3600" },
    });
  });
  try {
    const address = `http://127.0.0.1:${server.addr.port}/`;
    const page = await Page.open(chromium, `${folder}/profile`, "about:blank");
    try {
      const files = ["thumbnail.vaer", "q20.vaer", "q50.vaer"];
      const names = ["#picture.avif", ...files.flatMap((file) => [`#${file}`, `element#${file}`])];
      const marks = new Map<string, Marks[]>();
      for (let load = 0; load < LOADS; load++) {
        for (const name of names) {
          await page.go("about:blank");
          await page.go(`${address}${name}`);
          const seen = await page.evaluate("shown") as Marks;
          if (load >= WARM_UPS) marks.set(name, [...marks.get(name) ?? [], seen]);
        }
      }
      const avif = median(marks.get("#picture.avif")!.map(({ shown }) => shown));
      for (const [name, all] of marks) {
        const parts = Object.keys(all[0]).map((mark) =>
          `${mark} ${median(all.map((one) => one[mark])).toFixed(0)} ms`
        );
        const ratio = median(all.map(({ shown }) => shown)) / avif;
        console.log(
          `Chromium ${name.replace("#", " ").trim()}: ${parts.join(", ")}, ${
            ratio.toFixed(1)
          } of AVIF's time`,
        );
      }
    } finally {
      await page.close();
    }
  } finally {
    await server.shutdown();
  }
}

async function inProcesses(folder: string): Promise<void> {
  const program = (text: string) => {
    const path = `${folder}/${text.length}.ts`;
    Deno.writeTextFileSync(path, text);
    return path;
  };
  const empty = program("export {};");
  const thumbnail = program(
    `import { compress, decodePicture } from ${JSON.stringify(new URL("mod.ts", ROOT).href)};
const picture = await decodePicture(await Deno.readFile(${JSON.stringify(`${folder}/picture.png`)}));
await Deno.writeFile(${
      JSON.stringify(`${folder}/thumbnail.vaer`)
    }, await compress(picture, { bytes: 600 }));`,
  );
  const decoding = program(
    `import { decompress } from ${JSON.stringify(new URL("src/decode.ts", ROOT).href)};
await decompress(await Deno.readFile(${JSON.stringify(`${folder}/thumbnail.vaer`)}));`,
  );
  await timeOf(thumbnail);
  const times = new Map<string, number[]>();
  for (let run = 0; run < RUNS; run++) {
    for (const path of [empty, decoding]) times.set(path, [...times.get(path) ?? [], await timeOf(path)]);
  }
  const [base, decoded] = [empty, decoding].map((path) => median(times.get(path)!));
  console.log(
    `Deno: empty program ${base.toFixed(0)} ms; showing a thumbnail of at most 600 bytes ${
      (decoded - base).toFixed(0)
    } ms more`,
  );
}

async function timeOf(path: string): Promise<number> {
  const start = performance.now();
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-R", "-W", path],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
