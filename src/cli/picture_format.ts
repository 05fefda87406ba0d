import { extname } from "../deps/path.ts";
import type { PictureOutput } from "../batch/job.ts";
import {
  ENCODED_FORMATS,
  type EncodedFormat,
  extensionOf,
  formatOfExtension,
  LOSSLESS_FORMATS,
  LOSSY_FORMATS,
} from "../image/mod.ts";
import type { Arguments } from "./arguments.ts";
import { UsageError } from "./fail.ts";
import { choicesText } from "./options/option.ts";

/**
 * The format and quality of the pictures to write.
 *
 * @param parsed Arguments of `decompress`.
 * @param output Where one picture goes; absent where names are still to be made.
 * @returns What the job is to write.
 * @throws UsageError For an ending or a name of no such format, and for options that do not go together.
 */
export function pictureOption(parsed: Arguments, output: string | undefined): PictureOutput {
  const format = formatOf(parsed.value("format"), output);
  const quality = parsed.number("quality");
  const lossless = parsed.has("lossless");
  if (quality !== undefined) {
    if (!LOSSY_FORMATS.includes(format)) {
      throw new UsageError(
        `the format must be ${choicesText(LOSSY_FORMATS)} with --quality (got ${format})`,
        "Leave --quality out.",
      );
    }
    if (lossless) throw new UsageError("at most one of --quality and --lossless must be given (got both)");
  }
  if (lossless && !LOSSLESS_FORMATS.includes(format)) {
    throw new UsageError(
      `the format must have a lossless mode with --lossless (got ${format})`,
      "Choose another --format.",
    );
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
  const ending = extname(output ?? "").slice(1);
  if (output === undefined || ending === "") return named ?? "png";
  const told = formatOfExtension(output);
  if (told === undefined) {
    throw new UsageError(
      `the ending of ${output} must be .${ENCODED_FORMATS.map(extensionOf).join(", .")} or .jpeg (got ` +
        `.${ending})`,
    );
  }
  if (named !== undefined && named !== told) {
    throw new UsageError(
      `the ending of ${output} must be that of --format ${named} (got ${told})`,
      "Leave --format out.",
    );
  }
  return told;
}
