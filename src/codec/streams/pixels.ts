import { bandSteps, QuantParams, ReconRGB, SamplePlanes, Ycc3 } from "../../components/mod.ts";
import { ColourYcc } from "../../systems/colour.ts";
import { waveletSystem } from "../../systems/wavelet.ts";
import { pixelGains } from "./pixel_params.ts";
import { cropPlanes, greySamples, samplesOfRgb } from "./planes.ts";
import { runPipe } from "./run_pipe.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { DecodingStages } from "./stream_stages.ts";

/** Decodes the pixels' own coefficients, lossy: luma and chroma, or the one plane of a grey picture, by a 9/7. */
export function pixelDecoding(spec: StreamSpec): DecodingStages {
  const { grey, wavelet } = spec;
  return {
    decoder: {},
    quant: (layout, stepCode) =>
      new QuantParams(bandSteps(layout, stepCode, pixelGains(layout, spec)), stepCode, 0),
    async synthesise(world, entity, net, place, pipe) {
      if (!grey) {
        await runPipe(world.pipe(entity, pipe).to(waveletSystem(wavelet, "inverse", { planes: Ycc3 })));
        const cropped = new Ycc3(cropPlanes(world, world.get(entity, Ycc3).values, net), place.pixels);
        const colours = world.add(entity, cropped);
        await runPipe(world.pipe(colours, pipe).to(new ColourYcc("inverse")));
        return await samplesOfRgb(world, world.get(entity, ReconRGB).pixels, place, false);
      }
      await runPipe(world.pipe(entity, pipe).to(waveletSystem(wavelet, "inverse", { planes: SamplePlanes })));
      const plane = await world.read(cropPlanes(world, world.get(entity, SamplePlanes).values, net));
      const unit = (i: number) => Math.fround(Math.min(1, Math.max(0, (plane[i] + 128) / 255)));
      return greySamples(unit, place);
    },
  };
}
