/** Makes worlds use the module with the kernels of both directions, and adds their TypeScript forms. */
import { useWhole } from "../../host/wasm.ts";
import { gaussianBlur } from "./blur.ts";
import { rgbToYcbcr, rgbToYcocg } from "./colour.ts";
import { DECODING_KERNELS_WASM } from "./decoding_kernels_wasm.ts";
import { registerEncodingFunctions } from "./encoding_functions.ts";
import { KERNELS_WASM } from "./kernels_wasm.ts";
import { planarToRgb, rgbToPlanar } from "./pixels.ts";
import { quantize, unquantisable } from "./quantise.ts";
import { subtractShown } from "./residual.ts";
import { waveletForward } from "./wavelet.ts";

useWhole(DECODING_KERNELS_WASM, KERNELS_WASM);
registerEncodingFunctions({
  gaussianBlur,
  planarToRgb,
  quantize,
  rgbToPlanar,
  rgbToYcbcr,
  rgbToYcocg,
  subtractShown,
  unquantisable,
  waveletForward,
});
