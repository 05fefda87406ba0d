import { assert, assertEquals } from "@std/assert";
import { type StreamGeometry, TileGrid } from "../../../src/codec/tiles/tile_grid.ts";

const GEOMETRY: StreamGeometry = {
  downsampling: 4,
  paddingMultiple: 8,
  haloPixels: 176,
  encoderHaloPixels: 120,
  netAlignmentPixels: 32,
  channels: 4,
  wavelet: "cdf53",
  levels: 4,
};
const MOST_PIXELS = 2 ** 22;

function blocksOf(width: number, height: number, leastBlocks = 4) {
  const grid = new TileGrid({ width, height }, 1024, GEOMETRY), blocks = new Map<string, number>();
  for (let tile = 0; tile < grid.count; tile++) {
    const { x, y, width, height } = grid.blockAround(tile, MOST_PIXELS, leastBlocks);
    const { x: left, y: top } = grid.sampleRect(tile);
    assert(left >= x && left < x + width && top >= y && top < y + height, `tile ${tile}`);
    blocks.set(`${x}, ${y}, ${width}, ${height}`, width * height);
  }
  return { grid, blocks: [...blocks.values()] };
}

for (const [width, height] of [[4032, 3024], [3024, 4032], [2500, 1800], [9000, 1100], [12000, 8000]]) {
  Deno.test(`blocks of tiles cover ${width} × ${height} pixels once, four at least, within their limit`, () => {
    const { grid, blocks } = blocksOf(width, height);
    assertEquals(blocks.reduce((a, b) => a + b), grid.sampleWidth * grid.sampleHeight);
    assert(blocks.length >= Math.min(4, grid.count), `${blocks.length}`);
    assert(blocks.every((samples) => 16 * samples <= MOST_PIXELS));
  });
}

Deno.test("blocks have the sides for which a net computes the fewest samples", () => {
  // 2 × 2 tiles: one margin inside along each side, where 1024 × 1024 pixels would have three and two.
  assertEquals(blocksOf(4032, 3024).blocks.length, 4);
  assertEquals(blocksOf(12000, 1024).blocks.length, 4);
});
