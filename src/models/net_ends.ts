import type { GraphInput, OnnxGraph } from "./onnx_graph.ts";
import type { ModelManifest } from "./manifest.ts";
import type { NetEnds } from "./plan_net.ts";

/** A model's nets. */
export type NetName = "encoder" | "decoder";

/** The names that a manifest gives to inputs and outputs of its nets. */
export type NamedEnds = Pick<ModelManifest, "stepInput" | "latentOutput">;

/** A net has inputs that the codec cannot serve; the message says which. */
export class NetInputError extends Error {}

/** The latent cannot be told from a net's outputs; the message says which there are. */
export class NetOutputError extends Error {}

/**
 * The input and the output of a net that the codec uses, and the decoder's input for the base step.
 *
 * @throws NetInputError For inputs that nothing is known for.
 * @throws NetOutputError For outputs among which the latent cannot be told.
 */
export function endsOf(net: NetName, graph: OnnxGraph, named: NamedEnds): NetEnds {
  const step = net === "decoder" ? graph.inputs.find(({ name }) => name === named.stepInput) : undefined;
  if (net === "decoder" && named.stepInput !== undefined && !step) {
    throw new NetInputError(
      `its inputs are ${namesOf(graph.inputs)}, and the manifest's stepInput is ${named.stepInput}`,
    );
  }
  const [input, ...others] = graph.inputs.filter((input) => input !== step);
  if (!input) throw new NetInputError("it has no input for the values");
  if (others.length > 0) {
    throw new NetInputError(`nothing is known for its input ${namesOf(others)}`);
  }
  for (const { name, type } of [input, ...step ? [step] : []]) {
    // A file need not tell the type.
    if (type === "f32" || type === "other") continue;
    throw new NetInputError(`its input ${name} is ${type}, and it must be f32`);
  }
  const output = net === "encoder" ? latentOutput(graph.outputs, named.latentOutput) : graph.outputs[0];
  return { input: input.name, output, ...step && { condition: step.name } };
}

/** Names such as `latent_mean`, `mean`, `mu`. */
const MEAN = /(^|[^a-z])(mean|mu)([^a-z]|$)/i;

/** Of a mean and a log-variance the mean is the latent. */
function latentOutput(outputs: readonly string[], named: string | undefined): string {
  if (named !== undefined) {
    if (outputs.includes(named)) return named;
    throw new NetOutputError(
      `its outputs are ${outputs.join(", ")}, and the manifest's latentOutput is ${named}`,
    );
  }
  const means = outputs.filter((name) => MEAN.test(name));
  if (means.length === 1) return means[0];
  if (outputs.length <= 2 && means.length === 0) return outputs[0];
  throw new NetOutputError(`it does not tell which of its outputs ${outputs.join(", ")} is the latent`);
}

function namesOf(inputs: readonly GraphInput[]): string {
  return inputs.map(({ name }) => name).join(", ");
}

/** Channels of a latent. */
export const LATENT_CHANNELS = 4;

/** Whether an encoder gives mean and log-variance, as many channels of each as the latent has. */
export function hasVariance(channels: number): boolean {
  return channels === 2 * LATENT_CHANNELS;
}
