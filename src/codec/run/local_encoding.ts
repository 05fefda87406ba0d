import "../../entropy/all_plain_forms.ts";
import "../../kernels/cpu/all_wasm_kernels.ts";
import { ANSBitstream, QuantizedPyr, QuantParams, WaveletPyr } from "../../components/mod.ts";
import type { Entity } from "../../core/mod.ts";
import { ANSEncode, QuantizeU8 } from "../../systems/mod.ts";
import { refineLatent } from "../plan/refine_latent.ts";
import { checkQuantised } from "../streams/quantised_check.ts";
import { arenaBytesOf } from "../streams/arena_bytes.ts";
import { analyseIn, encodingOf } from "../streams/tile_analysis.ts";
import { OPTIONAL_PARTS } from "./optional_parts.ts";
import { unwrapped } from "./unwrap.ts";

/** Adds encoding to the engines of this thread. */
OPTIONAL_PARTS.encoder = (worlds, pipe) => ({
  analyse: (spec, samples, pixels, window, tile) =>
    worlds.run(
      arenaBytesOf("analyse", spec, window.layout),
      async (world) => (await analyseIn(world, spec, [{ samples, pixels, window, tile }], pipe))[0],
    ),
  refine: (spec, window, place, choice) =>
    worlds.run(
      arenaBytesOf("refine", spec, window.layout),
      (world) => refineLatent(world, spec, window, place, choice, pipe),
    ),
  encode: (spec, { coefficients, layout }, choice) =>
    worlds.run(arenaBytesOf("encode", spec, layout), async (world) => {
      const { quantiser, coder } = (await encodingOf(spec)).coding(layout, choice);
      const dtype = coefficients instanceof Float32Array ? "f32" : "i32";
      const ref = world.arena.allocate([layout.coefficientCount], dtype);
      world.arena.view(ref).set(coefficients);
      const entity = world.add(world.newEntity(), new WaveletPyr(ref, layout, layout));
      await unwrapped(
        world.pipe(entity, pipe).to(new QuantizeU8("forward", quantiser)).to(new ANSEncode(coder)),
      );
      if (coefficients instanceof Float32Array) {
        const quantised = world.host.view(world.get(entity as Entity, QuantizedPyr).coefficients);
        checkQuantised(coefficients, quantised, layout, world.get(entity as Entity, QuantParams).steps);
      }
      const stream = world.get(entity as Entity, ANSBitstream);
      return {
        coder: stream.coder,
        sections: stream.sections.map((section) => world.host.view(section).slice()),
      };
    }),
});
