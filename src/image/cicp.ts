/** How samples stand for light: code points of ITU-T H.273, as in PNG's cICP chunk and AVIF's `nclx` box. */
export interface Cicp {
  /** Colour primaries and white point, 0 to 255: 1 BT.709 and sRGB, 9 BT.2020, 12 Display P3. */
  readonly primaries: number;
  /** Transfer characteristics, 0 to 255: 8 linear, 13 sRGB, 16 PQ, 18 HLG. */
  readonly transfer: number;
  /** Matrix coefficients; 0, as samples are RGB here. */
  readonly matrix: 0;
  /** Whether samples use their full range. */
  readonly fullRange: boolean;
}

/** Length of PNG's cICP chunk. */
export const CICP_BYTES = 4;
/** Code point "unspecified", of primaries and of transfers. */
export const UNSPECIFIED = 2;
const BT709_PRIMARIES = 1, SRGB_TRANSFER = 13, PQ_TRANSFER = 16, HLG_TRANSFER = 18;

const PRIMARIES_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "BT.709"],
  [4, "BT.470 M"],
  [5, "BT.470 BG"],
  [6, "BT.601"],
  [7, "SMPTE 240M"],
  [8, "film"],
  [9, "BT.2020"],
  [10, "XYZ"],
  [11, "DCI P3"],
  [12, "Display P3"],
  [22, "EBU 3213-E"],
]);

const TRANSFER_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "BT.709"],
  [4, "gamma 2.2"],
  [5, "gamma 2.8"],
  [6, "BT.601"],
  [7, "SMPTE 240M"],
  [8, "linear"],
  [9, "log 100:1"],
  [10, "log 316:1"],
  [11, "IEC 61966-2-4"],
  [12, "BT.1361"],
  [SRGB_TRANSFER, "sRGB"],
  [14, "BT.2020 10 bits"],
  [15, "BT.2020 12 bits"],
  [PQ_TRANSFER, "PQ"],
  [17, "SMPTE 428-1"],
  [HLG_TRANSFER, "HLG"],
]);

/** A record of RGB samples, unspecified values replaced by sRGB's; `undefined` for sRGB itself, which needs none. */
export function knownCicp(primaries: number, transfer: number, fullRange: boolean): Cicp | undefined {
  const cicp: Cicp = {
    primaries: primaries === UNSPECIFIED ? BT709_PRIMARIES : primaries,
    transfer: transfer === UNSPECIFIED ? SRGB_TRANSFER : transfer,
    matrix: 0,
    fullRange,
  };
  return isSrgb(cicp) ? undefined : cicp;
}

/** Whether a record says what a picture without one means: sRGB in full range. */
export function isSrgb({ primaries, transfer, fullRange }: Cicp): boolean {
  return primaries === BT709_PRIMARIES && transfer === SRGB_TRANSFER && fullRange;
}

/** Whether samples are of high dynamic range: PQ or HLG. */
export function isHdr({ transfer }: Cicp): boolean {
  return transfer === PQ_TRANSFER || transfer === HLG_TRANSFER;
}

/** The four bytes of PNG's cICP chunk. */
export function cicpBytes({ primaries, transfer, matrix, fullRange }: Cicp): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(primaries, transfer, matrix, Number(fullRange));
}

/** Reads the four bytes of PNG's cICP chunk; `undefined` if they are no such record of RGB samples. */
export function cicpFromBytes(bytes: Uint8Array): Cicp | undefined {
  const [primaries, transfer, matrix, range] = bytes;
  if (bytes.length !== CICP_BYTES || matrix !== 0 || range > 1) return undefined;
  return { primaries, transfer, matrix, fullRange: range === 1 };
}

/** A record for people: "Display P3 primaries, sRGB transfer". */
export function cicpLabel({ primaries, transfer, fullRange }: Cicp): string {
  const name = (names: ReadonlyMap<number, string>, code: number) => names.get(code) ?? `unknown (${code})`;
  const range = fullRange ? "" : ", narrow range";
  return `${name(PRIMARIES_NAMES, primaries)} primaries, ${name(TRANSFER_NAMES, transfer)} transfer${range}`;
}
