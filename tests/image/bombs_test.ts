import { assertEquals, assertRejects } from "@std/assert";
import { compress, decodePicture, encodePicture } from "../../mod.ts";
import { ImageError, PictureDecoder, readPictureSize } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { readContainer, writeContainer } from "../../src/format/mod.ts";
import { MEASURE, measuredRun } from "../measured_run.ts";
import { withFolder } from "../with_folder.ts";
import { avifFile, boxOf, codedPicture } from "./avif_file.ts";
import { deepJxlOfSize, deflatedZeros, jpegOfScans, jpegOfSize, pngBombs } from "./bombs.ts";
import { bytesOf, encode, gradient, uint32 } from "./synthetic.ts";

const MAX_MILLISECONDS = 1000, MAX_MEBIBYTES = 64;

/** How a file was answered. */
interface Measured {
  readonly name: string;
  readonly outcome: string;
  readonly milliseconds: number;
  readonly mebibytes: number;
}

/** Answers files in a process of its own, after a small one that loads what it takes; asserts time and memory. */
async function outcomesOf(
  files: ReadonlyMap<string, Uint8Array>,
  call: string,
): Promise<Map<string, string>> {
  const outcomes = new Map<string, string>();
  await withFolder(async (folder) => {
    const paths = [...files.keys()].map((_, i) => `${folder}/${i}`);
    for (const [i, file] of [...files.values()].entries()) await Deno.writeFile(paths[i], file);
    const mod = new URL("../../mod.ts", import.meta.url).href;
    const output = await measuredRun(`${MEASURE}
      import { decodePicture, decompress, inspect } from ${JSON.stringify(mod)};
      const call = ${call};
      const results = [];
      for (const path of ${JSON.stringify([paths[0], ...paths])}) {
        const bytes = Deno.readFileSync(path);
        results.push(await measure(() => call(bytes)));
      }
      console.log(JSON.stringify(results.slice(1)));`);
    for (const [i, measured] of (JSON.parse(output) as Measured[]).entries()) {
      const name = [...files.keys()][i], { outcome, milliseconds, mebibytes } = measured;
      outcomes.set(name, outcome);
      assertEquals(milliseconds < MAX_MILLISECONDS, true, `${name}: ${milliseconds} ms`);
      assertEquals(mebibytes < MAX_MEBIBYTES, true, `${name}: ${mebibytes} MiB`);
    }
  });
  return outcomes;
}

const onLinux = { ignore: Deno.build.os !== "linux" }; // where /proc tells the peak of the memory

Deno.test("PNG files that inflate to gigabytes take a second and 64 MiB at most", onLinux, async () => {
  const bombs = await pngBombs(2);
  const files = new Map<string, Uint8Array>([["small", await encode("png", gradient(8, 8))]]);
  for (const [name, { file }] of bombs) files.set(name, file);
  const outcomes = await outcomesOf(files, "(bytes) => decodePicture(bytes)");
  for (const [name, { readable }] of bombs) {
    assertEquals(outcomes.get(name), readable ? "ok" : "image-damaged", name);
  }
});

Deno.test(
  "a .vaer file whose metadata inflate to gigabytes is refused within a second and 64 MiB",
  onLinux,
  async () => {
    const zeros = (await deflatedZeros(2 ** 31)).subarray(2, -4); // without zlib's frame
    const files = new Map<string, Uint8Array>();
    const metadata = { xmp: new TextEncoder().encode("<x/>".repeat(50)), user: { text: "x".repeat(100) } };
    const file = await compress(syntheticPicture(40, 30), { nearLossless: 5, metadata });
    files.set("small", file);
    const { header, sections } = readContainer(file);
    for (const { kind } of sections.filter(({ kind }) => kind >= 0x90)) {
      const bomb = sections.map((section) => section.kind === kind ? { kind, payload: zeros } : section);
      files.set(`section ${kind}`, writeContainer(header, bomb));
    }
    assertEquals(files.size, 3);
    for (const call of ["(bytes) => decompress(bytes)", "async (bytes) => await inspect(bytes)"]) {
      for (const [name, outcome] of await outcomesOf(files, call)) {
        const refused = name !== "small" && call.includes("decompress");
        assertEquals(outcome, refused ? "metadata-damaged" : "ok", name);
      }
    }
  },
);

