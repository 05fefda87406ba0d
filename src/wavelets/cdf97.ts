import type { Wavelet } from "./wavelet.ts";

/**
 * The 9/7 of Cohen, Daubechies and Feauveau, lifted as by Daubechies and Sweldens (1998): nearly orthogonal, the best of the
 * three for lossy pixels, floats only. Low samples keep the mean, so that its norms compare with those of the others.
 */
export const cdf97 = {
  id: 2,
  name: "cdf97",
  kernelName: "Cdf97",
  steps: [
    { weight: -1.586134342059924, left: true, right: true },
    { weight: -0.052980118572961, left: true, right: true },
    { weight: 0.882911075530934, left: true, right: true },
    { weight: 0.443506852043971, left: true, right: true },
  ],
  highScale: 1.230174104914001,
  synthesis: {
    low: [-0.091271763, -0.057543526, 0.591271763, 1.115087052, 0.591271763, -0.057543526, -0.091271763],
    high: [
      0.026748757,
      0.016864118,
      -0.078223267,
      -0.266864118,
      0.602949018,
      -0.266864118,
      -0.078223267,
      0.016864118,
      0.026748757,
    ],
  },
  isForLatents: false,
} as const satisfies Wavelet;
