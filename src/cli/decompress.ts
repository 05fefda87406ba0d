import { decompress, encodePng, inspect } from "../../mod.ts";
import { onlyInput, parseArguments } from "./arguments.ts";
import { about, UsageError } from "./fail.ts";
import { besideInput, checkOutput, readInput, STANDARD_STREAM, writeOutput } from "./files.ts";
import { Timings } from "./timings.ts";

/** What `decompress --help` prints. */
export const DECOMPRESS_HELP = `Usage: deno task decompress <in.vaer> [options]

Decompresses a .vaer file ("-" reads standard input) to a PNG picture.

  -o, --output FILE      where to write; beside the input by default, "-" for standard output
      --model FOLDER     folder of the model, for files made with one that does not ship with the package
      --preview          accept the beginning of a file and write the coarser picture it holds
  -f, --force            replace the output if it exists
      --json             print one JSON object instead of a line
      --stack            print the stack of an error
  -h, --help             print this`;

/** `decompress <in.vaer> [-o out.png] [--json]` */
export async function decompressCommand(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args, {
    values: { output: "o", model: undefined },
    switches: { force: "f", preview: undefined },
  });
  if (parsed.has("help")) return console.log(DECOMPRESS_HELP);
  const input = onlyInput(parsed);
  const output = parsed.value("output") ?? besideInput(input, ".png");
  if (output === STANDARD_STREAM && parsed.has("json")) {
    throw new UsageError("--json and the picture cannot both go to standard output; name a file with -o");
  }
  await checkOutput(output, input, parsed.has("force"));

  const timings = new Timings();
  const bytes = await readInput(input);
  const givenModel = parsed.value("model");
  const picture = await about(
    input,
    async () =>
      await timings.measure("decompress", () =>
        decompress(bytes, {
          partial: parsed.has("preview"),
          ...(givenModel !== undefined && { model: givenModel }),
          onStep: timings.onStep,
        })),
  );
  const png = await timings.measure("png", () => encodePng(picture));
  await timings.measure("write", () => writeOutput(output, png));
  const { width, height } = picture;
  const { model, quality, bpp } = inspect(bytes, { partial: parsed.has("preview") });
  if (parsed.has("json")) {
    const result = { input, output, width, height, bytes: bytes.length, bpp, model, quality };
    console.log(JSON.stringify({ ...result, timings: timings.finish() }));
  } else {
    const line = `${output}: ${width}×${height} from ${bytes.length} bytes (${model}, ${
      (timings.finish().total / 1000).toFixed(1)
    } s)`;
    if (output === STANDARD_STREAM) console.error(line);
    else console.log(line);
  }
}
