import { SamplePlanes, stepFromCode, Ycc3 } from "../../components/mod.ts";
import type { Entity } from "../../core/mod.ts";
import type { PictureLike } from "../../world.ts";
import { ColourYcc, waveletSystem } from "../../systems/mod.ts";
import { PIXEL_ROUNDING, pixelGains } from "./pixel_params.ts";
import { pixelOptimisation } from "./pixel_optimisation.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { EncodingStages } from "./stream_stages.ts";
import { runPipe } from "./run_pipe.ts";

/** Makes the pixels' own coefficients, lossy: see `pixelDecoding`. */
export function pixelEncoding(spec: StreamSpec): EncodingStages {
  const { grey, levels, wavelet, weighted = false, trellis } = spec;
  return {
    async analyse(world, pictures, pipe) {
      if (!grey) {
        const entities = pictures.map((picture) => world.spawnImage(picture as PictureLike));
        await runPipe(
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
      await runPipe(
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
