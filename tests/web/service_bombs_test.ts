import { assertEquals } from "@std/assert";
import { compress, decodePicture, decompress } from "../../mod.ts";
import { drawn } from "../../examples/picture.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { readContainer, writeContainer } from "../../src/format/mod.ts";
import { deflatedZeros, jpegOfScans, jpegOfSize, pngBombs } from "../image/bombs.ts";
import { encode, gradient } from "../image/synthetic.ts";
import { withExampleServer } from "./example_server.ts";

const FORMATS = ["png", "jpeg", "webp", "avif", "jxl"] as const;

Deno.test({
  name:
    "the service compresses all formats, and answers bombs within a second and 64 MiB with a proper status",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const jpeg = await encode("jpeg", gradient(64, 64));
    const zeros = (await deflatedZeros(2 ** 31)).subarray(2, -4); // without zlib's frame
    const metadata = { xmp: new TextEncoder().encode("<x/>".repeat(50)) };
    const { header, sections } = readContainer(
      await compress(syntheticPicture(40, 30), { nearLossless: 5, metadata }),
    );
    const bombs: [path: string, file: Uint8Array, statuses: number[]][] = [
      ["/compress?lossless", await jpegOfScans(2048, 5000), [413]],
      ["/compress?lossless", jpegOfSize(jpeg, 2000, 2000), [422]],
      ["/compress?lossless", jpegOfSize(jpeg, 16000, 16000), [413]],
      [
        "/decompress",
        writeContainer(
          header,
          sections.map((section) => section.kind >= 0x90 ? { ...section, payload: zeros } : section),
        ),
        [422],
      ],
    ];
    for (const { file, readable } of (await pngBombs(2)).values()) {
      if (file.length > 2 ** 24) continue;
      bombs.push(["/compress?lossless", file, readable ? [200] : [413, 422]]);
    }
    await withExampleServer(async ({ address, peakMebibytes, cpuMilliseconds }) => {
      const post = (path: string, body: Uint8Array) =>
        fetch(address + path, { method: "POST", body: body as BodyInit });
      for (const format of FORMATS) {
        const picture = await encode(format, drawn(48, 40));
        const response = await post("/compress?lossless=true", picture);
        assertEquals(response.status, 200);
        const { data } = await decompress(await response.bytes());
        assertEquals(data, (await decodePicture(picture)).data, format);
      }
      await (await post("/decompress", await compress(gradient(9, 9), { lossless: true }))).bytes();
      // Once each file has been received, memory for bodies is there.
      await (await post("/inspect", new Uint8Array(2 ** 24))).bytes();
      for (const [i, [path, file, statuses]] of bombs.entries()) {
        const peak = await peakMebibytes(), time = await cpuMilliseconds();
        const response = await post(path, file);
        const text = await response.text();
        const milliseconds = await cpuMilliseconds() - time, mebibytes = await peakMebibytes() - peak;
        assertEquals(
          statuses.includes(response.status),
          true,
          `${i}: ${response.status} ${text.slice(0, 200)}`,
        );
        if (response.status !== 200) assertEquals(typeof JSON.parse(text).error.code, "string");
        assertEquals(milliseconds < 1000, true, `${i}: ${milliseconds} ms`);
        assertEquals(mebibytes < 64, true, `${i}: ${mebibytes} MiB`);
      }
    });
  },
});
