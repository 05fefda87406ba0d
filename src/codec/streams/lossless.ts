import { QuantParams, SamplePlanes, UNIT_STEP_CODE } from "../../components/mod.ts";
import { differencesToRgba, planeToSamples, ycocgToRgba } from "../../kernels/cpu/exact_planes.ts";
import { waveletSystem } from "../../systems/wavelet.ts";
import { cropSamples } from "../samples.ts";
import { cropPlanes } from "./planes.ts";
import { runPipe } from "./run_pipe.ts";
import { placeBits, writeValues } from "./sample_values.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { DecodingStages } from "./stream_stages.ts";

/**
 * Decodes samples in integers: colours, grey or alpha, of 8 or 16 bits. Without levels colours are G and differences to it, which
 * the subband coder predicts best; a reversible wavelet takes YCoCg-R apart. Alpha may be one more plane.
 */
export function losslessDecoding(spec: StreamSpec): DecodingStages {
  const { channels, levels, wavelet, bound, alphaBound, bitDepth, values } = spec;
  const codedBits = values ? placeBits(values) : bitDepth;
  const scale = { bound, bitDepth: codedBits }, hasAlpha = alphaBound !== undefined;
  const colourChannels = hasAlpha ? channels - 1 : channels,
    alphaScale = { bound: alphaBound ?? 0, bitDepth: codedBits };
  const written = spec.kind === "alpha" ? [3] : [0, 1, 2];
  return {
    decoder: {},
    quant: (layout) =>
      new QuantParams(new Float32Array(layout.bands.length).fill(1), UNIT_STEP_CODE, 0, bound),
    async synthesise(world, entity, net, { pixels, wanted }, pipe) {
      await runPipe(
        world.pipe(entity, pipe).to(waveletSystem(wavelet, "inverse", { planes: SamplePlanes })),
      );
      const planes = cropPlanes(world, world.get(entity, SamplePlanes).values, net);
      const samples = await world.read(planes) as Int32Array;
      const length = 4 * pixels.width * pixels.height;
      const data = bitDepth === 16
        ? new Uint16Array(length).fill(65535)
        : new Uint8ClampedArray(length).fill(255);
      const alphaStart = samples.length / channels * colourChannels,
        colours = samples.subarray(0, alphaStart);
      if (colourChannels === 3) (levels === 0 ? differencesToRgba : ycocgToRgba)(colours, data, scale);
      else planeToSamples(colours, written, data, scale);
      if (hasAlpha) planeToSamples(samples.subarray(alphaStart), [3], data, alphaScale);
      if (values) writeValues(data, values, hasAlpha);
      return cropSamples({ data, ...pixels }, { ...wanted, x: wanted.x - pixels.x, y: wanted.y - pixels.y });
    },
  };
}
