/** The kernels in TypeScript that decoding files does not use. */
export { gaussianBlur } from "./blur.ts";
export { rgbToYcbcr, rgbToYcocg } from "./colour.ts";
export { enlargePlainly } from "./enlarge_plainly.ts";
export { hadamard4 } from "./hadamard.ts";
export { planarToRgb, rgbToPlanar, rgbToRgba8 } from "./pixels.ts";
export { dequantize, quantize, unquantisable } from "./quantise.ts";
export { subtractShown } from "./residual.ts";
export { waveletForward } from "./wavelet.ts";
