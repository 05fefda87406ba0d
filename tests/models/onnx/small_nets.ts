import type { ModelFile, ModelManifest } from "../../../src/models/manifest.ts";
import { sha256Hex } from "../../../src/models/sha256.ts";
import { randomFloats } from "../../random.ts";
import {
  type DataType,
  type ModelSpec,
  type NodeSpec,
  type Place,
  rawBytes,
  type TensorSpec,
  writeModel,
} from "./writer.ts";

/** How a net's weights are stored. */
export interface WeightForm {
  readonly type: DataType;
  readonly place: Place;
  /** Listed as inputs, too. */
  readonly asInputs?: boolean;
  /** Held by Constant nodes rather than initialisers. */
  readonly asConstants?: boolean;
}

/** A net, and the bytes of the file that its weights are in if they are outside. */
export interface SmallNet {
  readonly spec: ModelSpec;
  readonly external: Uint8Array<ArrayBuffer>;
}

/** Weights in the place and type that most exporters choose. */
export const PLAIN: WeightForm = { type: "f32", place: "raw" };
/** Pixels per latent sample. */
export const FACTOR = 8;
const WIDTH = 8;
/** Weights are whole multiples of this, which every float format holds exactly. */
const UNIT = 2 ** -6;
/** Root mean square of a convolution's weights, times the root of its taps. */
const GAIN = 0.7;

/** Collects the nodes and tensors of a net. */
class NetBuilder {
  readonly nodes: NodeSpec[] = [];
  readonly tensors: TensorSpec[] = [];
  readonly #form: WeightForm;
  readonly #location: string;
  readonly #external: number[] = [];
  #count = 0;
  #weightCount = 0;

  constructor(form: WeightForm, location: string) {
    this.#form = form;
    this.#location = location;
  }

  /** Adds a node with one output, whose name it returns. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: NodeSpec["attributes"] = {},
    output?: string,
  ): string {
    const name = output ?? `v${this.#count++}`;
    this.nodes.push({ type, inputs, outputs: [name], attributes });
    return name;
  }

  convolution(x: string, [outputs, inputs, size]: readonly number[], output?: string): string {
    const pad = size === 3 ? 1 : 0, stride = size === FACTOR ? FACTOR : 1;
    return this.node(
      "Conv",
      [x, this.#weights([outputs, inputs, size, size]), this.#weights([outputs])],
      { kernel_shape: [size, size], strides: [stride, stride], pads: [pad, pad, pad, pad] },
      output,
    );
  }

  leaky(x: string): string {
    return this.node("LeakyRelu", [x], { alpha: { float: 0.25 } });
  }

  number(value: number): string {
    return this.node("Constant", [], { value_float: { float: value } });
  }

  /** An input (n) as (n, 1, 1, 1), times eight numbers of a shape. */
  shift(input: string, dims: readonly number[]): string {
    const axes: TensorSpec = { name: "axes", dims: [3], values: [1, 2, 3], type: "i64", place: "typed" };
    const values = Array.from({ length: 8 }, (_, i) => i / 8 - 0.4);
    this.tensors.push(axes, { name: "slopes", dims, values, type: "f32", place: "raw" });
    return this.node("Mul", [this.node("Unsqueeze", [input, "axes"]), "slopes"]);
  }

  /** Seeded weights in the net's form, cast to floats of 32 bits. */
  #weights(dims: readonly number[]): string {
    const seed = ++this.#weightCount,
      name = `w${seed}`,
      taps = dims.slice(1).reduce((product, extent) => product * extent, 1);
    const { type, place, asConstants } = this.#form, isFloat = /f\d\d$/.test(type);
    const range = GAIN * Math.sqrt(3 / taps) / UNIT, seeds = randomFloats(taps * dims[0], range, seed);
    const units = Array.from(seeds, Math.round);
    const values = isFloat
      ? units.map((unit) => unit * UNIT)
      : units.map((unit) => type.startsWith("i") ? unit % 3 : Math.abs(unit % 2));
    const tensor = { name, dims, values, type, place, ...place === "external" && this.#placed(type, values) };
    if (!asConstants) this.tensors.push(tensor);
    const value = asConstants ? this.node("Constant", [], { value: { tensor } }) : name;
    return type === "f32" ? value : this.node("Cast", [value], { to: 1 });
  }

  #placed(type: DataType, values: readonly number[]): Pick<TensorSpec, "external"> {
    const bytes = rawBytes(type, values), offset = this.#external.length;
    this.#external.push(...bytes);
    const external = { location: this.#location, offset: String(offset), length: String(bytes.length) };
    return { external };
  }

