/**
 * Previews of latents that take no network: each place of the latent gives a colour by a linear map of the model's manifest, and the
 * colours are enlarged. Importing this module gives `decompressStream` such a preview of files that arrive at once.
 */
import { openSource } from "../format/mod.ts";
import { readWhole } from "./container/read_file.ts";
import { type DecodedPicture, decodeSections } from "./decompress.ts";
import { FIRST_PICTURE } from "./decompress_stream.ts";
import type { DecompressOptions } from "./options.ts";
import { placeSections } from "./picture_decoder.ts";
import { enlarge } from "./reduction/enlarge.ts";
import type { SynthesisPlace } from "./streams/job_types.ts";
import { LATENT_COLOURS } from "./streams/latent.ts";
import type { StreamSpec } from "./streams/stream_spec.ts";
import type { Rect } from "./tiles/tile_grid.ts";

/** Finer sections than one value per so many pixels, in each direction, are left out. */
const FINEST_PIXELS = 32;
/** Smaller pictures are decoded so soon that a preview would only flicker. */
const LEAST_PIXELS = 2 ** 17;
/** Of each colour the factors of the four planes, and what is added. */
const PLANES = 4, FACTORS = PLANES + 1;

FIRST_PICTURE.of = previewOfLatent;
LATENT_COLOURS.show = latentColours;

/**
 * A first picture of a latent, from its coarse sections and without the model's network.
 *
 * @returns Nothing where there is none: of other streams, of small pictures, of those with alpha, layers or tiles, of models whose manifest has no
 *   colours for it, and of files that `decompress` refuses.
 */
async function previewOfLatent(
  source: Uint8Array,
  { onProgress: _progress, onStep: _step, ...options }: DecompressOptions,
): Promise<DecodedPicture | undefined> {
  const own = { ...options, partial: true, workers: 0 };
  try {
    const { header, sections } = await readWhole(await openSource(source), own, options.signal);
    if (header.width * header.height < LEAST_PIXELS) return undefined;
    return await decodeSections(header, sections, own, (decoder) => {
      const { levels, downsampling } = decoder.streams[0];
      const kept = Math.max(1, levels + 1 - Math.log2(FINEST_PIXELS / downsampling));
      return Promise.resolve(placeSections(decoder, sections, "some").slice(0, kept));
    }, true) as DecodedPicture | undefined;
  } catch {
    return undefined; // decoding the whole file says why
  }
}

/**
 * Colours of a latent.
 *
 * @param latent The four planes of the rotated latent, row by row.
 * @param size Columns and rows of the planes.
 * @param spec With `preview`, the linear map.
 * @param place Pixels that the latent stands for, and those that are wanted.
 * @returns Opaque RGBA of `place.wanted`.
 */
export function latentColours(
  latent: Float32Array,
  { width, height }: Pick<Rect, "width" | "height">,
  { preview = [], downsampling, grey }: Pick<StreamSpec, "preview" | "downsampling" | "grey">,
  { pixels, wanted }: Pick<SynthesisPlace, "pixels" | "wanted">,
): Uint8ClampedArray {
  const count = width * height, colours = new Uint8ClampedArray(4 * count).fill(255);
  for (let i = 0; i < count; i++) {
    for (let channel = 0; channel < 3; channel++) {
      // Grey pictures take green, which is most of the luma.
      const first = FACTORS * (grey ? 1 : channel);
      let value = preview[first + PLANES];
      for (let plane = 0; plane < PLANES; plane++) {
        value += preview[first + plane] * latent[plane * count + i];
      }
      colours[4 * i + channel] = value;
    }
  }
  const inner = { x: 0, y: 0, width, height };
  return enlarge(colours, {
    reduction: Math.log2(downsampling),
    coded: inner,
    inner,
    wanted: { ...wanted, x: wanted.x - pixels.x, y: wanted.y - pixels.y },
  });
}
