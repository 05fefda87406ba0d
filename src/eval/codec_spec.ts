import type { EvalCodec } from "./codecs.ts";
import { type OwnChoice, ownCodec } from "./own.ts";
import { peerCodec, type PeerName } from "./peers.ts";

/** Which codec, as plain data that a worker can be sent. */
export type CodecSpec =
  | { readonly kind: "own"; readonly name: string; readonly model: string; readonly choice: OwnChoice }
  | { readonly kind: "peer"; readonly name: PeerName };

/** The codec of a specification. */
export function codecOf(spec: CodecSpec): EvalCodec {
  return spec.kind === "own" ? ownCodec(spec.name, spec.model, spec.choice) : peerCodec(spec.name);
}
