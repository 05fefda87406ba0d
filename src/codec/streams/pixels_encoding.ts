import { SamplePlanes, stepFromCode, Ycc3 } from "../../components/mod.ts";
import type { Entity } from "../../core/mod.ts";
import { rgbaToDifferences, rgbaToYcocg, sampleToPlane } from "../../kernels/cpu/exact_planes.ts";
import type { PictureLike } from "../../world.ts";
import { ColourYcc, waveletSystem } from "../../systems/mod.ts";
import { PIXEL_ROUNDING, pixelGains } from "./pixel_params.ts";
import { pixelOptimisation } from "./pixel_optimisation.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { EncodingStages } from "./stream_stages.ts";
import { unwrapped } from "../run/unwrap.ts";

/** Makes the pixels' own coefficients, lossy: see `pixelDecoding`. */
export function pixelEncoding(spec: StreamSpec): EncodingStages {
  const { grey, levels, wavelet, weighted = false, trellis } = spec;
  return {
    async analyse(world, pictures, pipe) {
      if (!grey) {
        const entities = pictures.map((picture) => world.spawnImage(picture as PictureLike));
        await unwrapped(
          world.pipe(entities, pipe).to(new ColourYcc("forward")).to(
            waveletSystem(wavelet, "forward", { levels, planes: Ycc3 }),
          ),
        );
        return entities as Entity[];
      }
      const entities = pictures.map(({ data, width, height }) => {
        const plane = world.arena.allocate([1, height, width], "f32");
        world.arena.write(
          plane,
          Float32Array.from({ length: plane.elementCount }, (_, i) => data[4 * i] - 128),
        );
        return world.add(world.newEntity(), new SamplePlanes(plane, { width, height }));
      });
      await unwrapped(
        world.pipe(entities, pipe).to(waveletSystem(wavelet, "forward", { levels, planes: SamplePlanes })),
      );
      return entities as Entity[];
    },
    coding: (layout, { stepCode, effort }) => ({
      quantiser: {
        step: stepFromCode(stepCode),
        gains: pixelGains(layout, spec),
        ...(trellis
          ? { optimise: { effort, ...pixelOptimisation(layout, weighted) } }
          : { rounding: PIXEL_ROUNDING }),
      },
      coder: { model: trellis ? "subband-trellis" : "static" },
    }),
  };
}

/** Makes samples in integers: see `exactDecoding`. */
export function exactEncoding(spec: StreamSpec): EncodingStages {
  const { channels, levels, wavelet, bound, alphaBound, bitDepth } = spec;
  const scale = { bound, bitDepth }, hasAlpha = alphaBound !== undefined;
  const colourChannels = hasAlpha ? channels - 1 : channels,
    alphaScale = { bound: alphaBound ?? 0, bitDepth };
  return {
    async analyse(world, pictures, pipe) {
      const entities = pictures.map(({ data, width, height }) => {
        const planes = world.arena.allocate([channels, height, width], "i32");
        const values = new Int32Array(planes.elementCount);
        const alphaStart = colourChannels * width * height, colours = values.subarray(0, alphaStart);
        if (colourChannels === 3) (levels === 0 ? rgbaToDifferences : rgbaToYcocg)(data, colours, scale);
        else sampleToPlane(data, spec.kind === "alpha" ? 3 : 0, colours, scale);
        if (hasAlpha) sampleToPlane(data, 3, values.subarray(alphaStart), alphaScale);
        world.arena.write(planes, values);
        return world.add(world.newEntity(), new SamplePlanes(planes, { width, height }));
      });
      await unwrapped(
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
