import { decodePng } from "./decode_png.ts";
import { withDepth } from "./depth.ts";
import { damaged, unsupported } from "./errors.ts";
import type { StoredDecodeOptions } from "./formats/format.ts";
import type { JxlColour, JxlHeader } from "./headers/jxl.ts";
import { pngMetadata } from "./headers/png.ts";
import { colourOfJxl } from "./jxl_colour.ts";
import { lightToHlg, lightToPq } from "./hdr_transfer.ts";
import { PASSED_GAMMA, retaggedJxl } from "./jxl_retag.ts";
import { jxlToPng, OxideFailure } from "./jxl_oxide.ts";
import { defaultMemoryBytes, needsMoreMemory } from "./library_memory.ts";
import type { PictureMetadata } from "./metadata_parts.ts";
import type { DeepPicture, Picture } from "./picture.ts";

const LABEL = "JPEG XL";
/** Measured: 25 bytes per pixel for grey, 50 for RGB, 20 for each channel more, with the PNG file. */
const GREY_BYTES = 25, RGB_BYTES = 50, EXTRA_CHANNEL_BYTES = 20;
/** Memory that may be taken by default: layers, and frames that others refer to, are kept as well. */
const MAX_PIXEL_BYTES = 256;
/** The most memory that a module of 32-bit addresses can have. */
const MAX_WASM_BYTES = 2 ** 32;
/** Primaries that jxl-oxide names for P3 with any white point, and those of Display P3. */
const DCI_P3 = 11, DISPLAY_P3 = 12;

/**
 * Decodes a JPEG XL file with all bits of its samples, by jxl-oxide and our own PNG reader.
 *
 * @param bytes The file.
 * @param header Its header.
 * @param options As of the formats' decoders.
 * @returns The upright picture, with the colour description that fits its samples.
 * @throws ImageError `image-damaged`, `image-unsupported`, `image-too-large` or `image-library-unavailable`.
 */
export async function decodeWithOxide(
  bytes: Uint8Array,
  header: JxlHeader,
  { keepDepth, maxMemoryBytes, signal }: StoredDecodeOptions,
): Promise<Picture | DeepPicture> {
  const { width, height, isGrey, extraChannels } = header;
  const pixelBytes = (isGrey ? GREY_BYTES : RGB_BYTES) + EXTRA_CHANNEL_BYTES * extraChannels;
  const needBytes = pixelBytes * width * height + bytes.length;
  const limitBytes = Math.min(
    maxMemoryBytes ?? powerOfTwo(defaultMemoryBytes(bytes, MAX_PIXEL_BYTES * width * height)),
    MAX_WASM_BYTES,
  );
  if (needBytes > limitBytes) throw needsMoreMemory(LABEL, header, limitBytes);
  const lossyColour = header.isXyb ? header.colour : undefined, hdr = lossyColour && hdrOf(lossyColour);
  const retagged = lossyColour && (hdr || lossyColour.isWideGamut)
    ? retaggedJxl(bytes, header, lossyColour, hdr)
    : undefined;
  if (lossyColour && !retagged && (hdr || lossyColour.isWideGamut)) {
    throw unsupported(
      LABEL,
      "lossy samples of a wide gamut with a matrix of their own",
      "Convert it to a PNG of 16 bits first",
    );
  }
  let png;
  try {
    png = await jxlToPng(retagged?.bytes ?? bytes, limitBytes);
  } catch (error) {
    if (!(error instanceof OxideFailure)) throw error;
    if (error.ranOutOfMemory) throw needsMoreMemory(LABEL, header, limitBytes, error);
    if (/unsupported colorspace/.test(error.message)) {
      throw unsupported(LABEL, "CMYK samples", "Convert it to RGB first");
    }
    throw damaged(LABEL, error.message, error);
  }
  signal?.throwIfAborted();
  const decoded = await decodePng(png, true, signal);
  if (retagged && hdr) {
    const { primaries } = lossyColour!, samples = decoded.data as Uint16Array;
    const light = (sample: number) => (sample / 65535) ** PASSED_GAMMA * retagged.largestLight;
    if (hdr === "PQ") lightToPq(samples, light);
    else lightToHlg(samples, light, retagged.intensityTarget, primaries);
  }
  const picture = samplesOf(decoded, header, keepDepth);
  const isSame = picture.width === width && picture.height === height;
  if (!isSame && !(picture.width === height && picture.height === width)) {
    throw damaged(LABEL, `its header says ${width}×${height}, its data ${picture.width}×${picture.height}`);
  }
  const { warnings, ...metadata } = await colourOf(png, header);
  return { ...picture, metadata, warnings };
}

/** The name of a transfer of high dynamic range. */
function hdrOf({ transfer }: JxlColour): "PQ" | "HLG" | undefined {
  if (!("code" in transfer)) return undefined;
  return transfer.code === 16 ? "PQ" : transfer.code === 18 ? "HLG" : undefined;
}

function powerOfTwo(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes));
}

/** The samples, to the bit where they were coded themselves: from its floats the decoder rounds some to a neighbour. */
function samplesOf(
  picture: Picture | DeepPicture,
  { colourDepth, alphaDepth = colourDepth, isXyb, isFloat }: JxlHeader,
  keepDepth: boolean,
): Picture | DeepPicture {
  const { data, width, height } = picture;
  if (!(data instanceof Uint16Array)) return picture;
  if (!isXyb && !isFloat) {
    for (const [depth, channels] of [[colourDepth, [0, 1, 2]], [alphaDepth, [3]]] as const) {
      if (depth >= 16) continue;
      const most = 2 ** depth - 1;
      for (let i = 0; i < data.length; i += 4) {
        for (const c of channels) data[i + c] = withDepth(withDepth(data[i + c], 65535, most), most, 65535);
      }
    }
  }
  if (keepDepth && colourDepth > 8) return { data, width, height };
  return { data: Uint8ClampedArray.from(data, (sample) => withDepth(sample, 65535, 255)), width, height };
}

/** What the samples mean, and what was lost of them. */
async function colourOf(
  png: Uint8Array,
  { colour, hasProfile, isFloat }: JxlHeader,
): Promise<Pick<PictureMetadata, "cicp" | "icc"> & { readonly warnings: string[] }> {
  const warnings = isFloat
    ? ["the samples are floats; those outside of 0 to 1 were clipped, the others rounded"]
    : [];
  if (!hasProfile) {
    const described = colour ? colourOfJxl(colour) : {};
    if (!described) {
      warnings.push("the colour space was left out, as neither code points nor a profile can say it");
    }
    return { ...described, warnings };
  }
  // The profile, or code points that jxl-oxide has found to mean the same.
  const { icc, cicp } = await pngMetadata(png);
  if (icc) return { icc, warnings };
  if (!cicp) return { warnings };
  return { cicp: cicp.primaries === DCI_P3 ? { ...cicp, primaries: DISPLAY_P3 } : cicp, warnings };
}
