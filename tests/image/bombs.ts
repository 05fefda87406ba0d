/** Files that are small and ask for much memory or time. */
import { concat } from "../../src/core/concat.ts";
import { crc32 } from "../../src/image/crc32.ts";
import { encode, uint32 } from "./synthetic.ts";

/** A zlib stream of zeros. */
export async function deflatedZeros(bytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const piece = new Uint8Array(2 ** 20);
  let left = bytes;
  const zeros = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (left <= 0) return controller.close();
      controller.enqueue(piece.subarray(0, Math.min(left, piece.length)));
      left -= piece.length;
    },
  });
  return new Uint8Array(
    await new Response(zeros.pipeThrough(new CompressionStream("deflate"))).arrayBuffer(),
  );
}

async function deflate(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const deflated = stream.pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(deflated).arrayBuffer());
}

function chunk(type: string, ...parts: Uint8Array[]): Uint8Array {
  const covered = concat([new TextEncoder().encode(type), ...parts]);
  return concat([uint32(covered.length - 4), covered, uint32(crc32(covered))]);
}

/** An RGB PNG file of any stated size; chunks may stand before its picture data. */
export async function pngFile(
  width: number,
  height: number,
  idat: readonly Uint8Array[],
  before: readonly Uint8Array[] = [],
  interlace = 0,
): Promise<Uint8Array> {
  const header = concat([uint32(width), uint32(height), Uint8Array.of(8, 2, 0, 0, interlace)]);
  return await Promise.resolve(concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...before,
    ...idat.map((data) => chunk("IDAT", data)),
    chunk("IEND"),
  ]));
}

/** The rows of a black RGB picture of 100×100 pixels. */
const blackRows = (): Promise<Uint8Array> => deflate(new Uint8Array(100 * 301));

const named = (text: string) => new TextEncoder().encode(text);

/** PNG files of 100×100 pixels with a chunk that inflates to gigabytes, by the chunk's name. */
export async function pngBombs(
  gibibytes: number,
): Promise<Map<string, { file: Uint8Array; readable: boolean }>> {
  const zeros = await deflatedZeros(gibibytes * 2 ** 30), rows = await blackRows();
  const profile = chunk("iCCP", named("x\0\0"), zeros);
  const exif = chunk("zTXt", named("Raw profile type exif\0\0"), zeros);
  const xmp = chunk("iTXt", named("XML:com.adobe.xmp\0\x01\0\0\0"), zeros);
  return new Map([
    ["IDAT", { file: await pngFile(100, 100, [zeros]), readable: true }],
    // What follows the rows is passed over.
    ["IDAT in parts of 64 bytes", {
      file: await pngFile(
        100,
        100,
        Array.from({ length: 20000 }, (_, i) => zeros.subarray(64 * i, 64 * i + 64)),
      ),
      readable: true,
    }],
    ["IDAT of a size it cannot fill", {
      file: await pngFile(16000, 16000, [zeros.subarray(0, 3000)]),
      readable: false,
    }],
    ["interlaced IDAT of a size it cannot fill", {
      file: await pngFile(16000, 16000, [zeros.subarray(0, 3000)], [], 1),
      readable: false,
    }],
    ["iCCP", { file: await pngFile(100, 100, [rows], [profile]), readable: true }],
    ["zTXt", { file: await pngFile(100, 100, [rows], [exif]), readable: true }],
    ["iTXt", { file: await pngFile(100, 100, [rows], [xmp]), readable: true }],
    ["all of them, several times", {
      file: await pngFile(100, 100, [zeros], [profile, profile, exif, exif, xmp, xmp]),
      readable: true,
    }],
  ]);
}

/** A progressive JPEG file whose last scan is repeated. */
export async function jpegOfScans(side: number, scans: number): Promise<Uint8Array> {
  const grey = { data: new Uint8ClampedArray(4 * side * side).fill(128), width: side, height: side };
  const file = await encode("jpeg", grey); // progressive, as the encoder makes them by default
  let at = file.length - 2;
  while (file[at] !== 0xff || file[at + 1] !== 0xda) at--;
  const scan = file.subarray(at, file.length - 2);
  return concat([file.subarray(0, at), ...Array(scans).fill(scan), file.subarray(-2)]);
}

/** A JPEG file with another size in its frame header. */
export function jpegOfSize(file: Uint8Array, width: number, height: number): Uint8Array {
  const copy = file.slice();
  for (let at = 2; at < copy.length; at += 2 + (copy[at + 2] << 8 | copy[at + 3])) {
    if (copy[at + 1] < 0xc0 || copy[at + 1] > 0xc2) continue;
    copy.set([height >> 8, height, width >> 8, width], at + 5);
    return copy;
  }
  throw new Error("no frame header");
}

/** The beginning of a JPEG XL codestream of a square picture of 16 bits, and some bytes. */
export function deepJxlOfSize(side: number, extraChannels = 0): Uint8Array {
  const bits: number[] = [];
  const put = (value: number, count: number) => {
    for (let i = 0; i < count; i++) bits.push(Math.floor(value / 2 ** i) & 1);
  };
  put(0, 1); // not small
  put(2, 2); // 18 bits
  put(side - 1, 18);
  put(1, 3); // as wide as high
  put(0, 2); // not all default, no extra fields
  put(0, 1); // no floats
  put(3, 2);
  put(15, 6);
  put(0, 1);
  if (extraChannels === 0) put(0, 2);
  else {
    put(3, 2);
    put(extraChannels - 1, 12);
    for (let i = 0; i < extraChannels; i++) put(1, 1); // alpha of 8 bits
  }
  put(0, 1); // the samples themselves
  put(1, 1); // sRGB
  const bytes = new Uint8Array(2 + Math.ceil(bits.length / 8) + 1600).fill(0x5a);
  bytes.set([0xff, 0x0a]);
  for (let i = 0; i < bits.length; i += 8) {
    bytes[2 + i / 8] = bits.slice(i, i + 8).reduce((byte, bit, k) => byte | bit << k, 0);
  }
  return bytes;
}
