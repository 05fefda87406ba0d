import { assertEquals } from "@std/assert";
import { encodePng } from "../../src/image/mod.ts";
import { drawn } from "../../examples/picture.ts";

const LIMIT_MEBIBYTES = 512;

Deno.test({
  name:
    `the service takes a picture of four megapixels in ${LIMIT_MEBIBYTES} MiB, through the larger network`,
  ignore: Deno.build.os !== "linux" || Deno.env.get("CI") === undefined, // half a minute of computing: in CI only
  fn: async () => {
    const picture = await encodePng(drawn(2048, 2048)) as Uint8Array<ArrayBuffer>;
    const server = new Deno.Command(Deno.execPath(), {
      args: ["serve", "--no-prompt", "-R", "--host=127.0.0.1", "--port=0", "examples/deploy.ts"],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const stderr = server.stderr.pipeThrough(new TextDecoderStream()).getReader();
    try {
      let text = "", address: string | undefined;
      while (address === undefined) {
        const { value, done } = await stderr.read();
        if (done) throw new Error(`The server did not start: ${text}`);
        text += value;
        address = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      }
      const post = async (path: string, body: BodyInit) => {
        const response = await fetch(address + path, { method: "POST", body });
        assertEquals(response.status, 200);
        return await response.bytes();
      };
      const file = await post("/compress?quality=60", picture);
      await post("/decompress", file);
      // Deno itself may read /proc only with all permissions.
      const { stdout } = await new Deno.Command("cat", { args: [`/proc/${server.pid}/status`] }).output();
      const status = new TextDecoder().decode(stdout);
      const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
      console.log(`peak ${Math.round(peak)} MiB, file ${file.length} bytes`);
      assertEquals(peak < LIMIT_MEBIBYTES, true, `the peak was ${Math.round(peak)} MiB`);
    } finally {
      await stderr.cancel();
      server.kill();
      await server.status;
    }
  },
});