Deno.test(
  "files that state more pixels or passes than their bytes can hold are refused before they are decoded",
  onLinux,
  async () => {
    const small = await encode("jpeg", gradient(64, 64));
    const flat = { data: new Uint8ClampedArray(4 * 512 * 512).fill(255), width: 512, height: 512 };
    const avif = await encode("avif", flat), webp = await encode("webp", gradient(64, 64));
    const configuration = boxOf(avif, "av1C");
    const size = (width: number, height: number) =>
      bytesOf(uint32(20), "ispe", uint32(0), uint32(width), uint32(height));
    const wide = webp.slice();
    wide.set([0xff, 0x3f, 0xff, 0x3f], 26); // the frame header's sides, 14 bits each
    const coded = codedPicture(avif), hidden = unitsRepeated(coded, 200);
    const files = new Map([
      ["small", small],
      ["JPEG of 16000×16000 in some hundred bytes", jpegOfSize(small, 16000, 16000)],
      ["JPEG of 2048×2048 in some hundred bytes", jpegOfSize(small, 2048, 2048)],
      ["JPEG of 5000 scans", await jpegOfScans(2048, 5000)],
      ["JPEG of 300 scans", await jpegOfScans(1024, 300)],
      ["WebP of 16383×16383", wide],
      ["AVIF of 16000×16000", avifFile(coded, [size(16000, 16000), configuration])],
      ["AVIF whose frame is larger than its picture", avifFile(coded, [size(16, 16), configuration])],
      ["AVIF of 200 frames", avifFile(hidden, [size(512, 512), configuration])],
      ["JPEG XL of 16000×16000", jxlOfSize(16000)],
      ["JPEG XL of 16000×16000 with 16 bits", deepJxlOfSize(16000)],
      ["JPEG XL of 100×100 with 4096 channels", deepJxlOfSize(100, 4096)],
    ]);
    for (const [name, outcome] of await outcomesOf(files, "(bytes) => decodePicture(bytes)")) {
      const expected = name === "small"
        ? "ok"
        : / hundred bytes$/.test(name)
        ? "image-damaged"
        : "image-too-large";
      assertEquals(
        outcome,
        name === "AVIF whose frame is larger than its picture" ? "image-damaged" : expected,
        name,
      );
    }
  },
);

/** Coded AV1 data with its last unit, a frame, several times. */
function unitsRepeated(coded: Uint8Array, times: number): Uint8Array {
  let last = 0;
  for (let at = 0; at < coded.length;) {
    last = at++;
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      size |= (coded[at] & 0x7f) << shift;
      more = coded[at++] >= 0x80;
    }
    at += size;
  }
  return bytesOf(coded, ...Array<Uint8Array>(times).fill(coded.subarray(last)));
}

/** The beginning of a JPEG XL codestream of a square picture, and some bytes. */
function jxlOfSize(side: number): Uint8Array {
  // Lowest bits first: not small, 18 bits of side − 1, ratio 1:1, all default.
  const bits = BigInt(0) | BigInt(2) << 1n | BigInt(side - 1) << 3n | 1n << 21n | 1n << 24n;
  return bytesOf(
    0xff,
    0x0a,
    ...Array.from({ length: 4 }, (_, i) => Number(bits >> BigInt(8 * i) & 255n)),
    new Uint8Array(1600).fill(0x5a),
  );
}

