import { ENCODED_FORMATS } from "../../image/mod.ts";
import type { Command } from "./option.ts";
import {
  BATCH_SECTION,
  DEVICE,
  EXIT_CODES_HELP,
  FORCE,
  HELP,
  JSON_SWITCH,
  MODEL_NAMES,
  REPORT_OPTIONS,
  RUNTIME,
  STACK,
  VERSION,
} from "./shared.ts";

/** `decompress` */
export const DECOMPRESS: Command = {
  name: "decompress",
  summary: "decompresses .vaer files to pictures",
  usage: "vaerans decompress <in.vaer…> [options]",
  about: 'Decompresses a .vaer file ("-" reads standard input), or many of them, to pictures.',
  takesFiles: true,
  sections: [
    {
      options: [
        {
          name: "output",
          alias: "o",
          value: { kind: "file", valueName: "FILE" },
          help:
            'where to write; "-" for standard output. By default photo.vaer gives photo.decoded.png beside it, ' +
            "which leaves an original photo.png as it is; with -d in another folder, it gives photo.png",
        },
        {
          name: "format",
          value: { kind: "text", valueName: "NAME", suggestions: ENCODED_FORMATS },
          help: `${ENCODED_FORMATS.join(", ")} (default: by the ending of -o, otherwise png)`,
        },
        {
          name: "quality",
          alias: "q",
          value: { kind: "number", valueName: "N", rule: { least: 1, most: 100, isWhole: true } },
          help: "of jpeg, webp, avif and jxl pictures, {range}",
        },
        {
          name: "lossless",
          help: "write webp, avif and jxl pictures without loss; png, ppm and pam are always lossless",
        },
        {
          name: "model",
          value: { kind: "text", valueName: "NAME", suggestions: MODEL_NAMES },
          help:
            "a name from vaerans.toml, a pulled model, or the path of a model's folder; needed if the file's model is not found",
        },
        {
          name: "preview",
          help: "accept the beginning of a file and write the coarser picture it holds",
        },
        {
          name: "region",
          value: {
            kind: "text",
            valueName: "X,Y,W,H",
            form: { pattern: /^\d+,\d+,\d+,\d+$/, rule: "X,Y,WIDTH,HEIGHT in pixels, whole numbers" },
          },
          help: "decode only these pixels; of a picture in tiles, only the tiles that they need",
        },
        DEVICE,
        RUNTIME,
        FORCE,
        JSON_SWITCH,
        ...REPORT_OPTIONS,
        STACK,
        VERSION,
        HELP,
      ],
    },
    BATCH_SECTION,
  ],
  end: [EXIT_CODES_HELP],
};
