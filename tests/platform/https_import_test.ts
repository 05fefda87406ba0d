import { assertEquals } from "@std/assert";
import { withFolder } from "../with_folder.ts";
import { expectRoundTrip } from "./expect_round_trip.ts";
import { selfSigned } from "./self_signed.ts";
import { serveFiles } from "./serve_files.ts";
import { denoOutput } from "../run_deno.ts";

Deno.test("the package imported over HTTPS loads its models and works as from disk", async () => {
  const requested: string[] = [];
  const certificate = await selfSigned();
  const server = serveFiles({ "/": new URL("../../", import.meta.url) }, (request) => {
    requested.push(new URL(request.url).pathname);
    return undefined;
  }, certificate);
  const host = `127.0.0.1:${server.addr.port}`;
  try {
    await withFolder(async (folder) => {
      // A project of its own, without an import map, that knows the package only by its address.
      await Deno.writeTextFile(`${folder}/deno.json`, "{}");
      await Deno.writeTextFile(`${folder}/server.pem`, certificate.cert);
      for (const name of ["https_client.ts", "round_trip.ts"]) {
        await Deno.copyFile(new URL(name, import.meta.url), `${folder}/${name}`);
      }
      const hosts = ["reload=https://", "allow-import=", "allow-net="].map((option) => `--${option}${host}`);
      const args = [...hosts, "-R", "https_client.ts", `https://${host}/mod.ts`];
      const command = "run --quiet --no-prompt --no-lock --cert=server.pem";
      await expectRoundTrip(JSON.parse(await denoOutput(command, args, { cwd: folder })));
      for (const net of ["encoder", "decoder"]) {
        assertEquals(requested.filter((path) => path === `/models/vaerans-4/${net}.onnx`).length, 1);
      }
      assertEquals(requested.some((path) => path.startsWith("/src/cli/")), false);
    });
  } finally {
    await server.shutdown();
  }
});
