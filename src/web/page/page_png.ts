import type { DecodedPicture } from "../../decode.ts";
import { type PngDeflate, pngFile } from "../../image/png_file.ts";

/** Channels of RGBA that are written, by their number. */
const WRITTEN = [[], [0], [0, 3], [0, 1, 2], [0, 1, 2, 3]];
/** The filter that leaves a row as it is: the file goes no further than this browser. */
const NO_FILTER = 0;

/** A PNG file for this browser: deflated by the browser itself, so that pages download no deflater. */
export function pagePng(picture: DecodedPicture): Promise<Uint8Array> {
  return pngFile(picture, {}, BROWSER_DEFLATE);
}

const BROWSER_DEFLATE: PngDeflate = {
  bytes: deflated,
  async rows({ data, width, height }, channels) {
    const written = WRITTEN[channels], rows = new Uint8Array(height * (1 + width * channels));
    let to = 0;
    for (let y = 0, from = 0; y < height; y++) {
      rows[to++] = NO_FILTER;
      for (let x = 0; x < width; x++, from += 4) {
        for (const channel of written) rows[to++] = data[from + channel];
      }
    }
    return [await deflated(rows)];
  },
};

async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
