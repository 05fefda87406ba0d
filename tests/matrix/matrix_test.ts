/** Every kind of picture file through every interface gives the bytes that `compress` gives. */
import { assert, assertEquals } from "@std/assert";
import { createHandler } from "../../src/web/mod.ts";
import { compress, type CompressOptions, decodePicture } from "../../mod.ts";
import type { AnyPicture } from "../../src/codec/samples.ts";
import { type CliRun, runCli } from "../cli/run_cli.ts";
import { runInTerminal, terminalIsThere } from "../cli/terminal.ts";
import { runFarm, withServer } from "../farm/farm_cli.ts";
import { withFolder } from "../with_folder.ts";
import { pictureFiles } from "./pictures.ts";

const files = await pictureFiles();
const SETTINGS: { readonly [name: string]: { readonly options: CompressOptions; readonly args: string[] } } =
  {
    lossy: { options: { quality: 30 }, args: ["-q", "30"] },
    exact: { options: { lossless: true }, args: ["--lossless"] },
  };
type Setting = "lossy" | "exact";

/** What the public API gives for each file, by its name. */
const expected: Record<string, Map<string, Uint8Array>> = {};
for (const [setting, { options }] of Object.entries(SETTINGS)) {
  const results = expected[setting] = new Map<string, Uint8Array>();
  for (const [name, bytes] of files) {
    const picture: AnyPicture = options.lossless
      ? await decodePicture(bytes, { keepDepth: true })
      : await decodePicture(bytes);
    results.set(name, await compress(picture, options));
  }
}

function assertCell(setting: Setting, name: string, file: Uint8Array): void {
  const right = expected[setting].get(name)!;
  const isSame = file.length === right.length && file.every((byte, i) => byte === right[i]);
  assert(isSame, `${name}, ${setting}: ${file.length} bytes differ from the ${right.length} of compress()`);
}

/** Writes the picture files into a folder; gives their paths. */
async function writeFiles(folder: string): Promise<string[]> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await Deno.writeFile(`${folder}/${name}`, bytes);
  return [...files.keys()].map((name) => `${folder}/${name}`);
}

/** Compares a folder's `.vaer` files, one for each picture, with what is expected. */
async function assertFolder(setting: Setting, folder: string): Promise<void> {
  for (const name of files.keys()) {
    assertCell(setting, name, await Deno.readFile(`${folder}/${name.replace(/\.\w+$/, ".vaer")}`));
  }
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

function assertDone({ code, err }: Pick<CliRun, "code" | "err">): void {
  assertEquals(code, 0, err);
}

for (const setting of ["lossy", "exact"] as const) {
  const { args, options } = SETTINGS[setting];

  Deno.test(`a folder gives the bytes of compress(), ${setting}`, async () => {
    await withFolder(async (folder) => {
      await writeFiles(`${folder}/in`);
      assertDone(await runCli(["compress", `${folder}/in`, ...args]));
      await assertFolder(setting, `${folder}/in`);
    });
  });

  Deno.test(`several files with -d give the bytes of compress(), ${setting}`, async () => {
    await withFolder(async (folder) => {
      const paths = await writeFiles(`${folder}/in`);
      assertDone(await runCli(["compress", ...paths, "-d", `${folder}/out`, ...args, "-j", "2"]));
      await assertFolder(setting, `${folder}/out`);
    });
  });

  Deno.test(`decodePicture() and compress() in a user's worker give the same bytes, ${setting}`, async () => {
    const worker = new Worker(new URL("./user_worker.ts", import.meta.url), { type: "module" });
    try {
      for (const [name, bytes] of files) {
        const { promise, resolve, reject } = Promise.withResolvers<{ file: Uint8Array; error?: string }>();
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
        worker.postMessage({ bytes, options });
        const { file, error } = await promise;
        assertEquals(error, undefined, name);
        assertCell(setting, name, file);
      }
    } finally {
      worker.terminate();
    }
  });

  Deno.test(`the service example gives the bytes of compress(), ${setting}`, async () => {
    const handler = createHandler();
    const query = setting === "exact" ? "lossless" : "quality=30";
    for (const [name, body] of files) {
      const request = new Request(`http://localhost/compress?${query}`, { method: "POST", body });
      const response = await handler(request);
      assertEquals(response.status, 200, name);
      assertCell(setting, name, await response.bytes());
    }
  });
}

Deno.test("one file at a time, named and not, gives the bytes of compress()", async () => {
  await withFolder(async (folder) => {
    const paths = await writeFiles(`${folder}/in`);
    for (const path of paths) assertDone(await runCli(["compress", path, ...SETTINGS.lossy.args]));
    await assertFolder("lossy", `${folder}/in`);
    for (const path of paths) {
      assertDone(await runCli(["compress", path, "-o", `${path}.out`, ...SETTINGS.exact.args]));
      assertCell("exact", nameOf(path), await Deno.readFile(`${path}.out`));
    }
  });
});

Deno.test("a pipe gives the bytes of compress()", async () => {
  for (const [name, stdin] of files) {
    const run = await runCli(["compress", "-", ...SETTINGS.exact.args], { stdin });
    assertDone(run);
    assertCell("exact", name, run.bytes);
  }
});

Deno.test({
  name: "on a terminal a file gives the bytes of compress()",
  ignore: !terminalIsThere,
  fn: async () => {
    await withFolder(async (folder) => {
      for (const path of await writeFiles(`${folder}/in`)) {
        const { code, text } = await runInTerminal(["compress", path, ...SETTINGS.exact.args], folder);
        assertEquals(code, 0, text);
      }
      await assertFolder("exact", `${folder}/in`);
    });
  },
});

withServer("the farm gives the bytes of compress()", async (server, folder) => {
  await writeFiles(`${folder}/in`);
  for (const [setting, { args }] of Object.entries(SETTINGS)) {
    assertDone(await runFarm(server, "submit", `${folder}/in`, "-d", `${folder}/${setting}`, ...args));
  }
  assertDone(await runFarm(server, "work", "-j", "2", "--until-empty"));
  for (const setting of ["lossy", "exact"] as const) await assertFolder(setting, `${folder}/${setting}`);
});
