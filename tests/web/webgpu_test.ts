import { assert, assertEquals } from "@std/assert";
import { findChromium, Page } from "../eval/chromium.ts";
import { withHashSite } from "../runtimes/expected.ts";
import { withFolder } from "../with_folder.ts";
import { BROWSER_TEST } from "./web_site.ts";
import { denoOutput } from "../run_deno.ts";

interface Result {
  readonly decoding: number;
  readonly encoding: number;
  readonly bytes: readonly [cpu: number, gpu: number];
}

Deno.test({
  ...BROWSER_TEST,
  name: "WebGPU in Chromium (SwiftShader) codes pixels and lossless files as the CPU does",
  fn: async () => {
    await withFolder(async (folder) => {
      await denoOutput("bundle --quiet --platform=browser --output", [
        `${folder}/browser_page.js`,
        "tests/runtimes/webgpu_page.mjs",
      ]);
      await withHashSite(folder, async (address) => {
        const flags = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
        const page = await Page.open(findChromium()!, `${folder}/profile`, address, undefined, flags);
        try {
          const { vendor, results } = await page.evaluate("results()") as {
            vendor: string;
            results: Result[];
          };
          assertEquals(vendor, "google"); // SwiftShader
          const [pixels, lossless] = results;
          assert(pixels.decoding <= 1, `${pixels.decoding}`);
          assert(pixels.encoding <= 8, `${pixels.encoding}`);
          assert(Math.abs(pixels.bytes[1] / pixels.bytes[0] - 1) < 0.02, pixels.bytes.join());
          assertEquals([lossless.decoding, lossless.encoding], [0, 0]);
        } finally {
          await page.close();
        }
      });
    });
  },
});
