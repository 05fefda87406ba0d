import { type ContextPrior, parsePrior } from "../../entropy/latent/prior.ts";
import type { OnnxModel } from "../../models/onnx_model.ts";

const cache = new WeakMap<OnnxModel, Promise<ContextPrior | undefined>>();

/** The trained start of a model's context coder, if it has one; read and parsed once. */
export function priorOf(model: OnnxModel): Promise<ContextPrior | undefined> {
  let prior = cache.get(model);
  if (!prior) {
    prior = model.readPrior().then((bytes) => bytes && parsePrior(bytes));
    cache.set(model, prior);
    prior.catch(() => cache.delete(model));
  }
  return prior;
}
