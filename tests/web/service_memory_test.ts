import { assertEquals } from "@std/assert";
import { encodePng } from "../../src/image/mod.ts";
import { drawn } from "../../examples/picture.ts";
import { withExampleServer } from "./example_server.ts";

const LIMIT_MEBIBYTES = 512;

Deno.test({
  name:
    `the service takes a picture of four megapixels in ${LIMIT_MEBIBYTES} MiB, through the larger network`,
  ignore: Deno.build.os !== "linux" || Deno.env.get("CI") === undefined, // half a minute of computing: in CI only
  fn: async () => {
    const picture = await encodePng(drawn(2048, 2048)) as Uint8Array<ArrayBuffer>;
    await withExampleServer(async ({ address, peakMebibytes }) => {
      const post = async (path: string, body: BodyInit) => {
        const response = await fetch(address + path, { method: "POST", body });
        assertEquals(response.status, 200);
        return await response.bytes();
      };
      const file = await post("/compress?quality=60", picture);
      await post("/decompress", file);
      const peak = await peakMebibytes();
      console.log(`peak ${Math.round(peak)} MiB, file ${file.length} bytes`);
      assertEquals(peak < LIMIT_MEBIBYTES, true, `the peak was ${Math.round(peak)} MiB`);
    });
  },
});
