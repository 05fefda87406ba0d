import { ModelError } from "../../core/mod.ts";
import { type NetGradient, netGradient } from "../../kernels/cpu/net/net_gradient.ts";
import type { OnnxModel } from "../../models/onnx_model.ts";

/**
 * The derivative of a model's decoder, by its latent.
 *
 * Errors: `ModelError` ("net-gradient") for decoders that kernels cannot derive.
 */
export async function decoderGradient(model: OnnxModel): Promise<NetGradient> {
  const plan = await model.planOf("decoder"), gradient = plan && netGradient(plan);
  if (!gradient) {
    throw new ModelError(
      "net-gradient",
      `Cannot derive the decoder of model ${model.name}: it must consist of convolutions of 3 × 3, ` +
        "leaky ReLUs, sums and pixel shuffles (got more). Remove objective from its manifest, or use an " +
        "effort up to 5.",
    );
  }
  return gradient;
}
