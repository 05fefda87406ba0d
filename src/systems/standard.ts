import { ANSEncode } from "./ans.ts";
import { ANSDecode } from "./ans_decode.ts";
import { GaussianBlur } from "./blur.ts";
import { ColourYcc } from "./colour.ts";
import { Hadamard4 } from "./hadamard.ts";
import { MetricMsSsim, MetricPsnr, MetricSsim } from "./metrics.ts";
import { QuantizeU8 } from "./quantise.ts";
import { AddResidual, TakeResidual } from "./residual.ts";
import { ViewSymbolsU8 } from "./symbols.ts";
import { OnnxVAEDecode, OnnxVAEEncode } from "./vae.ts";
import { NamedWavelet, WaveletCDF53, WaveletCdf97, WaveletHaar } from "./wavelet.ts";

/** Classes of this package's systems, which every reader of a file knows. */
export const STANDARD_SYSTEMS: ReadonlySet<unknown> = new Set([
  AddResidual,
  ANSDecode,
  ANSEncode,
  ColourYcc,
  GaussianBlur,
  Hadamard4,
  MetricMsSsim,
  MetricPsnr,
  MetricSsim,
  NamedWavelet,
  OnnxVAEDecode,
  OnnxVAEEncode,
  QuantizeU8,
  TakeResidual,
  ViewSymbolsU8,
  WaveletCDF53,
  WaveletCdf97,
  WaveletHaar,
]);
