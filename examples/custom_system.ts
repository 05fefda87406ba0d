/**
 * A component, a kernel and a system of one's own: a 4×4 matrix in place of the Hadamard rotation, here the principal axes
 * (Karhunen-Loève transform) of the picture's own latent.
 *
 *     deno run -R examples/custom_system.ts
 */
import { World } from "@vaerans/vaerans";
import { ANSBitstream, Latent4, type PictureSize } from "@vaerans/vaerans/components";
import {
  ANSDecode,
  ANSEncode,
  Hadamard4,
  OnnxVAEEncode,
  QuantizeU8,
  WaveletCDF53,
} from "@vaerans/vaerans/systems";
import {
  type Component,
  type Entity,
  type TensorRef,
  Transform,
  type TransformMode,
} from "@vaerans/vaerans/core";
import type { Kernels, KernelWorld } from "@vaerans/vaerans/kernels";
import { loadModel } from "@vaerans/vaerans/models";
import { drawn } from "./picture.ts";

/** Sixteen numbers, row-major. */
export type Matrix4 = readonly number[];

/** Component: the latent after a matrix over its channels, f32 (4, h, w), planar. */
export class Mixed4 implements Component {
  readonly component = "Mixed4" as const;
  constructor(readonly values: TensorRef<"f32">, readonly picture: PictureSize) {}
}

/** Kernel: `target = matrix · source` at each place of planar (4, n) values. */
export function multiply4(matrix: Matrix4, source: Float32Array, target: Float32Array): void {
  const n = source.length / 4;
  for (let row = 0; row < 4; row++) {
    const [a, b, c, d] = matrix.slice(4 * row);
    for (let i = 0; i < n; i++) {
      target[row * n + i] = a * source[i] + b * source[n + i] + c * source[2 * n + i] + d * source[3 * n + i];
    }
  }
}

/** System: forward multiplies by the matrix, inverse by its inverse. */
export class LinearTransform4<M extends TransformMode> extends Transform<M, Latent4, Mixed4, Kernels> {
  readonly #matrix: Matrix4;

  constructor(mode: M, matrix: Matrix4) {
    super(mode, [Latent4], [Mixed4]);
    this.#matrix = mode === "forward" ? matrix : inverse4(matrix);
  }

  /** Reads and writes through the arena, so that it runs on any device. */
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      const { values, picture } = this.mode === "forward"
        ? world.get(entity, Latent4)
        : world.get(entity, Mixed4);
      const target = world.arena.allocate(values.shape, "f32");
      const mixed = new Float32Array(values.elementCount);
      multiply4(this.#matrix, await world.arena.read(values), mixed);
      world.arena.write(target, mixed);
      world.add(entity, this.mode === "forward" ? new Mixed4(target, picture) : new Latent4(target, picture));
    }
  }
}

/** By Gauss and Jordan, with the largest pivot; throws `RangeError` for a matrix that has no inverse. */
export function inverse4(matrix: Matrix4): Matrix4 {
  const rows = [0, 1, 2, 3].map((
    i,
  ) => [...matrix.slice(4 * i, 4 * i + 4), ...[0, 1, 2, 3].map((j) => i === j ? 1 : 0)]);
  for (let column = 0; column < 4; column++) {
    const below = rows.slice(column).map((row) => Math.abs(row[column]));
    const pivot = column + below.indexOf(Math.max(...below));
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    const scale = rows[column][column];
    if (!(Math.abs(scale) > 1e-9)) {
      throw new RangeError("Cannot invert the matrix: its rows are not independent");
    }
    rows[column] = rows[column].map((value) => value / scale);
    for (const [i, row] of rows.entries()) {
      if (i !== column) rows[i] = row.map((value, j) => value - row[column] * rows[column][j]);
    }
  }
  return rows.flatMap((row) => row.slice(4));
}

/** The principal axes of planar (4, n) values, one a row, the one of most variance first: Jacobi's rotations. */
export function principalAxes(values: Float32Array): Matrix4 {
  const n = values.length / 4, channels = [0, 1, 2, 3];
  const means = channels.map((c) =>
    values.subarray(c * n, (c + 1) * n).reduce((sum, value) => sum + value, 0) / n
  );
  const covariance = channels.map((a) =>
    channels.map((b) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (values[a * n + i] - means[a]) * (values[b * n + i] - means[b]);
      return sum / n;
    })
  );
  const axes = channels.map((a) => channels.map((b) => a === b ? 1 : 0));
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < 3; p++) {
      for (let q = p + 1; q < 4; q++) {
        const angle = 0.5 * Math.atan2(2 * covariance[p][q], covariance[p][p] - covariance[q][q]);
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        for (const row of covariance) {
          [row[p], row[q]] = [cos * row[p] + sin * row[q], cos * row[q] - sin * row[p]];
        }
        for (const rows of [covariance, axes]) {
          const [x, y] = [rows[p], rows[q]];
          rows[p] = x.map((value, i) => cos * value + sin * y[i]);
          rows[q] = y.map((value, i) => cos * value - sin * x[i]);
        }
      }
    }
  }
  return channels.sort((a, b) => covariance[b][b] - covariance[a][a]).flatMap((axis) => axes[axis]);
}

if (import.meta.main) {
  const world = new World();
  const [hadamard, own] = world.pipe(world.spawnImage(drawn(192, 128)))
    .to(new OnnxVAEEncode(await loadModel("vaerans-8")))
    .fork();
  const bytesOf = ({ sections }: ANSBitstream) =>
    sections.reduce((sum, section) => sum + section.byteLength, 0);

  const usual = await hadamard.to(new Hadamard4("forward"))
    .to(new WaveletCDF53("forward"))
    .to(new QuantizeU8("forward", { step: 0.3 }))
    .to(new ANSEncode())
    .out(ANSBitstream);
  console.log(`Hadamard: ${bytesOf(usual)} bytes`);

  const { values } = await own.out(Latent4);
  const axes = principalAxes(world.arena.view(values));
  const entity = await own.to(new LinearTransform4("forward", axes))
    .to(new WaveletCDF53("forward", { planes: Mixed4 }))
    .to(new QuantizeU8("forward", { step: 0.3 }))
    .to(new ANSEncode())
    .run();
  console.log(`principal axes: ${bytesOf(world.get(entity, ANSBitstream))} bytes, without the matrix`);

  const back = await world.pipe(entity)
    .to(new ANSDecode())
    .to(new QuantizeU8("inverse"))
    .to(new WaveletCDF53("inverse", { planes: Mixed4 }))
    .to(new LinearTransform4("inverse", axes))
    .out(Latent4);
  const before = world.arena.view(values), after = world.arena.view(back.values);
  const error = after.reduce((sum, value, i) => sum + (value - before[i]) ** 2, 0) / after.length;
  console.log(`mean squared error of the latent: ${error.toExponential(2)}`);
}
