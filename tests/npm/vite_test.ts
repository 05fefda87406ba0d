import { assert, assertEquals, assertMatch } from "@std/assert";
import { drawn } from "../../examples/picture.ts";
import { decodePicture, decompress, encodePicture, psnr } from "../../mod.ts";
import { findChromium, Page } from "../eval/chromium.ts";
import { BROWSER_TEST } from "../web/web_site.ts";
import { NPM_TEST, run, withProject, withServedFolder } from "./npm_project.ts";

const FILES: { readonly [name: string]: string } = {
  "vite.config.js": `
    import { defineConfig } from "vite";
    import { vaerans } from "@vaerans/vaerans/vite";

    export default defineConfig({ plugins: [vaerans({ compress: { effort: 1 } })] });`,
  "index.html": `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Site</title>
    <link rel="icon" href="data:,"></head><body><div id="main"></div>
    <script type="module" src="./main.js"></script></body></html>`,
  "main.js": `
    import hero from "./hero.png?vaer&bytes=2500";
    import icon from "./icon.png?vaer&lossless&fallback=png";
    import old from "./old.vaer?vaer";
    import { decompress } from "@vaerans/vaerans/decode";

    main.innerHTML = hero.html('A "sunset"', { id: "hero" }) + icon.html("", { id: "icon" }) +
      old.html("", { id: "old" });
    globalThis.decode = async () => {
      const bytes = new Uint8Array(await (await fetch(new URL("tiled.vaer", document.baseURI))).arrayBuffer());
      const { data } = await decompress(bytes, { workers: 2 });
      return Array.from(data);
    };`,
};

/** Collects how the elements end; counts messages of workers. */
const PREPARE = `
  globalThis.seen = [];
  globalThis.answers = 0;
  for (const type of ["load", "error"]) {
    document.addEventListener(type, ({ target, type, message }) => {
      if (target.localName === "vaer-img") seen.push([target.id, type, message ?? ""].join(" ").trim());
    }, true);
  }
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      if (/decode_worker/.test(args[0])) this.addEventListener("message", () => answers++);
    }
  };`;
const UNTIL_SHOWN = `new Promise((resolve) => {
  const end = performance.now() + 120000;
  const look = () => seen.length >= 3 || performance.now() > end ? resolve(seen.toSorted()) : setTimeout(look, 50);
  look();
})`;

/** What a page asked its server for. */
interface Asked {
  /** Path without hashes, from the folder of the page. */
  readonly path: string;
  /** What the browser uses the answer for: `image` for `<img>`. */
  readonly use: string | null;
}

/** Opens a site in Chromium, by a server that keeps what the page asks for and does not have what `missing` matches. */
async function withPage(
  folder: string,
  address: string,
  work: (page: Page, asked: readonly Asked[]) => Promise<void>,
  missing?: RegExp,
): Promise<void> {
  const chromium = findChromium();
  if (chromium === undefined) throw new Error("There is no Chromium: apt-get install chromium");
  const asked: Asked[] = [], { origin, pathname: home } = new URL(address);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async ({ url, headers }) => {
    const { pathname, search } = new URL(url);
    const path = pathname.slice(home.length).replaceAll(/-[\w-]{8}(?=[./])/g, "");
    asked.push({ path, use: headers.get("sec-fetch-dest") });
    return missing?.test(path)
      ? new Response("not here", { status: 404 })
      : await fetch(origin + pathname + search, { headers: { accept: headers.get("accept") ?? "*/*" } });
  });
  const profile = await Deno.makeTempDir({ dir: folder });
  try {
    const page = await Page.open(chromium, profile, "about:blank", async (page) => {
      await page.send("Page.addScriptToEvaluateOnNewDocument", { source: PREPARE });
    });
    try {
      await page.go(`http://127.0.0.1:${server.addr.port}${home}`);
      await work(page, asked);
    } finally {
      await page.close();
    }
  } finally {
    await server.shutdown();
  }
}

