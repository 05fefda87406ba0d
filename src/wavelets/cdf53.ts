import type { Wavelet } from "./wavelet.ts";

/**
 * The 5/3 of LeGall and Tabatabai (1988), in the lifting form of Calderbank, Daubechies, Sweldens and Yeo (1998):
 * biorthogonal, no block edges, reversible in integers.
 */
export const cdf53 = {
  id: 0,
  name: "cdf53",
  kernelName: "Cdf53",
  steps: [
    { weight: -0.5, left: true, right: true, integer: { round: 0, shift: 1 } },
    { weight: 0.25, left: true, right: true, integer: { round: 2, shift: 2 } },
  ],
  highScale: 1,
  synthesis: { low: [1 / 2, 1, 1 / 2], high: [-1 / 8, -1 / 4, 3 / 4, -1 / 4, -1 / 8] },
  isForLatents: true,
} as const satisfies Wavelet;
