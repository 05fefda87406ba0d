import type { Wavelet } from "./wavelet.ts";

/** Haar, in integers the S transform: two samples wide without overlap, reversible in integers. */
export const haar = {
  id: 1,
  name: "haar",
  kernelName: "Haar",
  steps: [
    { weight: -1, left: true, right: false, integer: { round: 0, shift: 0 } },
    { weight: 0.5, left: false, right: true, integer: { round: 0, shift: 1 } },
  ],
  highScale: 1,
  synthesis: { low: [1, 1], high: [-1 / 2, 1 / 2] },
  isForLatents: true,
} as const satisfies Wavelet;
