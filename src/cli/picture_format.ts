import type { PictureOutput } from "../batch/job.ts";
import {
  ENCODED_FORMATS,
  type EncodedFormat,
  extensionOf,
  formatOfExtension,
  LOSSY_FORMATS,
} from "../image/mod.ts";
import type { Arguments } from "./arguments.ts";
import { UsageError } from "./fail.ts";

/** Options that say how pictures are written, for `parseArguments`. */
export const PICTURE_VALUES = { format: undefined, quality: "q" } as const;

/** What `--help` says of them. */
export const PICTURE_HELP = `      --format NAME      ${
  ENCODED_FORMATS.join(", ")
}; by default what the ending of -o says, else png
  -q, --quality N        of jpeg, webp, avif and jxl pictures, 1 to 100
      --lossless         write webp, avif and jxl pictures without loss, as png, ppm and pam always are`;

/**
 * The format and quality of the pictures to write.
 *
 * @param parsed Arguments with {@linkcode PICTURE_VALUES} and `lossless`.
 * @param output Where one picture goes; absent where names are still to be made.
 * @returns What the job is to write.
 * @throws UsageError For an ending or a name of no such format, and for options that do not go together.
 */
export function pictureOption(parsed: Arguments, output: string | undefined): PictureOutput {
  const format = formatOf(parsed.value("format"), output);
  const text = parsed.value("quality"), quality = text === undefined ? undefined : Number(text);
  const lossless = parsed.has("lossless");
  if (quality !== undefined) {
    if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
      throw new UsageError(`--quality must be a whole number from 1 to 100 (got ${text})`);
    }
    if (!LOSSY_FORMATS.includes(format)) {
      throw new UsageError(`--quality is for ${LOSSY_FORMATS.join(", ")}, not for ${format}`);
    }
    if (lossless) throw new UsageError("--quality and --lossless cannot both be given");
  }
  if (lossless && format === "jpeg") {
    throw new UsageError("--lossless is not for jpeg: choose another --format");
  }
  return { format, ...(quality !== undefined && { quality }), ...(lossless && { lossless }) };
}

/** The ending of files of a format, without a dot. */
export function endingOf({ format }: PictureOutput): string {
  return extensionOf(format);
}

function formatOf(name: string | undefined, output: string | undefined): EncodedFormat {
  const named = name === undefined ? undefined : formatOfExtension(`.${name}`);
  if (name !== undefined && named === undefined) {
    throw new UsageError(`--format must be one of ${ENCODED_FORMATS.join(", ")} (got ${name})`);
  }
  const ending = output?.match(/[^/\\]\.([^./\\]+)$/)?.[1];
  if (output === undefined || ending === undefined) return named ?? "png";
  const told = formatOfExtension(output);
  if (told === undefined) {
    throw new UsageError(
      `${output}: a picture's name must end in .${
        ENCODED_FORMATS.map(extensionOf).join(", .")
      } or .jpeg (got .${ending})`,
    );
  }
  if (named !== undefined && named !== told) {
    throw new UsageError(`${output}: the name says ${told} and --format says ${named}`);
  }
  return told;
}
