/** Messages between `<vaer-img>` and its workers. */

/** From the page: show one of these files; without more than the number, stop that request. */
export type Request = readonly [
  number: number,
  /** Address that others count from. */
  base?: string,
  src?: string | null,
  srcset?: string | null,
  /** Width in CSS pixels that `sizes` gives, such as `400px`; no number if it gives none. */
  slotWidth?: string,
  devicePixelRatio?: number,
  /** Whether to send the complete image only. */
  isStill?: boolean,
];

/** Properties of the element that a reply sets. */
export interface ReplyProperties {
  /** Address of the chosen file. */
  readonly currentSrc?: string;
  /** Whether the request has ended. */
  readonly complete: boolean;
  /** Columns by density, in CSS pixels. */
  readonly naturalWidth?: number;
  /** Rows by density, in CSS pixels. */
  readonly naturalHeight?: number;
}

/** What an event of the element carries. */
export interface ReplyDetail {
  /** Bytes that the image was made from. */
  readonly bytes?: number;
  /** Code of an error of this library, or the name of another error. */
  readonly code?: string;
  /** Description of the error. */
  readonly message?: string;
}

/** From a worker: an image of full size, an error, or that there is no file to show. `preview` may come several times, the others end the request. */
export type Reply = readonly [
  number: number,
  type: "preview" | "load" | "error" | "emptied",
  properties: ReplyProperties,
  detail: ReplyDetail,
  image?: ImageBitmap,
];
