import { startsWithBytes } from "../bytes.ts";
import { decodePng } from "../decode_png.ts";
import { encodePng } from "../encode_png.ts";
import { pngMetadata, readPng } from "../headers/png.ts";
import { profileFault, profileFits, profileWarning } from "../icc_profile.ts";
import { type DeepPicture, isGreyPicture, type Picture } from "../picture.ts";
import type { FileFormat } from "./format.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** PNG, read and written by our own code; 8 or 16 bits per sample. */
export const png = {
  id: "png",
  label: "PNG",
  extensions: ["png"],
  read: {
    matches: (start) => startsWithBytes(start, SIGNATURE),
    header: readPng,
    // The decoder knows how many bytes its rows take.
    checkWork: () => {},
    metadata: pngMetadata,
    orientsItself: false,
    decode: (bytes, _header, { keepDepth, signal }) => decodePng(bytes, keepDepth, signal),
  },
  write: {
    hasLossyMode: false,
    hasLosslessMode: true,
    hasAlpha: true,
    readsLater: false,
    encode: async (picture) => {
      const warnings = profileWarnings(picture);
      return { bytes: new Uint8Array(await encodePng(picture)), warnings };
    },
  },
} as const satisfies FileFormat;

/** Tells that the profile is left out. */
function profileWarnings({ data, metadata }: Picture | DeepPicture): string[] {
  const icc = metadata?.icc, fault = icc && profileFault(icc);
  if (!icc || fault === undefined && profileFits(icc, isGreyPicture(data))) return [];
  return [profileWarning(fault ?? "is not one of the picture's samples")];
}
