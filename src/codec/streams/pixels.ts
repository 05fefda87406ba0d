import {
  bandSteps,
  QuantParams,
  ReconRGB,
  SamplePlanes,
  UNIT_STEP_CODE,
  type WaveletPyr,
  Ycc3,
} from "../../components/mod.ts";
import type { Entity } from "../../core/mod.ts";
import { differencesToRgba, planeToSamples, ycocgToRgba } from "../../kernels/cpu/exact_planes.ts";
import { ColourYcc } from "../../systems/colour.ts";
import { waveletSystem } from "../../systems/wavelet.ts";
import type { SynthesisPlace } from "../run/tile_engine.ts";
import { pixelGains } from "./pixel_params.ts";
import { cropPlanes, samplesFromFloats } from "./planes.ts";
import { cropSamples } from "../samples.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { DecodingStages } from "./stream_stages.ts";
import { unwrapped } from "../run/unwrap.ts";

/** Decodes the pixels' own coefficients, lossy: luma and chroma, or the one plane of a grey picture, by a 9/7. */
export function pixelDecoding(spec: StreamSpec): DecodingStages {
  const { grey, wavelet } = spec;
  return {
    decoder: {},
    quant: (layout, stepCode) =>
      new QuantParams(bandSteps(layout, stepCode, pixelGains(layout, spec)), stepCode, 0),
    async synthesise(world, entity, net, place, pipe) {
      const pyramid = entity as Entity as Entity<WaveletPyr>;
      const { width, height } = place.pixels;
      if (!grey) {
        await unwrapped(
          world.pipe(pyramid, pipe).to(waveletSystem(wavelet, "inverse", { planes: Ycc3 })),
        );
        const planes = cropPlanes(world, world.get(entity, Ycc3).values, net);
        world.add(entity, new Ycc3(planes, { width, height }));
        await unwrapped(
          world.pipe(entity as Entity as Entity<Ycc3>, pipe).to(new ColourYcc("inverse")),
        );
        return samplesFromFloats(await world.read(world.get(entity, ReconRGB).pixels), place, false);
      }
      await unwrapped(
        world.pipe(pyramid, pipe).to(waveletSystem(wavelet, "inverse", { planes: SamplePlanes })),
      );
      const plane = await world.read(cropPlanes(world, world.get(entity, SamplePlanes).values, net));
      const rgb = new Float32Array(3 * plane.length);
      for (let i = 0; i < plane.length; i++) {
        const value = Math.min(1, Math.max(0, (plane[i] + 128) / 255));
        rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = value;
      }
      return samplesFromFloats(rgb, place, false);
    },
  };
}

/**
 * Decodes samples in integers: colours, grey or alpha, of 8 or 16 bits. Without levels colours are G and differences to it, which
 * the subband coder predicts best; a reversible wavelet takes YCoCg-R apart. Alpha may be one more plane.
 */
export function exactDecoding(spec: StreamSpec): DecodingStages {
  const { channels, levels, wavelet, bound, alphaBound, bitDepth } = spec;
  const scale = { bound, bitDepth }, hasAlpha = alphaBound !== undefined;
  const colourChannels = hasAlpha ? channels - 1 : channels,
    alphaScale = { bound: alphaBound ?? 0, bitDepth };
  const predicted = levels === 0;
  const written = spec.kind === "alpha" ? [3] : [0, 1, 2];
  return {
    decoder: {},
    quant: (layout) =>
      new QuantParams(new Float32Array(layout.bands.length).fill(1), UNIT_STEP_CODE, 0, bound),
    async synthesise(world, entity, net, place, pipe) {
      await unwrapped(
        world.pipe(entity as Entity as Entity<WaveletPyr>, pipe)
          .to(waveletSystem(wavelet, "inverse", { planes: SamplePlanes })),
      );
      const planes = cropPlanes(world, world.get(entity, SamplePlanes).values, net);
      const values = await world.read(planes) as Int32Array;
      const data = samplesOf(place, bitDepth);
      const alphaStart = values.length / channels * colourChannels, colours = values.subarray(0, alphaStart);
      if (colourChannels === 3) (predicted ? differencesToRgba : ycocgToRgba)(colours, data, scale);
      else planeToSamples(colours, written, data, scale);
      if (hasAlpha) planeToSamples(values.subarray(alphaStart), [3], data, alphaScale);
      const { pixels, wanted } = place;
      const { x, y, width, height } = wanted;
      return cropSamples({ data, ...pixels }, { x: x - pixels.x, y: y - pixels.y, width, height });
    },
  };
}

/** Opaque samples of `place.pixels`. */
function samplesOf({ pixels }: SynthesisPlace, bitDepth: 8 | 16): Uint8ClampedArray | Uint16Array {
  const length = 4 * pixels.width * pixels.height;
  return bitDepth === 16 ? new Uint16Array(length).fill(65535) : new Uint8ClampedArray(length).fill(255);
}
