/**
 * Fuzzes the picture decoders with mutated files of all formats. `decodePicture` must answer each with a picture or an
 * `ImageError`, in time, and the process must not grow.
 *
 *     deno task fuzz-pictures [INPUTS] [SEED]
 *
 * INPUTS defaults to 5000. Prints a line of counts; exits 1 at the first finding, which it prints with its input's number and
 * seed. The files are made by arithmetic, so that a seed says it all.
 */
import { cpuUsage } from "node:process";
import { decodePicture, encodePicture, type Picture } from "../mod.ts";
import { ImageError, type PictureFormat } from "../src/image/mod.ts";
import { crc32 } from "../src/image/crc32.ts";
import { fixture } from "../tests/fixtures/fixture.ts";
import { RandomNumbers } from "./random.ts";
import { profileOf } from "../tests/image/colour_profile.ts";

/** One small file that takes more of the processor's time than this is a hang. */
const MAX_MILLISECONDS = 1000;
/** Growth of the resident memory over the run that counts as a leak. */
const MAX_GROWTH_BYTES = 2 ** 29;
/** Inputs before the memory is taken as the measure: all libraries are loaded by then. */
const WARM_UP_INPUTS = 2000;
const LIMITS = { maxPixels: 2 ** 16, maxMemoryBytes: 2 ** 26 };
const FORMATS: readonly PictureFormat[] = ["png", "jpeg", "webp", "avif", "jxl"];
/** JPEG XL files of more than 8 bits, which are not written here. */
const DEEP_JXL_FILES = [
  "deep_rgb.jxl",
  "deep_rgba_10.jxl",
  "deep_grey_alpha.jxl",
  "deep_lossy.jxl",
  "deep_pq_lossy.jxl",
  "deep_icc.jxl",
  "deep_float_32.jxl",
  "deep_animated.jxl",
];
const SIDES: readonly (readonly [width: number, height: number])[] = [[1, 1], [3, 17], [16, 16], [40, 9], [
  64,
  64,
]];

/** What a run of {@linkcode fuzzPictures} saw. */
export interface PictureFuzzCounts {
  /** Files that were refused with an `ImageError`. */
  refused: number;
  /** Files that decoded all the same. */
  decoded: number;
}

/** Files of every format, lossy and lossless, deep and not, opaque and not, with metadata where the format has room for them. */
export async function picturesToFuzz(): Promise<Uint8Array[]> {
  const files: Uint8Array[] = [];
  for (const [i, [width, height]] of SIDES.entries()) {
    const picture = { ...drawn(width, height, i % 2 === 1), metadata: i === 2 ? METADATA : {} };
    for (const format of FORMATS) {
      for (const lossless of format === "png" || format === "jpeg" ? [false] : [false, true]) {
        files.push((await encodePicture(picture, format, { lossless })).bytes);
      }
    }
    const deep = { ...picture, data: Uint16Array.from(picture.data, (value) => value * 257) };
    files.push((await encodePicture(deep, "png")).bytes);
  }
  for (const name of DEEP_JXL_FILES) files.push(await fixture(name));
  // The libraries' start, which waits for the engine to optimise the encoders, is no part of the time of a mutated file.
  for (const file of files) await decodePicture(file);
  return files;
}

const METADATA = {
  icc: profileOf("RGB ", 400),
  exif: Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0),
  xmp: new TextEncoder().encode('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'),
};

function drawn(width: number, height: number, seeThrough: boolean): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < data.length; i += 4) {
    const x = i / 4 % width, y = Math.floor(i / 4 / width);
    data.set([x * 4, y * 4, (x * y) & 255, seeThrough ? (x + y) * 2 : 255], i);
  }
  return { data, width, height };
}

/**
 * Mutates and decodes `inputs` files. Throws at the first finding.
 *
 * @param files What {@linkcode picturesToFuzz} gives.
 * @param inputs How many.
 * @param seed Of the mutations.
 * @param tell Called after every thousand.
 */
