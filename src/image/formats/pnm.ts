import { encodePnm } from "../encode_pnm.ts";
import type { FileFormat } from "./format.ts";

/** Netpbm's PPM: RGB, written only. */
export const ppm = {
  id: "ppm",
  label: "PPM",
  extensions: ["ppm"],
  write: {
    hasLossyMode: false,
    hasLosslessMode: true,
    hasAlpha: false,
    readsLater: false,
    encode: (picture) => Promise.resolve(encodePnm(picture, false)),
  },
} as const satisfies FileFormat;

/** Netpbm's PAM: RGBA, written only. */
export const pam = {
  id: "pam",
  label: "PAM",
  extensions: ["pam"],
  write: {
    hasLossyMode: false,
    hasLosslessMode: true,
    hasAlpha: true,
    readsLater: false,
    encode: (picture) => Promise.resolve(encodePnm(picture, true)),
  },
} as const satisfies FileFormat;
