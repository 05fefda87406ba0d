import { ANSDecode, ANSEncode } from "./ans.ts";
import { GaussianBlur } from "./blur.ts";
import { ColourYCC } from "./colour.ts";
import { Hadamard4 } from "./hadamard.ts";
import { MetricMSSSIM, MetricPSNR, MetricSSIM } from "./metrics.ts";
import { QuantizeU8 } from "./quantise.ts";
import { AddResidual, TakeResidual } from "./residual.ts";
import { ViewSymbolsU8 } from "./symbols.ts";
import { OnnxVAEDecode, OnnxVAEEncode } from "./vae.ts";
import { NamedWavelet, WaveletCDF53, WaveletCDF97, WaveletHaar } from "./wavelet.ts";

/** Classes of this package's systems, which every reader of a file knows. */
export const STANDARD_SYSTEMS: ReadonlySet<unknown> = new Set([
  AddResidual,
  ANSDecode,
  ANSEncode,
  ColourYCC,
  GaussianBlur,
  Hadamard4,
  MetricMSSSIM,
  MetricPSNR,
  MetricSSIM,
  NamedWavelet,
  OnnxVAEDecode,
  OnnxVAEEncode,
  QuantizeU8,
  TakeResidual,
  ViewSymbolsU8,
  WaveletCDF53,
  WaveletCDF97,
  WaveletHaar,
]);
