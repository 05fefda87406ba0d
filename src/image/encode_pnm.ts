import { isSrgb } from "./cicp.ts";
import type { DeepPicture, Picture } from "./picture.ts";

/**
 * Encodes a picture as Netpbm's PPM ("P6", RGB) or PAM ("P7", RGBA), exactly, 8 or 16 bits per sample.
 *
 * @param picture The picture; PPM leaves its alpha out.
 * @param withAlpha Whether PAM is written.
 * @returns The file, and a warning about metadata, for which there is no room.
 */
export function encodePnm(
  { data, width, height, metadata = {} }: Picture | DeepPicture,
  withAlpha: boolean,
): { bytes: Uint8Array<ArrayBuffer>; warnings: string[] } {
  const deep = data instanceof Uint16Array, maxSample = deep ? 65535 : 255;
  const text = withAlpha
    ? `P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH 4\nMAXVAL ${maxSample}\nTUPLTYPE RGB_ALPHA\nENDHDR\n`
    : `P6\n${width} ${height}\n${maxSample}\n`;
  const channels = withAlpha ? 4 : 3, header = new TextEncoder().encode(text);
  const bytes = new Uint8Array(header.length + width * height * channels * data.BYTES_PER_ELEMENT);
  bytes.set(header);
  for (let from = 0, to = header.length; from < data.length; from += 4) {
    for (let c = 0; c < channels; c++) {
      const sample = data[from + c];
      if (deep) bytes[to++] = sample >> 8; // highest byte first
      bytes[to++] = sample;
    }
  }
  const { icc, cicp, exif, xmp } = metadata;
  const lost = [
    (icc || cicp && !isSrgb(cicp)) && "the colour space",
    exif && "EXIF",
    xmp && "XMP",
  ].filter(Boolean);
  const format = withAlpha ? "PAM" : "PPM";
  return {
    bytes,
    warnings: lost.length > 0 ? [`${format} has no room for ${lost.join(", ")}: left out`] : [],
  };
}