Deno.test("a large AVIF frame behind a small stated size is refused by its sequence header", async () => {
  const data = new Uint8ClampedArray(4 * 2048 * 1024).fill(255);
  const avif = await encode("avif", { data, width: 2048, height: 1024 });
  const size = bytesOf(uint32(20), "ispe", uint32(0), uint32(64), uint32(64));
  const file = avifFile(codedPicture(avif), [size, boxOf(avif, "av1C")]);
  const error = await assertRejects(() => decodePicture(file), ImageError, "2097152 pixels for 64×64");
  assertEquals(error.code, "image-too-large");
});

Deno.test("maxMemoryBytes refuses a picture whose library needs more, and the next one is read", async () => {
  const flat = { data: new Uint8ClampedArray(4 * 1024 * 1024).fill(90), width: 1024, height: 1024 };
  for (const format of ["avif", "jxl"] as const) {
    const file = await encode(format, flat);
    const error = await assertRejects(
      () => decodePicture(file, { maxMemoryBytes: 2 ** 24 + 2 ** 20 }),
      ImageError,
    );
    assertEquals([format, error.code], [format, "image-too-large"]);
    assertEquals((await decodePicture(file)).width, 1024);
  }
});

Deno.test("the size in a made header of a deep JPEG XL is the one that is read", async () => {
  const size = { format: "jxl", width: 100, height: 100, orientation: 1 };
  for (const channels of [0, 1, 4096]) {
    assertEquals(await readPictureSize(deepJxlOfSize(100, channels)), size);
  }
  assertEquals(await codeOf(() => decodePicture(deepJxlOfSize(100))), "image-damaged");
});

Deno.test("maxPixelsPerByte lets a large blank picture pass that its default refuses", async () => {
  const side = 4200,
    blank = { data: new Uint8ClampedArray(4 * side * side).fill(255), width: side, height: side };
  const { bytes } = await encodePicture(blank, "webp", { lossless: true });
  assertEquals(await codeOf(() => decodePicture(bytes)), "image-too-large");
  assertEquals((await decodePicture(bytes, { maxPixelsPerByte: Infinity })).width, side);
});

Deno.test("a deadline or a signal ends a decoder that is at work", async () => {
  const file = await encode("jxl", gradient(1500, 1500));
  assertEquals(await codeOf(() => decodePicture(file, { deadlineMilliseconds: 20 })), "image-deadline");
  using decoder = new PictureDecoder();
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("enough")), 20);
  const began = performance.now();
  await assertRejects(() => decoder.decode(file, { signal: stop.signal }), Error, "enough");
  assertEquals(performance.now() - began < 5000, true);
  // Afterwards, and for several at a time, the decoder works; errors keep their class and code.
  const small = await encode("jxl", gradient(20, 10));
  const pictures = await Promise.all(
    [1, 2, 3].map(() => decoder.decode(small, { deadlineMilliseconds: 60_000 })),
  );
  for (const picture of pictures) assertEquals(picture, await decodePicture(small));
  assertEquals(small.length > 0, true);
  const handed = small.slice();
  assertEquals(await decoder.decode(handed, { transfer: true }), await decodePicture(small));
  assertEquals(handed.length, 0);
  assertEquals(await codeOf(() => decoder.decode(small.slice(0, 30))), "image-damaged");
  assertEquals(await codeOf(() => decoder.decode(new Uint8Array(9))), "image-unknown-format");
});

Deno.test("a deadline works inside a user's worker", async () => {
  const mod = new URL("../../mod.ts", import.meta.url).href;
  const file = [...await encode("webp", gradient(20, 10))];
  const source = `import { decodePicture } from ${JSON.stringify(mod)};
    const picture = await decodePicture(Uint8Array.from(${
    JSON.stringify(file)
  }), { deadlineMilliseconds: 60_000 });
    postMessage(picture.width);`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  try {
    const width = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => (event.preventDefault(), reject(new Error(event.message)));
    });
    assertEquals(width, 20);
  } finally {
    worker.terminate();
    URL.revokeObjectURL(url);
  }
});

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(work, ImageError)).code;
}
