import { FOREIGN_DEFAULTS, type ForeignModel } from "./foreign.ts";

/** A model that others publish and `models pull` fetches. */
export interface RegistryEntry extends ForeignModel {
  /** Who made it, and where it is described. */
  readonly homepage: string;
  /** Addresses of the ONNX nets; absent where none are published. */
  readonly onnx?: { readonly encoder: string; readonly decoder: string };
  /** Addresses of weights in another form, and the script that makes ONNX of them. */
  readonly weights?: { readonly encoder: string; readonly decoder: string; readonly script: string };
}

const SDXL = "https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0";
const TAESDXL = "https://huggingface.co/madebyollin/taesdxl";

/**
 * Known models. No hash of theirs is known from a source, so none is given: the first pull records size and SHA-256 in
 * `vaerans.lock`, and later ones refuse a change.
 */
export const REGISTRY: readonly RegistryEntry[] = [
  {
    ...FOREIGN_DEFAULTS,
    name: "sdxl-vae",
    description: "VAE of Stable Diffusion XL: 4 channels at H/8, about 84 million weights",
    licence: "CreativeML Open RAIL++-M",
    latentScale: 0.13025,
    homepage: SDXL,
    onnx: {
      encoder: `${SDXL}/resolve/main/vae_encoder/model.onnx`,
      decoder: `${SDXL}/resolve/main/vae_decoder/model.onnx`,
    },
  },
  {
    ...FOREIGN_DEFAULTS,
    name: "taesdxl",
    description: "Tiny autoencoder for the latents of Stable Diffusion XL: 2.4 million weights",
    licence: "MIT",
    inputRange: "0_1",
    outputRange: "0_1",
    homepage: TAESDXL,
    weights: {
      encoder: `${TAESDXL}/resolve/main/taesdxl_encoder.safetensors`,
      decoder: `${TAESDXL}/resolve/main/taesdxl_decoder.safetensors`,
      script: "scripts/train/taesd_onnx.py",
    },
  },
];
