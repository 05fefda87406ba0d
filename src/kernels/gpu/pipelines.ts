import { GpuError } from "../../core/mod.ts";
import { type ShaderName, SHADERS } from "./shaders.ts";

/** A compiled kernel. */
export interface Pipeline {
  /** For tools and messages. */
  readonly label: string;
  /** The pipeline itself. */
  readonly compute: GPUComputePipeline;
  /** Layout of its only bind group. */
  readonly layout: GPUBindGroupLayout;
}

interface Recipe {
  /** Files, one after the other. */
  readonly parts: readonly ShaderName[];
  readonly entryPoint?: string;
  readonly wavelet?: number;
}

const FLOAT: readonly ShaderName[] = ["lifting_float", "wavelet_tile"];
const INTEGER: readonly ShaderName[] = ["lifting_integer", "wavelet_tile"];

const RECIPES = {
  copy: { parts: ["common", "copy"] },
  crop: { parts: ["common", "crop"] },
  affine: { parts: ["common", "affine"] },
  rgbBytesToPlanar: { parts: ["common", "pixel_bytes", "rgb_to_planar"], entryPoint: "bytes" },
  rgbFloatsToPlanar: { parts: ["common", "pixel_bytes", "rgb_to_planar"], entryPoint: "floats" },
  planarToRgb: { parts: ["common", "planar_to_rgb"] },
  rgbToRgba8: { parts: ["common", "rgb_to_rgba8"] },
  rgbToYcbcr: { parts: ["common", "pixel_bytes", "rgb_to_ycc"], entryPoint: "ycbcr" },
  rgbToYcocg: { parts: ["common", "pixel_bytes", "rgb_to_ycc"], entryPoint: "ycocg" },
  ycbcrToRgb: { parts: ["common", "ycc_to_rgb"], entryPoint: "ycbcr" },
  ycocgToRgb: { parts: ["common", "ycc_to_rgb"], entryPoint: "ycocg" },
  hadamard4: { parts: ["common", "hadamard4"] },
  cdf53ForwardF32: { parts: [...FLOAT, "wavelet_forward"], wavelet: 0 },
  haarForwardF32: { parts: [...FLOAT, "wavelet_forward"], wavelet: 1 },
  cdf97ForwardF32: { parts: [...FLOAT, "wavelet_forward"], wavelet: 2 },
  cdf53ForwardI32: { parts: [...INTEGER, "wavelet_forward"], wavelet: 0 },
  haarForwardI32: { parts: [...INTEGER, "wavelet_forward"], wavelet: 1 },
  cdf53InverseF32: { parts: [...FLOAT, "wavelet_inverse"], wavelet: 0 },
  haarInverseF32: { parts: [...FLOAT, "wavelet_inverse"], wavelet: 1 },
  cdf97InverseF32: { parts: [...FLOAT, "wavelet_inverse"], wavelet: 2 },
  cdf53InverseI32: { parts: [...INTEGER, "wavelet_inverse"], wavelet: 0 },
  haarInverseI32: { parts: [...INTEGER, "wavelet_inverse"], wavelet: 1 },
  quantiseIntegers: { parts: ["common", "band_table", "quantise"], entryPoint: "integers" },
  quantiseSymbols: { parts: ["common", "band_table", "quantise"], entryPoint: "symbols" },
  dequantise: { parts: ["common", "pixel_bytes", "band_table", "dequantise"] },
  patchEscapes: { parts: ["common", "band_table", "patch_escapes"] },
  blurBytes: { parts: ["common", "pixel_bytes", "gaussian_blur"], entryPoint: "bytes" },
  blurFloats: { parts: ["common", "pixel_bytes", "gaussian_blur"], entryPoint: "floats" },
  subtractShown: { parts: ["common", "pixel_bytes", "residual"], entryPoint: "subtract" },
  addToShown: { parts: ["common", "pixel_bytes", "residual"], entryPoint: "add" },
  squaredError: { parts: ["common", "pixel_bytes", "squared_error"] },
  ssimPlanes: { parts: ["common", "pixel_bytes", "ssim_planes"] },
  ssimPool: { parts: ["common", "ssim_pool"] },
  ssimWindows: { parts: ["ssim_windows"] },
} satisfies { readonly [name: string]: Recipe };

/** Names of the kernels. */
export type PipelineName = keyof typeof RECIPES;

/** All kernels, compiled for one device. */
export type Pipelines = { readonly [N in PipelineName]: Pipeline };

/** Compiles every kernel. Errors: `GpuError` ("gpu-failed") when the driver refuses one. */
export async function compilePipelines(device: GPUDevice): Promise<Pipelines> {
  const modules = new Map<string, GPUShaderModule>();
  const entries = Object.entries<Recipe>(RECIPES).map(
    async ([label, { parts, entryPoint = "main", wavelet }]) => {
      const key = parts.join(" ");
      let module = modules.get(key);
      if (!module) {
        const code = parts.map((part) => SHADERS[part]).join("\n");
        modules.set(key, module = device.createShaderModule({ label: key, code }));
      }
      try {
        const compute = await device.createComputePipelineAsync({
          label,
          layout: "auto",
          compute: { module, entryPoint, ...(wavelet !== undefined && { constants: { WAVELET: wavelet } }) },
        });
        return [label, { label, compute, layout: compute.getBindGroupLayout(0) }] as const;
      } catch (cause) {
        const { messages } = await module.getCompilationInfo();
        const [first] = messages.filter(({ type }) => type === "error");
        const told = cause instanceof Error ? cause.message : cause;
        const reason = first ? `line ${first.lineNum}, ${first.message}` : told;
        throw new GpuError(
          "gpu-failed",
          `Cannot compile kernel ${label} (${key}) for this GPU: ${reason}`,
          { cause },
        );
      }
    },
  );
  return Object.fromEntries(await Promise.all(entries)) as Pipelines;
}
