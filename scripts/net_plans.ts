/**
 * Writes the plans of the embedded models' decoders into their manifests, from the ONNX files: programs that only decode have no
 * reader of such files.
 *
 * Arguments: folders of models; by default those of the repository.
 */
import type { ConvolutionStep, NetMap, NetPlan } from "../src/kernels/kernels.ts";
import type { ModelManifest } from "../src/models/manifest.ts";
import { endsOf } from "../src/models/net_ends.ts";
import { type GraphNode, OnnxGraph } from "../src/models/onnx_graph.ts";
import { planNet } from "../src/models/plan_net.ts";
import {
  planOfStored,
  type StoredFloats,
  type StoredPlan,
  type StoredStep,
} from "../src/models/stored_plan.ts";
import { floatsOf } from "../src/models/tensor_values.ts";

const MODELS = new URL("../models/", import.meta.url);
/** Steps by which shifts are compared. */
const STEPS = [0.01, 0.2, 0.37, 0.5, 1, 1.9, 30].map((step) => Float32Array.of(step));

/**
 * The plan of a model's decoder as its manifest holds it.
 *
 * @param manifest The manifest.
 * @param file The decoder.
 * @throws Error For a net that cannot be described so.
 */
export function storedPlan(manifest: ModelManifest, file: Uint8Array): StoredPlan {
  const graph = new OnnxGraph(file), planned = planNet(graph, endsOf("decoder", graph, manifest));
  if (!("plan" in planned)) {
    throw new Error(`Cannot plan the decoder of ${manifest.name}: ${planned.obstacle}`);
  }
  const { plan } = planned, writer = new PlanWriter(graph, file);
  const stored = writer.stored(plan);
  checkShifts(plan, planOfStored(stored, file), manifest.name);
  return stored;
}

class PlanWriter {
  readonly #condition: StoredPlan["condition"];
  /** Floats in the file, with their values. */
  readonly #tensors: readonly { readonly at: StoredFloats; readonly values: Float32Array }[];

  constructor(graph: OnnxGraph, file: Uint8Array) {
    this.#condition = conditionOf(graph);
    this.#tensors = [...graph.tensors.values()].flatMap((tensor) => {
      const { type, raw } = tensor, values = floatsOf(tensor)!, offset = raw.byteOffset - file.byteOffset;
      if (type !== "f16" && type !== "f32") return [];
      const at: StoredFloats = type === "f16" ? [offset, values.length] : [offset, values.length, 4];
      return [{ at, values }];
    });
  }

  stored({ planes, maps, steps, output }: NetPlan): StoredPlan {
    return {
      planes,
      condition: this.#condition,
      maps: maps.map(({ channels, scale }) => [channels, scale]),
      steps: steps.map((step): StoredStep => {
        const target = step.target.index;
        if (step.kind === "blocks") return { ...step, target };
        const ends = { source: step.source.index, target, ...step.onto && { onto: true } };
        return step.kind === "spread" ? { kind: step.kind, ...ends } : this.#convolution(step, ends);
      }),
      output: { ...output, parts: output.parts.map((part) => ({ ...part, source: part.source.index })) },
    };
  }

  #convolution(
    { kind, slope, edge, size, stride, weights, bias, shift }: ConvolutionStep,
    ends: { readonly source: number; readonly target: number },
  ): StoredStep {
    return {
      kind,
      ...ends,
      ...slope !== 1 && { slope },
      ...edge && { edge },
      size,
      stride,
      weights: this.#find(weights as Float32Array), // plans of graphs have no others
      ...bias.some((value) => value !== 0) && { bias: this.#find(bias) },
      ...shift && { shift: this.#factorsOf(shift, bias.length) },
    };
  }

  #find(values: Float32Array): StoredFloats {
    const found = this.#tensors.find((tensor) =>
      tensor.values.length === values.length && tensor.values.every((value, i) => value === values[i])
    );
    if (!found) throw new Error(`Cannot find ${values.length} weights: they must be a tensor of floats`);
    return found.at;
  }

  /** The matrix that a shift is made by; it is told from others by what it gives. */
  #factorsOf(shift: (condition: Float32Array) => Float32Array, channels: number): StoredFloats {
    const target: NetMap = { index: 0, channels, scale: 1 };
    for (const { at, values } of this.#tensors) {
      if (values.length !== 2 * channels) continue;
      const plan = planOfStored({
        planes: 1,
        condition: this.#condition,
        maps: [[channels, 1]],
        steps: [{
          kind: "convolution",
          source: 0,
          target: 0,
          size: 1,
          stride: 1,
          weights: [0, 0],
          shift: [0, values.length],
        }],
        output: { parts: [{ source: target.index, factor: 1 }], offset: 0, low: 0, high: 1 },
      }, rawOf(values));
      const [{ shift: candidate }] = plan.steps as [ConvolutionStep];
      if (STEPS.every((step) => areEqual(candidate!(step), shift(step)))) return at;
    }
    throw new Error(`Cannot find the factors of a shift of ${channels} channels`);
  }
}

