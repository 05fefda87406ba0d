/**
 * Writing PNG files: a megapixel of a photograph and of a drawing, in WebAssembly and in TypeScript, beside the runtime's
 * `CompressionStream` for rows without filters. Run: `deno bench bench/png_bench.ts`.
 */
import { syntheticPicture } from "../src/cli/synthetic_picture.ts";
import { TypeScriptDeflateKernel } from "../src/image/deflate/deflate_kernel.ts";
import { deflateRows } from "../src/image/deflate/png_rows.ts";
import { encodePng, type Picture } from "../src/image/mod.ts";
import { benchGroup } from "./throughput.ts";

const SIDE = 1024;

benchPng("photograph", noisy(syntheticPicture(SIDE, SIDE)));
benchPng("drawing", drawing());

function benchPng(name: string, picture: Picture): void {
  const rows = new Uint8Array(3 * SIDE * SIDE);
  for (let i = 0, to = 0; i < picture.data.length; i++) if (i % 4 < 3) rows[to++] = picture.data[i];
  benchGroup({ name: `PNG, ${name}`, bytes: picture.data.byteLength, pixels: SIDE * SIDE, runs: 8 }, [
    ["encodePng()", async () => await encodePng(picture)],
    ["encodePng() in TypeScript", () => deflateRows(new TypeScriptDeflateKernel(), picture, 3, () => {})],
    ["CompressionStream, unfiltered rows", async () => {
      const source = new Blob([rows]).stream().pipeThrough(new CompressionStream("deflate"));
      await new Response(source).arrayBuffer();
    }],
  ]);
}

/** The same with the noise of a camera. */
function noisy({ data, width, height }: Picture): Picture {
  let state = 1;
  return {
    data: data.map((v, i) => {
      state = Math.imul(state, 1664525) + 1013904223;
      return i % 4 === 3 ? 255 : v + (state >>> 29) - 3.5;
    }),
    width,
    height,
  };
}

/** Rings and lines in few colours. */
function drawing(): Picture {
  const data = new Uint8ClampedArray(4 * SIDE * SIDE).fill(255);
  for (let i = 0; i < data.length; i += 4) {
    const x = (i >> 2) % SIDE - 400, y = (i >> 2) / SIDE - 500;
    if (Math.floor(Math.hypot(x, y) / 40) % 3 === 0) data.set([40, 90, 160], i);
    else if (Math.abs(x * 3 - y * 2) % 90 < 8) data.set([20, 20, 20], i);
  }
  return { data, width: SIDE, height: SIDE };
}
