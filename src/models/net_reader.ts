import { ModelError } from "../core/mod.ts";
import type { ModelManifest } from "./manifest.ts";
import type { NetName } from "./net_ends.ts";
import type { ModelFiles, NetFile } from "./net_file.ts";
import type { Planned } from "./plan_net.ts";

/** Reads and plans nets from ONNX files. */
export interface NetReader {
  /** See `readNetFile`. */
  read(net: NetName, manifest: ModelManifest, files: ModelFiles): Promise<NetFile>;
  /** A plan of what was read. */
  plan(file: NetFile): Planned;
}

let registered: NetReader | undefined;

/** Adds the reader; `onnx_reader.ts` does. Without it, there are the plans that manifests of embedded models hold. */
export function registerNetReader(reader: NetReader): void {
  registered = reader;
}

/**
 * The reader.
 *
 * @param subject What is to be read, for the message.
 * @throws ModelError ("onnx-reader-missing") if it was not added.
 */
export function netReader(subject: string): NetReader {
  if (registered) return registered;
  throw new ModelError(
    "onnx-reader-missing",
    `Cannot use ${subject}: there must be a part that reads ONNX files (got the decoder only). Import the package's main entry point.`,
  );
}
