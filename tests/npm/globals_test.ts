import { NPM_TEST, run, withProject } from "./npm_project.ts";

/** Imports every entry point where `TextEncoder` and other globals of browsers are missing, as in Jest's jsdom; then adds them. */
const JEST_TEST = `/** @jest-environment jsdom */
  import { webcrypto } from "node:crypto";
  import { readFileSync } from "node:fs";
  import * as streams from "node:stream/web";
  import { TextDecoder, TextEncoder } from "node:util";
  import { jest } from "@jest/globals";

  jest.setTimeout(120000);
  const { exports } = JSON.parse(readFileSync("node_modules/@vaerans/vaerans/package.json", "utf8"));
  const names = Object.keys(exports).filter((name) => exports[name].default && !/worker|cli|vite/.test(name));

  test("the environment lacks globals, and there are entry points", () => {
    expect([typeof TextEncoder, typeof globalThis.TextEncoder]).toEqual(["function", "undefined"]);
    expect(names.length).toBeGreaterThan(10);
  });
  for (const name of names) {
    test("imports " + name, async () => {
      await import("@vaerans/vaerans" + name.slice(1));
    });
  }
  test("codes pictures once the globals are there", async () => {
    Object.assign(globalThis, { TextDecoder, TextEncoder, ...streams });
    Object.defineProperty(globalThis, "crypto", { value: webcrypto });
    const { compress, decodePicture, decompress, encodePicture } = await import("@vaerans/vaerans");
    const data = Uint8ClampedArray.from({ length: 4 * 64 * 64 }, (_, i) => i % 4 === 3 ? 255 : (i >> 4) % 256);
    const picture = { data, width: 64, height: 64 };
    const decoded = await decompress(await compress(picture, { lossless: true }));
    expect(Array.from(decoded.data)).toEqual(Array.from(data));
    const file = await compress(picture, { quality: 40 });
    expect((await decompress(file)).width).toBe(64);
    for (const format of ["png", "jpeg", "webp", "avif", "jxl"]) {
      const { bytes } = await encodePicture(picture, format);
      expect((await decodePicture(bytes)).width).toBe(64);
    }
  });`;

Deno.test({
  ...NPM_TEST,
  name: "all entry points load in Jest with jsdom, which lacks TextEncoder, and code pictures there",
  fn: async () => {
    await withProject(["jest@30", "jest-environment-jsdom@30"], async (folder) => {
      await Deno.writeTextFile(`${folder}/entries.test.mjs`, JEST_TEST);
      const program = "node_modules/jest/bin/jest.js";
      await run(folder, "node", "--experimental-vm-modules", program, "--testMatch", "**/*.test.mjs");
    });
  },
});