export async function fuzzPictures(
  files: readonly Uint8Array[],
  inputs: number,
  seed: number,
  tell: (input: number) => void = () => {},
): Promise<PictureFuzzCounts> {
  const random = new RandomNumbers(seed | 1), counts = { refused: 0, decoded: 0 };
  let memoryAtFirst = Infinity;
  for (let input = 0; input < inputs; input++) {
    const file = mutated(files[random.below(files.length)], files, random), keepDepth = random.below(2) === 0;
    const before = cpuUsage();
    const decoded = await isPicture(file, keepDepth).catch((cause) => {
      throw new Error(`input ${input}, seed ${seed}: ${cause}`, { cause });
    });
    // Not the clock's: other processes take their share of the machine.
    const { user, system } = cpuUsage(before), milliseconds = (user + system) / 1000;
    if (milliseconds > MAX_MILLISECONDS) {
      throw new Error(`input ${input}, seed ${seed}: took ${milliseconds} ms`);
    }
    counts[decoded ? "decoded" : "refused"]++;
    if (input === WARM_UP_INPUTS) memoryAtFirst = Deno.memoryUsage().rss;
    if (input % 1000 !== 999) continue;
    tell(input + 1);
    const growth = Deno.memoryUsage().rss - memoryAtFirst;
    if (growth > MAX_GROWTH_BYTES) {
      throw new Error(`input ${input}, seed ${seed}: memory has grown by ${growth} bytes`);
    }
  }
  return counts;
}

/** Whether a file decodes, to as many samples as its size says; `false` where it is refused. */
async function isPicture(file: Uint8Array, keepDepth: boolean): Promise<boolean> {
  try {
    const { width, height, data } = await decodePicture(file, { ...LIMITS, keepDepth: keepDepth as true });
    if (data.length !== 4 * width * height || width * height > LIMITS.maxPixels) {
      throw new TypeError(`${data.length} samples for ${width}×${height}`);
    }
    return true;
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    if (error.code === "image-library-unavailable") {
      throw new TypeError("a library could not start", { cause: error });
    }
    return false;
  }
}

const INTERESTING_BYTES = [0, 1, 0x7f, 0x80, 0xfe, 0xff];

/** One to four changes: bits, bytes, numbers, cuts, copies, parts of another file. */
function mutated(file: Uint8Array, others: readonly Uint8Array[], random: RandomNumbers): Uint8Array {
  let bytes = file.slice();
  for (let i = random.below(4); i >= 0 && bytes.length > 0; i--) {
    // Headers are short, and most is in them.
    const at = random.below(random.below(3) === 0 ? Math.min(bytes.length, 64) : bytes.length);
    const length = 1 + random.below(random.below(4) === 0 ? bytes.length : 16);
    switch (random.below(8)) {
      case 0:
      case 1:
        bytes[at] ^= 1 << random.below(8);
        break;
      case 2:
        bytes[at] = random.below(256);
        break;
      case 3:
        bytes.fill(INTERESTING_BYTES[random.below(INTERESTING_BYTES.length)], at, at + 1 + random.below(4));
        break;
      case 4:
        bytes = bytes.slice(0, at);
        break;
      case 5: // a part is taken out
        bytes = spliced(bytes, at, length, new Uint8Array(0));
        break;
      case 6: // a part is repeated
        bytes = spliced(bytes, at, 0, bytes.subarray(at, at + length));
        break;
      default: {
        const other = others[random.below(others.length)], from = random.below(other.length);
        bytes = spliced(bytes, at, length, other.subarray(from, from + length));
      }
    }
  }
  return withChecksums(bytes, random);
}

function spliced(
  bytes: Uint8Array,
  at: number,
  removed: number,
  inserted: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const end = bytes.subarray(at + removed), out = new Uint8Array(at + inserted.length + end.length);
  out.set(bytes.subarray(0, at));
  out.set(inserted, at);
  out.set(end, at + inserted.length);
  return out;
}

/** PNG's checksums would stop nearly every mutant before the decoder: most of them are made to fit. */
function withChecksums(bytes: Uint8Array, random: RandomNumbers): Uint8Array {
  if (bytes[0] !== 0x89 || random.below(4) === 0) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) break;
    view.setUint32(end, crc32(bytes.subarray(at + 4, end)));
    at = end + 4;
  }
  return bytes;
}

if (import.meta.main) {
  const inputs = Number(Deno.args[0] ?? 5000), seed = Number(Deno.args[1] ?? 1);
  try {
    const files = await picturesToFuzz(), began = performance.now();
    const tell = (input: number) => {
      if (input % 10_000 === 0) {
        console.error(`${input} inputs, ${Math.round(Deno.memoryUsage().rss / 2 ** 20)} MiB`);
      }
    };
    const { refused, decoded } = await fuzzPictures(files, inputs, seed, tell);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`${inputs} inputs in ${seconds} s: ${refused} refused, ${decoded} decoded`);
  } catch (error) {
    console.error(error);
    Deno.exit(1);
  }
}
