/**
 * Source of the solver of `wasm/windows.ts` whose loops are written out: the equations then stay in registers. It computes what
 * `begin`, `solve` and `include` there say.
 */

/** Taps of the window that has such a solver, and vectors of four of them. */
const SIZE = 8, VECTORS = SIZE / 4;
const LANES = [0, 1, 2, 3];

/**
 * Writes the solver.
 *
 * @returns AssemblyScript.
 */
export function unrolledSolvers(): string {
  return solving() + including();
}

/** The vectors of a matrix in order: of row j from the one with the diagonal on, then of the target (the last row). */
function vectorsOfMatrix(): (readonly [row: number, vector: number])[] {
  const all: [number, number][] = [];
  for (let row = 0; row <= SIZE; row++) {
    for (let vector = row < SIZE ? row >> 2 : 0; vector < VECTORS; vector++) all.push([row, vector]);
  }
  return all;
}

/** Gathers and solves the equations of a block. */
function solving(): string {
  const lines = [
    "/** Gathers the equations of a block, and leaves the weights that solve them. */",
    "function solveEight(ofWest: v128, ofHere: v128, ofEast: v128): void {",
    "const west = westAt, here = hereAt, east = eastAt, known = knownAt, weights = weightsAt;",
    "const one = f32x4.splat(1), zero = f32x4.splat(0), damping = f32x4.splat(DAMPING);",
    ...LANES.map((i) => `const damp${i} = f32x4.replace_lane(zero, ${i}, DAMPING);`),
  ];
  for (const [i, [row, q]] of vectorsOfMatrix().entries()) {
    const name = row < SIZE ? `a_${row}_${q}` : `b_${q}`;
    lines.push(
      `let ${name} = kept(ofWest, ofHere, ofEast, west + ${16 * i}, here + ${16 * i}, east + ${16 * i});`,
      `v128.store(known, ${name}, ${16 * i});`,
    );
    if (row < SIZE && row >> 2 === q) lines.push(`${name} = f32x4.add(${name}, damp${row & 3});`);
  }
  for (let j = 0; j < SIZE; j++) lines.push(...eliminating(j));
  lines.push(...substituting(), "}", "");
  return lines.join("\n");
}

/** Eliminates unknown j from the rows below it and from the target. */
function eliminating(j: number): string[] {
  const own = j >> 2,
    from = (j + 1) >> 2,
    lines = [
      `const i_${j} = f32x4.div(one, f32x4.pmax(damping, ${lane(`a_${j}_${own}`, j)}));`,
      `const aim_${j} = ${lane(`b_${own}`, j)};`,
    ];
  for (let q = from; q < VECTORS; q++) lines.push(`const f_${j}_${q} = f32x4.mul(a_${j}_${q}, i_${j});`);
  for (let k = j + 1; k < SIZE; k++) {
    lines.push(`const by_${j}_${k} = ${lane(`f_${j}_${k >> 2}`, k)};`);
    for (let q = k >> 2; q < VECTORS; q++) {
      lines.push(`a_${k}_${q} = f32x4.sub(a_${k}_${q}, f32x4.mul(by_${j}_${k}, a_${j}_${q}));`);
    }
  }
  for (let q = from; q < VECTORS; q++) {
    lines.push(`b_${q} = f32x4.sub(b_${q}, f32x4.mul(aim_${j}, f_${j}_${q}));`);
  }
  return lines;
}

/** Substitutes backwards: from each weight, the last one first, the others get theirs. Columns of factors are rows transposed. */
function substituting(): string[] {
  const lines: string[] = [];
  for (let q = 0; q < VECTORS; q++) {
    lines.push(`let z_${q} = f32x4.mul(${together("aim", q)}, ${together("i", q)});`);
  }
  for (let q = 0; q < VECTORS; q++) {
    for (let p = q; p < VECTORS; p++) lines.push(...transposing(q, p));
  }
  for (let k = SIZE - 1; k >= 1; k--) {
    lines.push(`const w_${k} = ${lane(`z_${k >> 2}`, k)};`);
    for (let q = 0; q <= (k - 1) >> 2; q++) {
      lines.push(`z_${q} = f32x4.sub(z_${q}, f32x4.mul(c_${k}_${q}, w_${k}));`);
    }
  }
  for (let q = 0; q < VECTORS; q++) lines.push(`v128.store(weights, z_${q}, ${16 * q});`);
  return lines;
}

