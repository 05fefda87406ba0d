import type { PictureLike } from "../../world.ts";
import { ResidualCounts } from "./residual_counts.ts";

/** Side of the blocks that are told apart, in pixels. */
const SIDE = 16;
/** Least share of a block's pixels that have a colour of their own in the block, and most that their neighbourhood foretells. */
const LEAST_COLOURS = 1 / 2, MOST_FORETOLD = 1 / 8;
/** Rows of blocks are left out of pictures of more pixels. */
const MOST_PIXELS = 2 ** 19;
/** Bits of the number of a slot: slots remember what followed on a neighbourhood, and which colours a block has. */
const MEMORY_BITS = 18, COLOUR_BITS = 10;
const HASH = 0x9e3779b1;

/**
 * About how many bytes the parts of a picture that are photographs take without loss: blocks of many colours that do not repeat. What
 * text and shapes take comes on top.
 *
 * @param picture 8 bits a sample.
 * @returns Entropy of median-predicted samples by the activity around them, in bytes.
 */
export function photographBytes({ data, width, height }: PictureLike): number {
  const columns = Math.floor(width / SIDE), rows = Math.floor(height / SIDE);
  const stride = Math.max(1, Math.floor(width * height / MOST_PIXELS));
  const colours = new Uint32Array(width * height);
  for (let i = 0, at = 0; i < colours.length; i++, at += 4) {
    colours[i] = data[at] << 16 | data[at + 1] << 8 | data[at + 2];
  }
  const memory = new Uint32Array(2 ** MEMORY_BITS).fill(2 ** 32 - 1);
  // The block and a colour: each slot holds the last of its colours.
  const seenIn = new Uint32Array(2 ** COLOUR_BITS), seen = new Uint32Array(2 ** COLOUR_BITS);
  const counts = new ResidualCounts();
  for (let block = 0; block < columns * rows; block++) {
    const top = Math.floor(block / columns) * SIDE, left = block % columns * SIDE;
    if (top / SIDE % stride !== 0) continue;
    let own = 0, foretold = 0;
    for (let y = Math.max(1, top); y < top + SIDE; y++) {
      for (let x = Math.max(1, left), at = y * width + x; x < left + SIDE; x++, at++) {
        const colour = colours[at], slot = Math.imul(colour, HASH) >>> 32 - COLOUR_BITS;
        if (seenIn[slot] !== block + 1 || seen[slot] !== colour) own++;
        seenIn[slot] = block + 1;
        seen[slot] = colour;
        let hash = Math.imul(colours[at - 1], HASH);
        hash = Math.imul(hash ^ colours[at - width], HASH);
        hash = Math.imul(hash ^ colours[at - width - 1], HASH);
        hash = Math.imul(hash ^ colours[x + 1 < width ? at - width + 1 : at - width], HASH);
        const place = hash >>> 32 - MEMORY_BITS;
        if (memory[place] === colour) foretold++;
        memory[place] = colour;
      }
    }
    if (own < LEAST_COLOURS * SIDE ** 2 || foretold > MOST_FORETOLD * SIDE ** 2) continue;
    for (let y = Math.max(1, top); y < top + SIDE; y++) {
      for (let x = Math.max(1, left); x < left + SIDE; x++) {
        countResiduals(counts, colours, y * width + x, width);
      }
    }
  }
  return stride * counts.bits() / 8;
}

/** Counts what the median of three neighbours leaves of G, R − G and B − G. */
function countResiduals(counts: ResidualCounts, colours: Uint32Array, at: number, width: number): void {
  const own = colours[at],
    west = colours[at - 1],
    north = colours[at - width],
    corner = colours[at - width - 1];
  for (let channel = 0; channel < 3; channel++) {
    const w = sampleOf(west, channel), n = sampleOf(north, channel), nw = sampleOf(corner, channel);
    counts.add(channel, sampleOf(own, channel), w, n, nw);
  }
}

function sampleOf(colour: number, channel: number): number {
  const green = colour >> 8 & 255;
  return channel === 0 ? green : (channel === 1 ? colour >> 16 : colour & 255) - green;
}
