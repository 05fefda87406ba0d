import { ModelError } from "../core/mod.ts";
import type { ModelFile, ModelManifest } from "./manifest.ts";
import { endsOf, NetInputError, type NetName, NetOutputError } from "./net_ends.ts";
import { externalLocations, OnnxGraph } from "./onnx_graph.ts";
import { type ExternalFiles, OnnxFormatError } from "./onnx_tensor.ts";
import { checkNetSize } from "./net_size.ts";
import type { NetEnds } from "./plan_net.ts";

/** Reads a model's files. */
export interface ModelFiles {
  /** The bytes of a file, verified. */
  read(file: ModelFile): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The bytes of a file that a net keeps weights in, verified if the manifest lists it.
   *
   * Errors: `ModelError` ("model-tensor" for a place outside the net's folder, "model-missing", "model-hash").
   *
   * @param net The net's file.
   * @param location The other one, relative to it, as the net spells it.
   */
  readBeside(net: ModelFile, location: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** A net as it is stored. */
export interface NetFile {
  /** The `.onnx` file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Files with weights outside it. */
  readonly external: ExternalFiles;
  /** The graph; `undefined` for what is no ONNX file, which onnxruntime tells the user. */
  readonly graph?: OnnxGraph;
  /** Inputs and outputs that the codec uses. */
  readonly ends: NetEnds;
}

/**
 * Reads a net and the files that it keeps weights in.
 *
 * Errors: `ModelError` ("model-tensor", "model-input", "model-output", "model-too-large" and those of reading).
 */
export async function readNetFile(
  net: NetName,
  manifest: ModelManifest,
  files: ModelFiles,
): Promise<NetFile> {
  const file = manifest.files[net], bytes = await files.read(file), external = new Map<string, Uint8Array>();
  const subject = `the ${net} of model ${manifest.name}`;
  try {
    let size = bytes.length;
    for (const location of externalLocations(bytes)) {
      const part = await files.readBeside(file, location);
      size += part.length;
      checkNetSize(size, subject);
      external.set(location, part);
    }
    const graph = new OnnxGraph(bytes, external);
    return { bytes, external, graph, ends: endsOf(net, graph, manifest) };
  } catch (cause) {
    if (cause instanceof ModelError) throw cause;
    if (cause instanceof OnnxFormatError) {
      throw new ModelError(
        "model-tensor",
        `Cannot use ${subject}: its weights must be dense, whole and in raw_data (got: ${cause.message}). ` +
          "Export it again so.",
        { cause },
      );
    }
    if (cause instanceof NetInputError) {
      throw new ModelError(
        "model-input",
        `Cannot use ${subject}: its inputs must be the f32 values and, of a decoder, the base step (got: ` +
          `${cause.message}). Name the base step as stepInput in the manifest.`,
        { cause },
      );
    }
    if (cause instanceof NetOutputError) {
      throw new ModelError(
        "model-output",
        `Cannot use ${subject}: one of its outputs must be known as the latent (got: ${cause.message}). ` +
          "Name it as latentOutput in the manifest.",
        { cause },
      );
    }
    return { bytes, external, ends: { input: "", output: "" } };
  }
}
