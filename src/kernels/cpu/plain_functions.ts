import { VaeransError } from "../../core/mod.ts";
import type { gaussianBlur } from "./blur.ts";
import type { rgbToYcbcr, rgbToYcocg } from "./colour.ts";
import type { enlargePlainly } from "./enlarge_plainly.ts";
import type { hadamard4 } from "./hadamard.ts";
import type { planarToRgb, rgbToPlanar, rgbToRgba8 } from "./pixels.ts";
import type { dequantize, quantize, unquantisable } from "./quantise.ts";
import type { subtractShown } from "./residual.ts";
import type { waveletForward } from "./wavelet.ts";

/** The kernels in TypeScript that decoding files does not use. */
export interface PlainFunctions {
  readonly dequantize: typeof dequantize;
  readonly enlarge: typeof enlargePlainly;
  readonly gaussianBlur: typeof gaussianBlur;
  readonly hadamard4: typeof hadamard4;
  readonly planarToRgb: typeof planarToRgb;
  readonly quantize: typeof quantize;
  readonly rgbToPlanar: typeof rgbToPlanar;
  readonly rgbToRgba8: typeof rgbToRgba8;
  readonly rgbToYcbcr: typeof rgbToYcbcr;
  readonly rgbToYcocg: typeof rgbToYcocg;
  readonly subtractShown: typeof subtractShown;
  readonly unquantisable: typeof unquantisable;
  readonly waveletForward: typeof waveletForward;
}

let registered: PlainFunctions | undefined;

/** Adds them; `all_kernels.ts` does. Programs that only decode are smaller without them. */
export function registerPlainFunctions(functions: PlainFunctions): void {
  registered = functions;
}

/** The functions; errors: `VaeransError` ("encoder-missing") if they were not added. */
export function plainFunctions(): PlainFunctions {
  if (registered) return registered;
  throw new VaeransError(
    "encoder-missing",
    "Cannot run this kernel: the program must have the encoder (got the decoder only). Import the package's main entry point.",
  );
}
