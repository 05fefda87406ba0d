/** Where the context net looks: taps on the planes around a band, in pairs that lie on one plane. */

/** A place relative to the one at hand; on half-size planes relative to the parent, x and y towards the place's side. */
type Tap = readonly [dx: number, dy: number];

/** Taps on one plane. */
interface TapGroup {
  /** The plane, numbered as in {@linkcode NET_PLANES}. */
  readonly plane: number;
  /** Its taps, an even number. */
  readonly taps: readonly Tap[];
}

/** First number of each kind of plane. The *others* are the three channels after the band's own, cyclically. */
export const NET_PLANES = {
  /** The band itself. */
  own: 0,
  /** The band in the three channels before, nearest first. */
  earlier: 1,
  /** HL band of this level, for LH and HH. */
  horizontal: 4,
  /** LH band of this level, for HH. */
  vertical: 5,
  /** HL bands of the others, for LH and HH. */
  otherHorizontal: 6,
  /** LH bands of the others, for HH. */
  otherVertical: 9,
  /** From LL at the coarsest level: how far it is to the next value along x, along y, the curvature along x, along y. */
  low: 12,
  /** The parent: the first of the planes of half the size. */
  parent: 16,
  /** The parents of the others. */
  otherParent: 17,
  /** The parent level's bands of the two other orientations. */
  parentSibling: 20,
  /** Number of planes. */
  total: 22,
} as const;

/** Number of planes made from LL. */
export const LOW_PLANES = 4;

// deno-fmt-ignore
const SQUARE: readonly Tap[] = [
  [0, 0], [-1, 0], [1, 0], [0, -1], [0, 1], [-1, -1], [1, -1], [-1, 1], [1, 1], [2, 0],
];
// deno-fmt-ignore
const CAUSAL: readonly Tap[] = [
  [0, -1], [-1, -1], [1, -1], [-2, -1], [2, -1], [3, -1],
  [0, -2], [-1, -2], [1, -2], [-2, -2], [2, -2], [0, -3],
];
const CENTRE: readonly Tap[] = [[0, 0], [1, 0]];

const TAP_GROUPS: readonly TapGroup[] = [
  { plane: NET_PLANES.own, taps: CAUSAL },
  ...onEach(NET_PLANES.earlier, 3, SQUARE),
  { plane: NET_PLANES.horizontal, taps: SQUARE },
  { plane: NET_PLANES.vertical, taps: SQUARE },
  ...onEach(NET_PLANES.otherHorizontal, 3, CENTRE),
  ...onEach(NET_PLANES.otherVertical, 3, CENTRE),
  { plane: NET_PLANES.low, taps: [[0, 0], [-1, 0]] },
  { plane: NET_PLANES.low + 1, taps: [[0, 0], [0, -1]] },
  { plane: NET_PLANES.low + 2, taps: [[0, 0], [1, 0]] },
  { plane: NET_PLANES.low + 3, taps: [[0, 0], [0, 1]] },
  { plane: NET_PLANES.parent, taps: SQUARE },
  ...onEach(NET_PLANES.otherParent, 3, CENTRE),
  ...onEach(NET_PLANES.parentSibling, 2, CENTRE),
];

/** Two taps on one plane. */
export interface TapPair {
  /** The plane, numbered as in {@linkcode NET_PLANES}. */
  readonly plane: number;
  /** Both places. */
  readonly taps: readonly [Tap, Tap];
}

/** All pairs, in the order of their weights: what is complete before a row begins. */
export const TAP_PAIRS: readonly TapPair[] = TAP_GROUPS.flatMap(({ plane, taps }) =>
  Array.from(
    { length: taps.length / 2 },
    (_, k) => ({ plane, taps: [taps[2 * k], taps[2 * k + 1]] as const }),
  )
);
/** Pairs on the band itself, the first of the list. */
export const OWN_PAIRS: number = CAUSAL.length / 2;
/** Pairs of taps of all planes. */
export const PAIR_COUNT: number = TAP_PAIRS.length;
/** Pairs on the row at hand, to the left: (x − 1, x − 2), (x − 3, x − 4). */
export const SERIAL_PAIRS = 2;
/** All taps. */
export const TAP_COUNT: number = 2 * (PAIR_COUNT + SERIAL_PAIRS);
/** Densities that bias a band: of the parent, C1, the HL and the LH sibling, and the roughness of LL. */
export const NET_DENSITIES = 5;
/** Band classes of an orientation, each with biases of its own: level class (3) × channel class (4). */
export const BIAS_CLASSES = 12;
/** Hidden units; the kernels take them four at a time. */
export const HIDDEN_UNITS = 32;

function onEach(plane: number, count: number, taps: readonly Tap[]): TapGroup[] {
  return Array.from({ length: count }, (_, k) => ({ plane: plane + k, taps }));
}
