import { concat } from "../../core/concat.ts";
import { ascii } from "../bytes.ts";
import type { MetadataWriter } from "./metadata_writer.ts";
import { isoBox } from "./iso_box.ts";

/** Content of the first two boxes of every JPEG XL container. */
const SIGNATURE = Uint8Array.of(0x0d, 0x0a, 0x87, 0x0a);
const FILE_TYPE = ascii("jxl \0\0\0\0jxl ");

/** Puts a JPEG XL codestream into a container with EXIF and XMP. A profile lies in the codestream, which is not rewritten. */
export const jxlWithMetadata: MetadataWriter = (file, { icc, exif, xmp }) => {
  const warnings = icc ? ["the ICC profile cannot be written into JPEG XL: left out"] : [];
  if (!exif && !xmp || file[0] !== 0xff) return { bytes: new Uint8Array(file), warnings };
  const boxes = [
    isoBox("JXL ", SIGNATURE),
    isoBox("ftyp", FILE_TYPE),
    // Four bytes say where the TIFF header begins after them.
    ...(exif ? [isoBox("Exif", new Uint8Array(4), exif)] : []),
    ...(xmp ? [isoBox("xml ", xmp)] : []),
    isoBox("jxlc", file),
  ];
  return { bytes: concat(boxes), warnings };
};
