/**
 * Fuzzes the decoder with mutated files: damaged bytes, and damage behind checksums that fit. Decoding must end, give a
 * picture or a `BitstreamError` or `ModelError`, and stay within its memory limit.
 *
 *     deno task fuzz-files [ROUNDS] [SEED]
 *
 * ROUNDS defaults to 5000. Prints a line of counts; exits 1 at the first finding, which it prints with its round and seed.
 */
import { BitstreamError, compress, type CompressOptions, decompress } from "../mod.ts";
import { ModelError } from "../src/core/mod.ts";
import { syntheticPicture } from "../src/cli/synthetic_picture.ts";
import {
  type ContainerHeader,
  type ContainerSection,
  readContainer,
  writeContainer,
} from "../src/format/mod.ts";
import { RandomNumbers } from "./random.ts";
import { profileOf } from "../tests/image/colour_profile.ts";

/** One small file longer than this counts as a hang; generous, since machines are busy. */
const MAX_MILLISECONDS = 60_000;
const LIMITS = { maxPixels: 2 ** 14, maxMemoryBytes: 2 ** 27 };

/** What a run of {@linkcode fuzzFiles} saw. */
export interface FuzzCounts {
  /** Files that were refused. */
  refused: number;
  /** Files that decoded all the same. */
  decoded: number;
}

/** Small files of every kind of stream and feature. */
export async function filesToFuzz(): Promise<Uint8Array[]> {
  const picture = syntheticPicture(80, 70), seeThrough = syntheticPicture(40, 30);
  for (let i = 3; i < seeThrough.data.length; i += 4) seeThrough.data[i] = i;
  const deep = { data: Uint16Array.from(seeThrough.data, (value) => value * 251), width: 40, height: 30 };
  const metadata = { icc: profileOf("RGB "), exif: new Uint8Array(20), user: { a: 1 } };
  const variants: [Parameters<typeof compress>[0], CompressOptions][] = [
    [picture, { model: "vaerans-8", metadata }],
    [picture, { model: "vaerans-4", entropy: "static" }],
    [picture, { model: "pixels", tileSide: 64 }],
    [picture, { lossless: true, tileSide: 64, metadata }],
    [picture, { nearLossless: 3, entropy: "static" }],
    [seeThrough, { lossless: true }],
    [seeThrough, { model: "vaerans-8", alphaError: 4 }],
    [deep, { lossless: true }],
  ];
  return await Promise.all(variants.map(([source, options]) => compress(source, options)));
}

/** Mutates and decodes `rounds` times. Throws at the first finding. */
export async function fuzzFiles(
  files: readonly Uint8Array[],
  rounds: number,
  seed: number,
): Promise<FuzzCounts> {
  const random = new RandomNumbers(seed | 1), counts = { refused: 0, decoded: 0 };
  for (let round = 0; round < rounds; round++) {
    const file = files[random.below(files.length)];
    const mutant = random.below(4) === 0 ? damagedBytes(file, random) : damagedContent(file, random);
    const region = random.below(3) === 0 ? { region: { x: 3, y: 2, width: 9, height: 8 } } : {};
    const began = performance.now();
    try {
      await decompress(mutant, { ...LIMITS, ...region, partial: random.below(4) === 0 });
      counts.decoded++;
    } catch (error) {
      if (!isRefusal(error)) {
        throw new Error(`round ${round}, seed ${seed}: ${error}`, { cause: error });
      }
      counts.refused++;
    }
    const milliseconds = performance.now() - began;
    if (milliseconds > MAX_MILLISECONDS) {
      throw new Error(`round ${round}, seed ${seed}: took ${milliseconds} ms`);
    }
  }
  return counts;
}

/** The region may lie outside a picture whose size was changed. */
function isRefusal(error: unknown): boolean {
  return error instanceof BitstreamError || error instanceof ModelError ||
    (error as { code?: unknown })?.code === "region-range";
}

function damagedBytes(file: Uint8Array, random: RandomNumbers): Uint8Array {
  const damaged = file.slice(0, random.below(5) === 0 ? random.below(file.length) : file.length);
  for (let i = random.below(4); i >= 0 && damaged.length > 0; i--) {
    damaged[random.below(damaged.length)] ^= 1 << random.below(8);
  }
  return damaged;
}

/** Changes header or sections and writes checksums that fit. */
function damagedContent(file: Uint8Array, random: RandomNumbers): Uint8Array {
  const { header, sections } = readContainer(file);
  const changed: ContainerSection[] = sections.map((section) => ({ ...section }));
  let head = header;
  const at = random.below(changed.length);
  switch (random.below(6)) {
    case 0:
      head = damagedHeader(header, random);
      break;
    case 1:
      changed.splice(at, 1);
      break;
    case 2:
      changed.splice(at, 0, changed[random.below(changed.length)]);
      break;
    case 3:
      changed[at] = {
        ...changed[at],
        kind: random.below(2) === 0 ? random.below(256) : changed[at].kind ^ 1 << random.below(8),
      };
      break;
    default: {
      const payload = damagedBytes(changed[at].payload, random);
      changed[at] = { ...changed[at], payload };
    }
  }
  return writeContainer(head, changed);
}

function damagedHeader(header: ContainerHeader, random: RandomNumbers): ContainerHeader {
  const size = () => random.below(4) === 0 ? random.below(2 ** 24) + 1 : random.below(200) + 1;
  const changes: Partial<ContainerHeader>[] = [
    { width: size() },
    { height: size() },
    { width: size(), height: size() },
    { modelId: random.below(5) },
    { levels: random.below(16) },
    { wavelet: (["cdf53", "haar", "cdf97"] as const)[random.below(3)] },
    { stepCode: random.below(3000) },
    { grey: !header.grey },
    { bitDepth: header.bitDepth === 8 ? 16 : 8 },
    { alphaBound: header.alphaBound === undefined ? random.below(256) : undefined },
    { tileSide: 64 * random.below(5) },
  ];
  return { ...header, ...changes[random.below(changes.length)] };
}

if (import.meta.main) {
  const rounds = Number(Deno.args[0] ?? 5000), seed = Number(Deno.args[1] ?? 1);
  try {
    const { refused, decoded } = await fuzzFiles(await filesToFuzz(), rounds, seed);
    console.log(`${rounds} rounds: ${refused} refused, ${decoded} decoded`);
  } catch (error) {
    console.error(error);
    Deno.exit(1);
  }
}
