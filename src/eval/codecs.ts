import type { Picture } from "../image/mod.ts";

/** A codec as the comparison sees it, ours and the others alike. */
export interface EvalCodec {
  /** Unique among the codecs of a run; the first column of the results. */
  readonly name: string;
  /** Of ours: the model's name or folder, `auto` where the rate chooses. */
  readonly model?: string;
  /**
   * Encodes a picture.
   *
   * @param picture Opaque RGBA.
   * @param quality 1 (smallest) to 100 (best), on the codec's own scale.
   * @returns The whole file.
   */
  encode(picture: Picture, quality: number): Promise<Uint8Array>;
  /**
   * Encodes to at most so many bytes; for codecs that can aim at them.
   *
   * @param picture Opaque RGBA.
   * @param bytes Most bytes of the whole file.
   * @returns The whole file.
   * @throws InvalidValueError ("rate-unreachable") When even the coarsest file is larger.
   */
  encodeTo?(picture: Picture, bytes: number): Promise<Uint8Array>;
  /**
   * Decodes a file that {@linkcode encode} made.
   *
   * @param bytes The file.
   * @returns The picture.
   */
  decode(bytes: Uint8Array): Promise<Picture>;
}