/** Values as floats of 16 bits. */
function rawOf(values: Float32Array): Uint8Array {
  return new Uint8Array(Float16Array.from(values).buffer);
}

/** The constants of clip((log(step) − mean) / deviation). */
function conditionOf(graph: OnnxGraph): StoredPlan["condition"] {
  const [mean, deviation, [low, high]] = [["Sub"], ["Div"], ["Clip"]].map(([type]) =>
    constantsOf(graph, type)
  );
  return { mean: mean[0], deviation: deviation[0], low, high };
}

/** Constants of the operation that follows the logarithm, at some distance. */
function constantsOf({ nodes, tensors }: OnnxGraph, type: string): number[] {
  const log = nodes.find((node) => node.type === "Log");
  let name = log?.outputs[0], node: GraphNode | undefined;
  while (name !== undefined && node?.type !== type) {
    node = nodes.find(({ inputs }) => inputs[0] === name);
    name = node?.outputs[0];
  }
  if (node?.type !== type) throw new Error(`Cannot describe the condition: ${type} must follow Log`);
  return node.inputs.slice(1).map((input) => {
    const tensor = tensors.get(input) ?? nodes.find(({ outputs }) => outputs[0] === input)?.value;
    const values = tensor && floatsOf(tensor);
    if (values?.length !== 1) throw new Error(`Cannot describe the condition: ${input} must be one number`);
    return values[0];
  });
}

function areEqual(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function checkShifts(due: NetPlan, got: NetPlan, name: string): void {
  due.steps.forEach((step, i) => {
    if (step.kind !== "convolution" || !step.shift) return;
    const { shift } = got.steps[i] as ConvolutionStep;
    if (!STEPS.every((at) => areEqual(step.shift!(at), shift!(at)))) {
      throw new Error(`Cannot describe step ${i} of ${name}: its shift is another`);
    }
  });
}

/** Lists of numbers on one line. */
function withShortLists(json: string): string {
  return json.replace(
    /\[[^[\]{}"]+\]/g,
    (list) => list.replace(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]"),
  );
}

if (import.meta.main) {
  const folders = Deno.args.length > 0
    ? Deno.args.map((path) => new URL(`${path.replace(/\/?$/, "/")}`, `file://${Deno.cwd()}/`))
    : [...Deno.readDirSync(MODELS)].filter(({ isDirectory }) => isDirectory).map(({ name }) =>
      new URL(`${name}/`, MODELS)
    );
  for (const folder of folders) {
    const path = new URL("manifest.json", folder), manifest = JSON.parse(await Deno.readTextFile(path));
    const { decoder } = manifest.files;
    decoder.plan = storedPlan(manifest, await Deno.readFile(new URL(decoder.path, folder)));
    await Deno.writeTextFile(path, `${withShortLists(JSON.stringify(manifest, null, 2))}\n`);
    console.log(`planned ${manifest.name}`);
  }
}
