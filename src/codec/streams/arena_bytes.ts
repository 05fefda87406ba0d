/** What a job's systems hold in the arena, by stream: arenas are made as large, and limits of memory count it. */
import type { PyramidLayout } from "../../core/mod.ts";
import { waveletScratchBytes } from "../../kernels/cpu/wasm_kernels.ts";
import type { StreamSpec } from "./stream_spec.ts";

/** The jobs of a {@linkcode TileEngine}. */
export type TileJob = "analyse" | "refine" | "encode" | "decode" | "synthesise";

/** Bytes of arena per coefficient and per pixel of the padded picture. */
interface HeldBytes {
  readonly coefficient: number;
  readonly pixel: number;
}

/** f32 or i32. */
const VALUE = 4;
/** R, G and B of a pixel. */
const RGB_U8 = 3, RGB_F32 = 3 * VALUE, RGBA_U8 = 4;
/** A coefficient's sections at most: an escape is 32 bits, and a section has a length and a check of its own. */
const SECTIONS = 2 * VALUE;
/** Sections and tensors begin at multiples of the arena's alignment. */
const ALIGNMENT_BYTES = 2 ** 16;

const PYRAMID = VALUE, QUANTISED = VALUE, PLANES = VALUE, CROPPED = VALUE;
/** What the net takes or gives, as it is and scaled as the model says; and the rotated planes. */
const LATENT = 2 * VALUE, ROTATED = VALUE;

/** The quantiser's values in parts of a step, and what it chooses from them. */
const ENCODE: HeldBytes = { coefficient: PYRAMID + 2 * QUANTISED + SECTIONS, pixel: 0 };
/** The caller adds the sections, whose size it knows. */
const DECODE: HeldBytes = { coefficient: QUANTISED, pixel: 0 };

const LATENT_ANALYSIS: HeldBytes = { coefficient: LATENT + ROTATED + PYRAMID, pixel: RGB_U8 + RGB_F32 };
const LATENT_SYNTHESIS: HeldBytes = {
  coefficient: QUANTISED + PYRAMID + ROTATED + CROPPED + LATENT,
  pixel: RGBA_U8,
};
/** As planes and as pixels, for the gradient by the floats. */
const SHOWN: HeldBytes = { coefficient: 0, pixel: 2 * RGB_F32 };
const PIXEL_ANALYSIS: HeldBytes = { coefficient: PLANES + PYRAMID, pixel: RGB_U8 };
const SAMPLE_SYNTHESIS: HeldBytes = { coefficient: QUANTISED + PYRAMID + PLANES + CROPPED, pixel: 0 };

/** By kind of stream. Refinement codes a latent and shows it. */
const HELD: { readonly [K in StreamSpec["kind"]]: { readonly [J in TileJob]: HeldBytes } } = {
  latent: {
    analyse: LATENT_ANALYSIS,
    refine: sum(sum(ENCODE, LATENT_SYNTHESIS), SHOWN),
    encode: ENCODE,
    decode: DECODE,
    synthesise: LATENT_SYNTHESIS,
  },
  pixels: lossyOrExact(sum(SAMPLE_SYNTHESIS, { coefficient: 0, pixel: RGB_F32 + RGBA_U8 })),
  exact: lossyOrExact(SAMPLE_SYNTHESIS),
  alpha: lossyOrExact(SAMPLE_SYNTHESIS),
  layer: lossyOrExact(SAMPLE_SYNTHESIS),
};

/**
 * Bytes of arena that a job over a window takes on the CPU.
 *
 * @param layout Bands of the window, or of the tile.
 * @param limit What an arena can have at most.
 */
export function arenaBytesOf(
  job: TileJob,
  { kind, downsampling }: Pick<StreamSpec, "kind" | "downsampling">,
  layout: PyramidLayout,
  limit: number = 2 ** 32,
): number {
  const { coefficient, pixel } = HELD[kind][job];
  const pixels = layout.width * layout.height * downsampling ** 2;
  const scratch = job === "encode" || job === "decode" || layout.levels === 0
    ? 0
    : waveletScratchBytes(layout);
  return Math.min(limit, coefficient * layout.coefficientCount + pixel * pixels + scratch + ALIGNMENT_BYTES);
}

function lossyOrExact(synthesise: HeldBytes): { readonly [J in TileJob]: HeldBytes } {
  return { analyse: PIXEL_ANALYSIS, refine: ENCODE, encode: ENCODE, decode: DECODE, synthesise };
}

function sum(a: HeldBytes, b: HeldBytes): HeldBytes {
  return { coefficient: a.coefficient + b.coefficient, pixel: a.pixel + b.pixel };
}
