import { SamplePlanes } from "../../components/mod.ts";
import type { Entity } from "../../core/mod.ts";
import { rgbaToDifferences, rgbaToYcocg, sampleToPlane } from "../../kernels/cpu/exact_planes.ts";
import { waveletSystem } from "../../systems/mod.ts";
import { runPipe } from "./run_pipe.ts";
import { placeBits } from "./sample_values.ts";
import { placesOf } from "./sample_values_writing.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { EncodingStages } from "./stream_stages.ts";

/** Makes samples in integers: see `losslessDecoding`. */
export function losslessEncoding(spec: StreamSpec): EncodingStages {
  const { channels, levels, wavelet, bound, alphaBound, values } = spec;
  const bitDepth = values ? placeBits(values) : spec.bitDepth;
  const scale = { bound, bitDepth }, hasAlpha = alphaBound !== undefined;
  const colourChannels = hasAlpha ? channels - 1 : channels,
    alphaScale = { bound: alphaBound ?? 0, bitDepth };
  return {
    async analyse(world, pictures, pipe) {
      const entities = pictures.map((picture) => {
        const { width, height } = picture;
        const data = values ? placesOf(picture.data, values, hasAlpha) : picture.data;
        const planes = world.arena.allocate([channels, height, width], "i32");
        const samples = new Int32Array(planes.elementCount);
        const alphaStart = colourChannels * width * height, colours = samples.subarray(0, alphaStart);
        if (colourChannels === 3) (levels === 0 ? rgbaToDifferences : rgbaToYcocg)(data, colours, scale);
        else sampleToPlane(data, spec.kind === "alpha" ? 3 : 0, colours, scale);
        if (hasAlpha) sampleToPlane(data, 3, samples.subarray(alphaStart), alphaScale);
        world.arena.write(planes, samples);
        return world.add(world.newEntity(), new SamplePlanes(planes, { width, height }));
      });
      await runPipe(
        world.pipe(entities, pipe).to(waveletSystem(wavelet, "forward", { levels, planes: SamplePlanes })),
      );
      return entities as Entity[];
    },
    coding: (_layout, { entropy, effort }) => ({
      quantiser: {},
      coder: { model: entropy === "static" && spec.kind === "exact" ? "static" : "subband", effort },
    }),
  };
}
