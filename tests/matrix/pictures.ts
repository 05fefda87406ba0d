import type { Picture } from "../../mod.ts";
import { type DeepPicture, encodePng } from "../../src/image/mod.ts";
import { fixture } from "../fixtures/fixture.ts";
import { encode, exifBlock, gradient, withJpegExif } from "../image/synthetic.ts";

const WIDTH = 40, HEIGHT = 28;

/** Small picture files of every kind that the programs read, by the names of their files. */
export async function pictureFiles(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const colour = gradient(WIDTH, HEIGHT), jpeg = await encode("jpeg", colour);
  const files: [string, Uint8Array][] = [
    ["rgb.png", await encodePng(colour)],
    ["deep.png", await encodePng(deep(colour))],
    ["grey.png", await encodePng(mapped(colour, ([r]) => [r, r, r, 255]))],
    ["alpha.png", await encodePng(mapped(colour, ([r, g, b]) => [r, g, b, g]))],
    ["photo.jpg", jpeg],
    ["turned.jpeg", withJpegExif(jpeg, exifBlock(6, true))],
    ["web.webp", await encode("webp", colour)],
    ["still.avif", await encode("avif", colour)],
    ["long.jxl", await encode("jxl", colour)],
    ["deep_long.jxl", await fixture("deep_rgba_10.jxl")],
  ];
  return new Map(files.map(([name, bytes]) => [name, new Uint8Array(bytes)]));
}

function mapped(
  { data, width, height }: Picture,
  pixel: (rgb: readonly number[]) => readonly number[],
): Picture {
  const result = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i += 4) result.set(pixel([...data.subarray(i, i + 3)]), i);
  return { data: result, width, height };
}

/** 16 bits per sample, with low bytes that are not the high ones. */
function deep({ data, width, height }: Picture): DeepPicture {
  return {
    data: Uint16Array.from(data, (value, i) => i % 4 === 3 ? 65535 : 257 * value ^ (i % 16)),
    width,
    height,
  };
}
