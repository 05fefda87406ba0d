/**
 * A second stream beside a coarse one: a pipe forks after the quantiser, one branch codes the coarse picture, the other what
 * that picture lacks. The coarse stream alone gives a preview; both give every byte back.
 *
 *     deno run examples/residual_branch.ts
 */
import { World } from "@vaerans/vaerans";
import {
  AddResidual,
  ANSDecode,
  ANSEncode,
  ColourYCC,
  QuantizeU8,
  TakeResidual,
  WaveletCDF53,
  WaveletCDF97,
} from "@vaerans/vaerans/systems";
import { ANSBitstream, type PictureSize, Residual, RGB, YCC3 } from "@vaerans/vaerans/components";
import {
  type Component,
  type ComponentType,
  type Entity,
  type TensorRef,
  Transform,
  type TransformMode,
} from "@vaerans/vaerans/core";
import type { KernelWorld } from "@vaerans/vaerans/kernels";
import { drawn } from "./picture.ts";

/** The residual as a wavelet takes it: i32 (3, H, W), planar. */
class ResidualPlanes implements Component {
  readonly component = "ResidualPlanes" as const;
  constructor(readonly values: TensorRef<"i32">, readonly picture: PictureSize) {}
}

/** Interleaved → planar, and back. */
class SplitResidual<M extends TransformMode> extends Transform<M, Residual, ResidualPlanes> {
  constructor(mode: M) {
    super(mode, [Residual], [ResidualPlanes]);
  }

  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      if (this.mode === "forward") {
        const { difference } = world.get(entity, Residual);
        const [height, width] = difference.shape, count = width * height;
        const values = world.arena.allocate([3, height, width], "i32");
        const from = await world.arena.read(difference), to = new Int32Array(from.length);
        for (let i = 0; i < to.length; i++) to[i] = from[3 * (i % count) + Math.floor(i / count)];
        world.arena.write(values, to);
        world.add(entity, new ResidualPlanes(values, { width, height }));
      } else {
        const { values, picture: { width, height } } = world.get(entity, ResidualPlanes);
        const difference = world.arena.allocate([height, width, 3], "i16");
        const from = await world.arena.read(values), to = new Int16Array(from.length), count = width * height;
        for (let i = 0; i < to.length; i++) to[i] = from[count * (i % 3) + Math.floor(i / 3)];
        world.arena.write(difference, to);
        world.add(entity, new Residual(difference));
      }
    }
  }
}

const planes: { planes: ComponentType<ResidualPlanes> } = { planes: ResidualPlanes };
const coarse = () =>
  [
    new QuantizeU8("inverse"),
    new WaveletCDF97("inverse", { planes: YCC3 }),
    new ColourYCC("inverse"),
  ] as const;

// Encoding: what the branches share runs once.
const world = new World();
const source = world.spawnImage(drawn(160, 120));
const [base, side] = world.pipe(source)
  .to(new ColourYCC("forward"))
  .to(new WaveletCDF97("forward", { levels: 4, planes: YCC3 }))
  .to(new QuantizeU8("forward", { step: 24 }))
  .fork();
const baseStream = await base.to(new ANSEncode({ model: "subband" })).out(ANSBitstream);
const sideStream = await side.through(...coarse())
  .to(new TakeResidual())
  .to(new SplitResidual("forward"))
  .to(new WaveletCDF53("forward", { levels: 2, ...planes }))
  .to(new QuantizeU8("forward"))
  .to(new ANSEncode({ model: "subband" }))
  .out(ANSBitstream);

// Decoding: two entities, one a stream; the residual joins the coarse picture at the end.
const shown = await world.pipe(world.add(world.newEntity(), baseStream))
  .to(new ANSDecode()).through(...coarse()).run();
const residual = await world.pipe(world.add(world.newEntity(), sideStream))
  .to(new ANSDecode())
  .to(new QuantizeU8("inverse"))
  .to(new WaveletCDF53("inverse", planes))
  .to(new SplitResidual("inverse"))
  .out(Residual);
const exact = await world.pipe(world.add(shown, residual)).to(new AddResidual()).out(RGB);

const bytesOf = ({ sections }: ANSBitstream) =>
  sections.reduce((sum, section) => sum + section.byteLength, 0);
const before = world.arena.view(world.get(source, RGB).pixels), after = world.arena.view(exact.pixels);
console.log(`base ${bytesOf(baseStream)} bytes, residual ${bytesOf(sideStream)} bytes`);
console.log(after.every((byte, i) => byte === before[i]) ? "every byte came back" : "something was lost");
