// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import type { Component, TensorRef } from "../core/mod.ts";
import { checkTensor } from "./check.ts";

/** The bytes of a `.vaer` file: u8 (byteLength), in the host's memory. */
export class VaerFile implements Component {
  readonly component = "VaerFile" as const;

  /**
   * Makes the component.
   *
   * @param bytes u8 (byteLength).
   */
  constructor(readonly bytes: TensorRef<"u8">) {
    checkTensor("VaerFile", bytes, ["u8"], [-1]);
  }
}
