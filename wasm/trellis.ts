// Viterbi's algorithm over the trellis of src/entropy/latent/trellis.ts, compiled by `deno task wasm` into
// src/entropy/rdo/trellis_wasm.ts.
//
// Works on the memory that src/entropy/rdo/trellis_kernel.ts lays out: STATES holds the costs of the ways to the eight states, f64, in
// the order 0, 2, 4, 6, 1, 3, 7, 5; WAYS holds four costs a place, by 2 · quantiser + parity of the level; a byte a place of CHOICES
// gets a bit a state, 1 where the way from the higher of the two states before it is cheaper. Costs are whole numbers below 2^53.

// @ts-ignore: decorator
@inline
function lanes(a: v128, b: v128, lane: bool): v128 {
  return lane ? v128.shuffle<i64>(a, b, 1, 3) : v128.shuffle<i64>(a, b, 0, 2);
}

/** Adds `count` places. */
export function advance(count: i32): void {
  const never = v128.load(NEVER);
  let s02 = v128.load(STATES), s46 = v128.load(STATES, 16), s13 = v128.load(STATES, 32), s75 = v128.load(STATES, 48);
  let ways = WAYS;
  const end = CHOICES + <usize>count;
  for (let choice = CHOICES; choice < end; choice++, ways += 32) {
    const even = v128.load(ways), odd = v128.load(ways, 16);
    const w0 = lanes(even, even, false), w1 = lanes(even, even, true);
    const w2 = lanes(odd, odd, false), w3 = lanes(odd, odd, true);
    const a01 = f64x2.add(s02, w0), b01 = f64x2.add(s46, w1);
    const a23 = f64x2.add(s02, w1), b23 = f64x2.add(s46, w0);
    const a56 = f64x2.add(s13, w2), b56 = f64x2.add(s75, w3);
    const a74 = f64x2.add(s13, w3), b74 = f64x2.add(s75, w2);
    const m01 = f64x2.lt(b01, a01), m23 = f64x2.lt(b23, a23);
    const m56 = f64x2.lt(b56, a56), m74 = f64x2.lt(b74, a74);
    const n01 = f64x2.min(f64x2.min(a01, b01), never), n23 = f64x2.min(f64x2.min(a23, b23), never);
    const n56 = f64x2.min(f64x2.min(a56, b56), never), n74 = f64x2.min(f64x2.min(a74, b74), never);
    store<u8>(
      choice,
      i64x2.bitmask(m01) | (i64x2.bitmask(m23) << 2) | (i64x2.bitmask(v128.shuffle<i64>(m74, m56, 1, 2)) << 4) |
        (i64x2.bitmask(v128.shuffle<i64>(m56, m74, 1, 2)) << 6),
    );
    s02 = lanes(n01, n23, false);
    s46 = lanes(n74, n56, true);
    s13 = lanes(n01, n23, true);
    s75 = lanes(n74, n56, false);
  }
  v128.store(STATES, s02);
  v128.store(STATES, s46, 16);
  v128.store(STATES, s13, 32);
  v128.store(STATES, s75, 48);
}
