import type { Picture } from "../image/mod.ts";

/** A codec as the comparison sees it, ours and the others alike. */
export interface EvalCodec {
  /** Unique among the codecs of a run; the first column of the results. */
  readonly name: string;
  /**
   * Encodes a picture.
   *
   * @param picture Opaque RGBA.
   * @param quality 1 (smallest) to 100 (best), on the codec's own scale.
   * @returns The whole file.
   */
  encode(picture: Picture, quality: number): Promise<Uint8Array>;
  /**
   * Decodes a file that {@linkcode encode} made.
   *
   * @param bytes The file.
   * @returns The picture.
   */
  decode(bytes: Uint8Array): Promise<Picture>;
}