  net(ends: Pick<ModelSpec, "inputs" | "outputs">): SmallNet {
    const { nodes, tensors } = this, tensorsAsInputs = this.#form.asInputs === true;
    return { spec: { ...ends, nodes, tensors, tensorsAsInputs }, external: Uint8Array.from(this.#external) };
  }
}

const batch = (name: string, channels: number) => ({ name, dims: ["n", channels, `${name}_h`, `${name}_w`] });

/** Shapes that encoders of third parties give the latent in. */
export type LatentForm = "latent" | "mean and log-variance" | "two outputs";

/** An encoder to a latent of 4 channels: a patch, a leaky ReLU, a convolution. */
export function smallEncoder(form: WeightForm = PLAIN, latent: LatentForm = "latent"): SmallNet {
  const net = new NetBuilder(form, "encoder.bin");
  const hidden = net.leaky(net.convolution("image", [WIDTH, 3, FACTOR]));
  const inputs = [batch("image", 3)];
  if (latent === "two outputs") {
    // The log-variance has an operator that no plan has, before the mean in the file's order.
    net.node("Tanh", [net.convolution(hidden, [4, WIDTH, 3])], {}, "logvar");
    net.convolution(hidden, [4, WIDTH, 3], "mean");
    return net.net({ inputs, outputs: [batch("logvar", 4), batch("mean", 4)] });
  }
  const channels = latent === "latent" ? 4 : 8;
  net.convolution(hidden, [channels, WIDTH, 3], "latent");
  return net.net({ inputs, outputs: [batch("latent", channels)] });
}

/** How a decoder differs from the plain one. */
export interface DecoderForm {
  /** `Relu` has no plan. */
  readonly activation?: "LeakyRelu" | "Relu";
  /** Gives it an input `sigma`, whose product with eight numbers of this shape is added to the hidden channels. */
  readonly shiftShape?: readonly number[];
}

/** A decoder of such a latent: convolutions, a pixel shuffle, bounds of 0 and 1. */
export function smallDecoder(
  form: WeightForm = PLAIN,
  { activation = "LeakyRelu", shiftShape }: DecoderForm = {},
): SmallNet {
  const net = new NetBuilder(form, "decoder.bin");
  let first = net.convolution("latent", [WIDTH, 4, 3]);
  if (shiftShape) first = net.node("Add", [first, net.shift("sigma", shiftShape)]);
  const hidden = activation === "Relu" ? net.node("Relu", [first]) : net.leaky(first);
  const shuffled = net.node("DepthToSpace", [net.convolution(hidden, [3 * FACTOR ** 2, WIDTH, 3])], {
    blocksize: FACTOR,
    mode: "CRD",
  });
  net.node("Clip", [net.node("Add", [shuffled, net.number(0.5)]), net.number(0), net.number(1)], {}, "image");
  const sigma = shiftShape ? [{ name: "sigma", dims: ["n"] }] : [];
  return net.net({ inputs: [batch("latent", 4), ...sigma], outputs: [batch("image", 3)] });
}

/** What {@linkcode writeSmallModel} can change. */
export interface SmallModel {
  readonly encoder?: SmallNet;
  readonly decoder?: SmallNet;
  /** Fields of the manifest to add or replace. */
  readonly manifest?: Partial<ModelManifest>;
  /** Whether the manifest lists the files with weights outside; true by default. */
  readonly listsExternal?: boolean;
}

/** Writes a model's folder: nets, files with weights outside, manifest. Returns its path, with a slash at the end. */
export async function writeSmallModel(folder: string, model: SmallModel = {}): Promise<string> {
  const { encoder = smallEncoder(), decoder = smallDecoder(), manifest = {}, listsExternal = true } = model;
  const write = async (path: string, bytes: Uint8Array<ArrayBuffer>): Promise<ModelFile> => {
    await Deno.writeFile(`${folder}/${path}`, bytes);
    return { path, byteLength: bytes.length, sha256: await sha256Hex(bytes) };
  };
  const netOf = async (name: "encoder" | "decoder", { spec, external }: SmallNet): Promise<ModelFile> => {
    const file = await write(`${name}.onnx`, writeModel(spec));
    const beside = external.length > 0 ? [await write(`${name}.bin`, external)] : [];
    return { ...file, ...listsExternal && beside.length > 0 && { external: beside } };
  };
  const whole: ModelManifest = {
    name: "small",
    version: "1",
    licence: "MIT",
    downsampling: FACTOR,
    paddingMultiple: FACTOR,
    latentScale: 1,
    latentShift: 0,
    inputRange: "0_1",
    outputRange: "0_1",
    wavelet: "cdf53",
    levels: 1,
    bandGains: Array(16).fill(1),
    qualitySteps: [[1, 1], [100, 0.01]],
    files: { encoder: await netOf("encoder", encoder), decoder: await netOf("decoder", decoder) },
    ...manifest,
  };
  await Deno.writeTextFile(`${folder}/manifest.json`, JSON.stringify(whole));
  return `${folder}/`;
}
