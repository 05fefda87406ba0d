import { VaeransError } from "../../core/mod.ts";
import type { gaussianBlur } from "./blur.ts";
import type { rgbToYcbcr, rgbToYcocg } from "./colour.ts";
import type { planarToRgb, rgbToPlanar } from "./pixels.ts";
import type { quantize, unquantisable } from "./quantise.ts";
import type { subtractShown } from "./residual.ts";
import type { waveletForward } from "./wavelet.ts";

/** The kernels in TypeScript that decoding files does not use. */
export interface EncodingFunctions {
  readonly gaussianBlur: typeof gaussianBlur;
  readonly planarToRgb: typeof planarToRgb;
  readonly quantize: typeof quantize;
  readonly rgbToPlanar: typeof rgbToPlanar;
  readonly rgbToYcbcr: typeof rgbToYcbcr;
  readonly rgbToYcocg: typeof rgbToYcocg;
  readonly subtractShown: typeof subtractShown;
  readonly unquantisable: typeof unquantisable;
  readonly waveletForward: typeof waveletForward;
}

let registered: EncodingFunctions | undefined;

/** Adds them; `all_kernels.ts` does. Programs that only decode are smaller without them. */
export function registerEncodingFunctions(functions: EncodingFunctions): void {
  registered = functions;
}

/** The functions; errors: `VaeransError` ("encoder-missing") if they were not added. */
export function encodingFunctions(): EncodingFunctions {
  if (registered) return registered;
  throw new VaeransError(
    "encoder-missing",
    "Cannot run this kernel: the program must have the encoder (got the decoder only). Import the package's main entry point.",
  );
}
