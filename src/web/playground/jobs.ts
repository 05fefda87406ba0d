/** Jobs of the playground's worker. The worker does one after another. */
export type Job =
  /** Decodes a photo and keeps it as the original. */
  | { readonly kind: "photo"; readonly file: Blob }
  /** Decodes a `.vaer` file; there is no original then. */
  | { readonly kind: "view"; readonly file: Blob }
  /** Compresses the original to at most so many bytes, as `.vaer` and as the other format if there is one. */
  | { readonly kind: "compare"; readonly bytes: number; readonly peer: string };

/** An image with its figures. */
export interface Shown {
  readonly name: string;
  readonly image: ImageBitmap;
  readonly file?: Blob;
  readonly byteLength: number;
  readonly bitsPerPixel: number;
  /** Against the original; absent without one. */
  readonly psnr?: number;
  readonly msSsim?: number;
  readonly encodeMilliseconds?: number;
  readonly decodeMilliseconds?: number;
}

/** Answer of the worker, with the number of its job. */
export type Answer =
  & { readonly number: number }
  & (
    | { readonly shown: readonly Shown[]; readonly inspect?: string }
    | { readonly error: string }
  );
