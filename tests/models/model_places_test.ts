import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { compress, decompress } from "../../mod.ts";
import { host } from "../../src/host/mod.ts";
import { fileUrl } from "../../src/models/load.ts";
import { loadModel } from "../../src/models/mod.ts";
import { ModelError } from "../../src/core/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { serveFiles } from "../platform/serve_files.ts";
import { withFolder } from "../with_folder.ts";
import { writeSmallModel } from "./onnx/small_nets.ts";

const PICTURE = syntheticPicture(40, 30);

/** Codes to a score, for which the encoder decodes its own files, and decodes; returns the file. */
async function roundTrip(model: string): Promise<Uint8Array> {
  const file = await compress(PICTURE, { model, psnr: 1 });
  assertEquals((await decompress(file, { model })).width, 40);
  return file;
}

Deno.test("paths of Windows, with a drive or a server, become addresses", async () => {
  assertEquals(fileUrl("C:\\my models\\a#b").href, "file:///C:/my%20models/a%23b");
  assertEquals(fileUrl("d:/models/m/").href, "file:///d:/models/m/");
  assertEquals(fileUrl("\\\\server\\share\\m").href, "file://server/share/m");
  const { workingFolder } = host, places = [];
  (host as { workingFolder?: () => string }).workingFolder = () => "C:\\work";
  try {
    for (const path of ["nets\\mine", ".\\mine", "D:\\mine", "nets/mine/"]) {
      const error = await assertRejects(() => loadModel(path), ModelError);
      assertEquals(error.code, "model-missing");
      places.push(error.message.match(/file:\S+json/)![0]);
    }
  } finally {
    Object.assign(host, { workingFolder });
  }
  assertEquals(places, [
    "file:///C:/work/nets/mine/manifest.json",
    "file:///C:/work/mine/manifest.json",
    "file:///D:/mine/manifest.json",
    "file:///C:/work/nets/mine/manifest.json",
  ]);
});

Deno.test("a model file that cannot be read is told with what to do in the runtime at hand", async () => {
  const { name } = host, messages: string[] = [];
  for (const runtime of ["deno", "node", "bun", "web"]) {
    Object.assign(host, { name: runtime });
    try {
      messages.push((await assertRejects(() => loadModel(`file:///none/${runtime}/`), ModelError)).message);
    } finally {
      Object.assign(host, { name });
    }
  }
  for (const message of messages) assertMatch(message, /Put the file there.*setAssetUrls/);
  assertEquals(messages.map((message) => message.includes("allow it with -R or -N")), [
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("compress() takes a model's folder by path or address, with and without a slash at the end", async () => {
  await withFolder(async (root) => {
    const folder = `${root}/a b#c?d%20e`;
    await Deno.mkdir(folder);
    await writeSmallModel(folder);
    const server = serveFiles({
      "/m/": new URL(`file://${folder.split("/").map(encodeURIComponent).join("/")}/`),
    }, () => undefined);
    try {
      const address = `http://127.0.0.1:${server.addr.port}/m`;
      const fileUrl = `file://${folder.split("/").map(encodeURIComponent).join("/")}`;
      const places = [folder, `${root}/./x/../a b#c?d%20e`, fileUrl, address];
      const files = [];
      for (const place of places) {
        for (const model of [place, `${place}/`]) files.push(await roundTrip(model));
      }
      for (const file of files) assertEquals(file, files[0]);
      // One model, however its place is written.
      assertEquals(await loadModel(folder), await loadModel(`${fileUrl}/`));
    } finally {
      await server.shutdown();
    }
  });
});

Deno.test("compress() takes a folder relative to the current one", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/models/mine`, { recursive: true });
    await writeSmallModel(`${folder}/models/mine`);
    const program = `
      import { compress, decompress } from ${JSON.stringify(new URL("../../mod.ts", import.meta.url).href)};
      const picture = { data: new Uint8ClampedArray(4 * 40 * 30).fill(90), width: 40, height: 30 };
      for (const model of JSON.parse(Deno.args[0])) {
        const { width } = await decompress(await compress(picture, { model, quality: 50 }), { model });
        console.log(width);
      }`;
    await Deno.writeTextFile(`${folder}/program.ts`, program);
    const run = async (cwd: string, models: readonly string[]) => {
      const config = new URL("../../deno.json", import.meta.url).pathname;
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-R", "--no-check", "--config", config, `${folder}/program.ts`, JSON.stringify(models)],
        cwd,
      }).output();
      return new TextDecoder().decode(stdout) || new TextDecoder().decode(stderr);
    };
    assertEquals(
      await run(folder, ["models/mine", "./models/mine/", "models/../models/mine"]),
      "40\n40\n40\n",
    );
    assertEquals(await run(`${folder}/models/mine`, [".", "./", "../mine"]), "40\n40\n40\n");
  });
});

Deno.test("a model's missing or changed file is named in the error", async () => {
  for (
    const [file, job] of [["manifest.json", "encode"], ["encoder.onnx", "encode"], ["decoder.onnx", "decode"]]
  ) {
    for (const harm of ["missing", "changed"]) {
      await withFolder(async (folder) => {
        const model = await writeSmallModel(folder), path = `${folder}/${file}`;
        if (harm === "missing") await Deno.remove(path);
        else await Deno.writeTextFile(path, "{");
        const encode = () => compress(PICTURE, { model, quality: 50 });
        const error = await assertRejects(
          async () => job === "encode" ? await encode() : await decompress(await encode(), { model }),
          ModelError,
        );
        const changed = file === "manifest.json" ? "model-manifest" : "model-hash";
        assertEquals(error.code, harm === "missing" ? "model-missing" : changed);
        assertStringIncludes(error.message, `${folder}/${file}`);
      });
    }
  }
});

Deno.test("an address of a model that is not there is named with the server's answer", async () => {
  const server = serveFiles({}, () => undefined);
  try {
    const model = `http://127.0.0.1:${server.addr.port}/none`;
    const error = await assertRejects(
      () => compress(PICTURE, { model, quality: 50 }),
      ModelError,
      `${model}/manifest.json`,
    );
    assertEquals(error.code, "model-missing");
    assertMatch(error.message, /status 404/);
  } finally {
    await server.shutdown();
  }
});

Deno.test("two processes can load one model at once", async () => {
  await withFolder(async (folder) => {
    const model = await writeSmallModel(folder);
    const program = `
      import { compress, decompress } from ${JSON.stringify(new URL("../../mod.ts", import.meta.url).href)};
      const picture = { data: new Uint8ClampedArray(4 * 40 * 30).fill(90), width: 40, height: 30 };
      const model = Deno.args[0], options = { model, quality: 50, tileSide: 64 };
      const all = await Promise.all([1, 2, 3].map(() => compress(picture, options)));
      console.log((await decompress(all[2], { model })).width);`;
    await Deno.writeTextFile(`${folder}/program.ts`, program);
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const outputs = await Promise.all([1, 2].map(() =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-R", "--no-check", "--config", config, `${folder}/program.ts`, model],
      }).output()
    ));
    assertEquals(outputs.map(({ stdout }) => new TextDecoder().decode(stdout)), ["40\n", "40\n"]);
  });
});
