import { messageOf } from "../../core/error_message.ts";
import { GpuError } from "../../core/mod.ts";
import { isReversible, type Wavelet, WAVELETS } from "../../wavelets/mod.ts";
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
  readonly constants?: { readonly [name: string]: number };
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

/** Names of the kernels that do not depend on a wavelet. */
export type PipelineName = keyof typeof RECIPES;

/** All kernels, compiled for one device. */
export type Pipelines = { readonly [N in PipelineName]: Pipeline } & {
  /** By {@linkcode waveletPipelineName}. */
  readonly wavelets: ReadonlyMap<string, Pipeline>;
};

/** Name of the kernel of a wavelet's level. */
export function waveletPipelineName(
  wavelet: string,
  direction: "Forward" | "Inverse",
  suffix: "F32" | "I32",
): string {
  return `${wavelet}${direction}${suffix}`;
}

/** Kernels of a wavelet: both directions, in floats and, where it is reversible, in integers. */
function waveletRecipes(wavelet: Wavelet): [string, Recipe][] {
  const suffixes = isReversible(wavelet) ? ["F32", "I32"] as const : ["F32"] as const;
  return suffixes.flatMap((suffix) =>
    (["Forward", "Inverse"] as const).map((direction): [string, Recipe] => [
      waveletPipelineName(wavelet.name, direction, suffix),
      {
        parts: [...suffix === "F32" ? FLOAT : INTEGER, `wavelet_${direction.toLowerCase()}` as ShaderName],
        constants: suffix === "F32" ? floatConstants(wavelet) : integerConstants(wavelet),
      },
    ])
  );
}

/** Which neighbours the steps read, and how many pairs of steps there are: see `wavelet_tile.wgsl`. */
function stepConstants({ steps }: Wavelet): { readonly [name: string]: number } {
  const [predict, update] = steps;
  return {
    STEP_PAIRS: steps.length / 2,
    PREDICT_LEFT: Number(predict.left),
    PREDICT_RIGHT: Number(predict.right),
    UPDATE_LEFT: Number(update.left),
    UPDATE_RIGHT: Number(update.right),
  };
}

function floatConstants(wavelet: Wavelet): { readonly [name: string]: number } {
  const weightOf = (index: number) => wavelet.steps[index]?.weight ?? 0;
  return {
    ...stepConstants(wavelet),
    PREDICT_0: weightOf(0),
    UPDATE_0: weightOf(1),
    PREDICT_1: weightOf(2),
    UPDATE_1: weightOf(3),
    HIGH_SCALE: wavelet.highScale,
  };
}

function integerConstants(wavelet: Wavelet): { readonly [name: string]: number } {
  const [predict, update] = wavelet.steps;
  return {
    ...stepConstants(wavelet),
    PREDICT_SIGN: Math.sign(predict.weight),
    PREDICT_ROUND: predict.integer!.round,
    PREDICT_SHIFT: predict.integer!.shift,
    UPDATE_SIGN: Math.sign(update.weight),
    UPDATE_ROUND: update.integer!.round,
    UPDATE_SHIFT: update.integer!.shift,
  };
}

/** Compiles every kernel. Errors: `GpuError` ("gpu-failed") when the driver refuses one. */
export async function compilePipelines(device: GPUDevice): Promise<Pipelines> {
  const modules = new Map<string, GPUShaderModule>();
  const compile = async (recipes: [string, Recipe][]) =>
    await Promise.all(
      recipes.map(async ([label, recipe]) =>
        [label, await compiled(device, modules, label, recipe)] as const
      ),
    );
  const [plain, wavelets] = await Promise.all([
    compile(Object.entries<Recipe>(RECIPES)),
    compile(WAVELETS.flatMap(waveletRecipes)),
  ]);
  const byName = Object.fromEntries(plain) as { readonly [N in PipelineName]: Pipeline };
  return { ...byName, wavelets: new Map(wavelets) };
}

async function compiled(
  device: GPUDevice,
  modules: Map<string, GPUShaderModule>,
  label: string,
  { parts, entryPoint = "main", constants }: Recipe,
): Promise<Pipeline> {
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
      compute: { module, entryPoint, ...(constants && { constants }) },
    });
    return { label, compute, layout: compute.getBindGroupLayout(0) };
  } catch (cause) {
    const { messages } = await module.getCompilationInfo();
    const [first] = messages.filter(({ type }) => type === "error");
    const told = messageOf(cause);
    const reason = first ? `line ${first.lineNum}, ${first.message}` : told;
    throw new GpuError(
      "gpu-failed",
      `Cannot compile kernel ${label} (${key}): this GPU must accept it (got: ${reason}). Use device ` +
        '"cpu" and report this bug.',
      {
        cause,
      },
    );
  }
}
