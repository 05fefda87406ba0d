import {
  ANSBitstream,
  Latent4,
  QuantParams,
  ReconRGB,
  stepFromCode,
  WaveletPyr,
  YUVW4,
} from "../../components/mod.ts";
import type { Entity } from "../../core/mod.ts";
import { DEFAULT_EFFORT } from "../../entropy/mod.ts";
import { waveletInverseAdjoint } from "../../kernels/cpu/wavelet.ts";
import type { OnnxModel } from "../../models/onnx_model.ts";
import { ANSEncode, Hadamard4, OnnxVAEDecode, QuantizeU8, waveletSystem } from "../../systems/mod.ts";
import type { World } from "../../world.ts";
import type { PlacedPyramid, Rect } from "../tiles/tile_grid.ts";
import type { PictureJudge } from "./picture_judge.ts";
import { decoderGradient } from "./decoder_gradient.ts";
import { cropPlanes } from "./planes.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { JobPipeOptions } from "../run/tile_job.ts";
import type { EncodingStages } from "./stream_stages.ts";
import { runPipe } from "./run_pipe.ts";

/** A latent as its decoder gets it, and how well it serves. */
export interface LatentTrial {
  /** Bits of its stream, and what the picture's error is worth in bits. */
  readonly costBits: number;
  /** The coefficients that the decoder has. */
  readonly dequantised: Float32Array;
  /** Derivatives of the error by them, in bits; computed when asked for, before the world is cleared. */
  derive(): Promise<Float32Array>;
}

/** What does not change from trial to trial. */
export interface TrialPlace {
  /** Of the latent. */
  readonly spec: StreamSpec;
  /** Its model. */
  readonly model: OnnxModel;
  /** Its pipelines. */
  readonly stages: EncodingStages;
  /** Base step. */
  readonly stepCode: number;
  /** Samples that the decoder is handed. */
  readonly net: Rect;
  /** The pixels under them. */
  readonly pixels: Rect;
  /** Knows the source. */
  readonly judge: PictureJudge;
  /** Of all pipes. */
  readonly pipe: JobPipeOptions;
}

/** Codes coefficients, shows what a decoder makes of them, and judges it. What it takes stays in the world. */
export async function tryLatent(
  world: World,
  { coefficients, layout, rect }: PlacedPyramid<Float32Array>,
  { spec, model, stages, stepCode, net, pixels, judge, pipe }: TrialPlace,
): Promise<LatentTrial> {
  const choice = { stepCode, entropy: "context", effort: DEFAULT_EFFORT } as const;
  const { quantiser, coder } = stages.coding(layout, choice);
  const ref = world.arena.allocate([layout.coefficientCount], "f32");
  world.arena.view(ref).set(coefficients);
  const entity = world.add(world.newEntity(), new WaveletPyr(ref, layout, layout)) as Entity;
  await runPipe(
    world.pipe(entity as Entity<WaveletPyr>, pipe)
      .to(new QuantizeU8("forward", quantiser))
      .to(new ANSEncode(coder))
      .to(new QuantizeU8("inverse")),
  );
  const dequantised = world.arena.view(world.get(entity, WaveletPyr).coefficients).slice() as Float32Array;
  await runPipe(world.pipe(entity as Entity<WaveletPyr>, pipe).to(waveletSystem(spec.wavelet, "inverse")));
  const place = { ...net, x: net.x - rect.x, y: net.y - rect.y };
  const planes = cropPlanes(world, world.get(entity, YUVW4).values, place) as YUVW4["values"];
  const rotated = world.add(entity, new YUVW4(planes, pixels)) as Entity<YUVW4>;
  await runPipe(
    world.pipe(rotated, pipe).to(new Hadamard4("inverse")).to(
      new OnnxVAEDecode(model, { runtime: spec.runtime ?? "auto" }),
    ),
  );
  const { errorBits, byPixels } = judge.judge(world.arena.view(world.get(entity, ReconRGB).pixels));
  const { sections } = world.get(entity, ANSBitstream);
  return {
    costBits: 8 * sections.reduce((sum, { elementCount }) => sum + elementCount, 0) + errorBits,
    dequantised,
    async derive() {
      const latent = world.get(entity, Latent4).values, [, height, width] = latent.shape;
      const side = spec.downsampling, gradient = await decoderGradient(model);
      const byLatent = gradient.run(
        world.arena.view(latent),
        [1, ...latent.shape],
        Float32Array.of(stepFromCode(world.get(entity as Entity<QuantParams>, QuantParams).stepCode)),
        planar(byPixels, pixels, [1, 3, height * side, width * side]),
      );
      const byNet = world.arena.allocate(latent.shape, "f32"),
        byRotated = world.arena.allocate(latent.shape, "f32");
      world.arena.view(byNet).set(byLatent);
      world.kernels.hadamard4(byNet, byRotated); // orthonormal and symmetric
      const byPlanes = new Float32Array(layout.coefficientCount);
      copyPlanes(world.arena.view(byRotated), { width, height }, byPlanes, layout, place);
      const byCoefficients = new Float32Array(layout.coefficientCount);
      waveletInverseAdjoint(byPlanes, byCoefficients, layout);
      return byCoefficients;
    },
  };
}

/** (H, W, 3) → planes of `shape` (1, 3, h, w), zeros beyond the picture, which is shown to nobody. */
function planar(
  values: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
  [, channels, rows, columns]: readonly number[],
): Float32Array<ArrayBuffer> {
  const planes = new Float32Array(channels * rows * columns);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      const row = (channel * rows + y) * columns;
      for (let x = 0; x < width; x++) planes[row + x] = values[(y * width + x) * channels + channel];
    }
  }
  return planes;
}

/** Puts planes into larger ones, at a place. */
function copyPlanes(
  source: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
  target: Float32Array,
  whole: { readonly width: number; readonly height: number; readonly channels: number },
  { x, y }: { readonly x: number; readonly y: number },
): void {
  for (let channel = 0; channel < whole.channels; channel++) {
    for (let row = 0; row < height; row++) {
      const from = (channel * height + row) * width;
      target.set(source.subarray(from, from + width), (channel * whole.height + y + row) * whole.width + x);
    }
  }
}