function look(folder: string, address: string, tiled: Uint8Array): Promise<void> {
  return withPage(folder, address, async (page, asked) => {
    assertEquals(
      await page.evaluate(UNTIL_SHOWN),
      ["hero load", "icon load", "old load"],
      page.complaints.join("\n"),
    );
    assertEquals(
      await page.evaluate(`Object.values((({ naturalWidth, naturalHeight, complete }) =>
        ({ naturalWidth, naturalHeight, complete }))(document.getElementById("hero")))`),
      [120, 80, true],
    );
    assertEquals(asked.filter(({ use }) => use === "image"), [], "the fallback was downloaded");
    const { data } = await decompress(tiled);
    assertEquals(await page.evaluate("decode()"), Array.from(data));
    assert(Number(await page.evaluate("answers")) > 0, "no worker answered");
    // The server above does not pass on the socket of Vite's client.
    assertEquals(page.complaints.filter((text) => !/\[vite\] connect|websocket/i.test(text)), []);
  });
}

Deno.test({
  ...NPM_TEST,
  name: "the plugin for Vite compresses imported pictures, and the site shows them, built and in development",
  fn: async (t) => {
    await withProject(["vite@8"], async (folder) => {
      for (const [name, text] of Object.entries(FILES)) await Deno.writeTextFile(`${folder}/${name}`, text);
      const { compress } = await import("../../mod.ts"), picture = drawn(120, 80);
      const tiled = await compress(picture, { quality: 60, tileSide: 64 });
      await Deno.mkdir(`${folder}/public`);
      for (const name of ["public/tiled.vaer", "old.vaer"]) await Deno.writeFile(`${folder}/${name}`, tiled);
      await Deno.writeFile(`${folder}/hero.png`, (await encodePicture(picture, "png")).bytes);
      await Deno.writeFile(`${folder}/icon.png`, (await encodePicture(drawn(24, 16), "png")).bytes);

      await t.step("writes the files of each picture", async () => {
        await run(folder, "npx", "vite", "build", "--base=./");
        const built = await Array.fromAsync(Deno.readDir(`${folder}/dist/assets`), ({ name }) => name);
        const [vaer] = built.filter((name) => /^hero-.*\.vaer$/.test(name));
        const file = await Deno.readFile(`${folder}/dist/assets/${vaer}`);
        assert(file.length <= 2500, `${file.length} bytes`);
        assert(psnr(picture, await decompress(file)) > 20);
        assertEquals(
          built.map((name) => name.replace(/-.*\./, ".")).sort().filter((name) => /hero|icon/.test(name)),
          [
            "hero.avif",
            "hero.jpg",
            "hero.vaer",
            "icon.png",
            "icon.vaer",
          ],
        );
      });

      await t.step("uses an imported .vaer file unchanged, and makes its fallback", async () => {
        const built: Record<string, Uint8Array> = {};
        for await (const { name } of Deno.readDir(`${folder}/dist/assets`)) {
          const [, ending] = /^old-.*\.(\w+)$/.exec(name) ?? [];
          if (ending) built[ending] = await Deno.readFile(`${folder}/dist/assets/${name}`);
        }
        const { vaer, ...fallback } = built;
        assertEquals(vaer, tiled);
        assertEquals(Object.keys(fallback).sort(), ["avif", "jpg"]);
        for (const bytes of Object.values(fallback)) {
          const { width, height } = await decodePicture(bytes);
          assertEquals([width, height], [120, 80]);
        }
      });

      await t.step("takes the files from the cache when it builds again", async () => {
        const cached = await times(`${folder}/node_modules/.vite/vaerans`);
        assertEquals(cached.length, 3);
        await run(folder, "npx", "vite", "build", "--base=./");
        assertEquals(await times(`${folder}/node_modules/.vite/vaerans`), cached);
      });

      await t.step({
        ...BROWSER_TEST,
        name: "shows the pictures of the built site without their fallback, and decodes in workers",
        fn: () =>
          withServedFolder(`${folder}/dist`, "/some/path/", (address) => look(folder, address, tiled)),
      });

      await t.step({
        ...BROWSER_TEST,
        name: "shows the fallback if the element's worker is missing",
        fn: () =>
          withServedFolder(
            `${folder}/dist`,
            "/some/path/",
            (address) =>
              withPage(folder, address, async (page, asked) => {
                assertEquals(await page.evaluate(UNTIL_SHOWN), ["hero error", "icon error", "old error"]);
                const shown =
                  "Promise.all(Array.from(document.images, async (image) => (await image.decode(), image.width)))";
                assertEquals(await page.evaluate(shown), [120, 24, 120]);
                assertEquals(
                  asked.filter(({ use }) => use === "image").map(({ path }) => path).sort(),
                  ["assets/hero.avif", "assets/icon.png", "assets/old.avif"],
                );
              }, /vaer-worker\.js$/),
          ),
      });

      await t.step({
        ...BROWSER_TEST,
        name: "shows the pictures in development without their fallback, and decodes in workers",
        fn: () => withDevelopmentServer(folder, (address) => look(folder, address, tiled)),
      });

      await t.step("refuses an unknown parameter", async () => {
        await Deno.writeTextFile(`${folder}/main.js`, 'import "./hero.png?vaer&size=3";');
        const { success, stderr } = await new Deno.Command("npx", { args: ["vite", "build"], cwd: folder })
          .output();
        assertEquals(success, false);
        assertMatch(
          new TextDecoder().decode(stderr),
          /Cannot read the query: parameters must be .*\(got size\)/,
        );
      });
    });
  },
});

