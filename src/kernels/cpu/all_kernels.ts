/** Makes worlds use the module with the kernels of both directions, and adds their TypeScript forms. */
import { useWhole } from "../../host/wasm.ts";
import { gaussianBlur } from "./blur.ts";
import { rgbToYcbcr, rgbToYcocg } from "./colour.ts";
import { DECODING_KERNELS_WASM } from "./decoding_kernels_wasm.ts";
import { registerPlainFunctions } from "./plain_functions.ts";
import { KERNELS_WASM } from "./kernels_wasm.ts";
import { enlargePlainly } from "./enlarge_plainly.ts";
import { hadamard4 } from "./hadamard.ts";
import { planarToRgb, rgbToPlanar, rgbToRgba8 } from "./pixels.ts";
import { dequantize, quantize, unquantisable } from "./quantise.ts";
import { subtractShown } from "./residual.ts";
import { waveletForward } from "./wavelet.ts";

useWhole(DECODING_KERNELS_WASM, KERNELS_WASM);
registerPlainFunctions({
  dequantize,
  enlarge: enlargePlainly,
  hadamard4,
  gaussianBlur,
  planarToRgb,
  quantize,
  rgbToPlanar,
  rgbToRgba8,
  rgbToYcbcr,
  rgbToYcocg,
  subtractShown,
  unquantisable,
  waveletForward,
});