/** Makes columns of the factors of rows 4q to 4q + 3 for the taps 4p to 4p + 3; no row has factors for itself or rows above. */
function transposing(q: number, p: number): string[] {
  const rows = LANES.map((r) => 4 * q + r).map((j) =>
    (j + 1) >> 2 <= p && j < SIZE - 1 ? `f_${j}_${p}` : "zero"
  );
  const lines: string[] = [];
  for (const [half, lanes] of [["lo", "0, 4, 1, 5"], ["hi", "2, 6, 3, 7"]]) {
    for (const pair of [0, 1]) {
      lines.push(
        `const ${half}${pair}_${q}_${p} = i32x4.shuffle(${rows[2 * pair]}, ${rows[2 * pair + 1]}, ${lanes});`,
      );
    }
  }
  for (const c of LANES) {
    if (p === q && c === 0) continue;
    const half = c < 2 ? "lo" : "hi", a = 2 * (c & 1);
    const column = `i32x4.shuffle(${half}0_${q}_${p}, ${half}1_${q}_${p}, ${a}, ${a + 1}, ${a + 4}, ${
      a + 5
    })`;
    const above = LANES.map((r) => r < c ? -1 : 0);
    lines.push(`const c_${4 * p + c}_${q} = ${p === q ? `v128.and(${column}, i32x4(${above}))` : column};`);
  }
  return lines;
}

/** Adds the four places of a block to what is known. */
function including(): string {
  const lines = [
    "/** Adds a block to what its window knows. */",
    "function includeEight(column: usize, known: usize, places: usize): void {",
  ];
  for (const place of LANES) lines.push(`const n_${place} = v128.load(places, ${16 * place});`);
  lines.push("const targets = v128.load64_zero(places, 64);");
  for (const [q, lanes] of ["0, 8, 1, 9, 2, 10, 3, 11", "4, 12, 5, 13, 6, 14, 7, 15"].entries()) {
    lines.push(
      `const p_${q} = i16x8.shuffle(n_0, n_1, ${lanes}), r_${q} = i16x8.shuffle(n_2, n_3, ${lanes});`,
    );
  }
  for (let row = 0; row < SIZE; row++) {
    lines.push(
      `const s_${row} = ${lane(`p_${row >> 2}`, row)}, u_${row} = ${lane(`r_${row >> 2}`, row)};`,
    );
  }
  lines.push(`const s_${SIZE} = ${lane("targets", 0)}, u_${SIZE} = ${lane("targets", 1)};`);
  for (const [i, [row, q]] of vectorsOfMatrix().entries()) {
    const sums = `i32x4.add(i32x4.dot_i16x8_s(p_${q}, s_${row}), i32x4.dot_i16x8_s(r_${q}, u_${row}))`;
    lines.push(
      `v128.store(column, f32x4.add(v128.load(known, ${16 * i}), f32x4.convert_i32x4_s(${sums})), ${
        16 * i
      });`,
    );
  }
  lines.push("}", "");
  return lines.join("\n");
}

/** Vectors 4q to 4q + 3 that have one number in all lanes, in one. */
function together(name: string, q: number): string {
  const pair = (first: number) =>
    `i32x4.shuffle(${name}_${4 * q + first}, ${name}_${4 * q + first + 1}, 0, 4, 0, 4)`;
  return `i32x4.shuffle(${pair(0)}, ${pair(2)}, 0, 1, 4, 5)`;
}

/** One lane of a vector in all lanes. */
function lane(vector: string, index: number): string {
  const at = index & 3;
  return `i32x4.shuffle(${vector}, ${vector}, ${at}, ${at}, ${at}, ${at})`;
}