/** When the records of a cache were written. */
async function times(cache: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir(cache)) {
    found.push((await Deno.stat(`${cache}/${name}/files.json`)).mtime!.getTime());
  }
  return found.sort();
}

async function withDevelopmentServer(
  folder: string,
  work: (address: string) => Promise<void>,
): Promise<void> {
  const server = new Deno.Command("node", {
    args: ["node_modules/vite/bin/vite.js", "--host=127.0.0.1", "--port=0"],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let text = "", address: string | undefined;
    while (!address) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`The server did not start: ${text}`);
      text += value;
      address = /http:\/\/127\.0\.0\.1:\d+\//.exec(text)?.[0];
    }
    await work(address);
  } finally {
    server.kill();
    await server.status;
    await reader.cancel();
  }
}

/** A page that imports the root, and no plugin: Vite's workers are then no modules, and may not wait at their top. */
const PLAIN_FILES: { readonly [name: string]: string } = {
  "index.html": FILES["index.html"],
  "main.js": `
    import { compress, decompress } from "@vaerans/vaerans";

    globalThis.trip = async () => {
      const data = Uint8ClampedArray.from({ length: 4 * 200 * 200 }, (_, i) => i % 4 === 3 ? 255 : (i >> 4) % 256);
      const file = await compress({ data, width: 200, height: 200 }, { lossless: true, tileSide: 64, workers: 2 });
      const { data: decoded } = await decompress(file, { workers: 2 });
      return decoded.every((sample, i) => sample === data[i]);
    };`,
};

Deno.test({
  ...NPM_TEST,
  name: "a site without the plugin, with Vite's own format of workers, is built and codes in workers",
  fn: async (t) => {
    await withProject(["vite@8"], async (folder) => {
      for (const [name, text] of Object.entries(PLAIN_FILES)) {
        await Deno.writeTextFile(`${folder}/${name}`, text);
      }
      await run(folder, "npx", "vite", "build", "--base=./");
      const names = await Array.fromAsync(Deno.readDir(`${folder}/dist/assets`), ({ name }) => name);
      assert(names.some((name) => /^tile_worker-.*\.js$/.test(name)), names.join(", "));

      await t.step({
        ...BROWSER_TEST,
        name: "gives the same samples back",
        fn: () =>
          withServedFolder(`${folder}/dist`, "/some/path/", async (address) => {
            const profile = await Deno.makeTempDir({ dir: folder });
            const page = await Page.open(findChromium()!, profile, address);
            try {
              assertEquals(await page.evaluate("trip()"), true, page.complaints.join("\n"));
              assertEquals(page.complaints, []);
            } finally {
              await page.close();
            }
          }),
      });
    });
  },
});
