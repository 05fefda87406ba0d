/**
 * Source of the solvers of `wasm/windows.ts` whose loops are written out: the equations then stay in registers, and the divisions
 * of two windows run side by side. They compute what `solve` there says.
 */

/** Taps of the two windows that have such solvers. */
const SIZES: readonly number[] = [8, 12];

/**
 * Writes the solvers.
 *
 * @returns AssemblyScript.
 */
export function unrolledSolvers(): string {
  return solving();
}

/** The vectors of a matrix in order: of row j from the one with the diagonal on, then of the target (row n). */
function vectorsOf(size: number): (readonly [row: number, vector: number])[] {
  const all: [number, number][] = [];
  for (let row = 0; row <= size; row++) {
    for (let vector = row < size ? row >> 2 : 0; vector < size / 4; vector++) all.push([row, vector]);
  }
  return all;
}

/** Both windows; leaves what they predict at SUMS. */
function solving(): string {
  const steps = Array.from(
    { length: Math.max(...SIZES) },
    (_, j) => SIZES.flatMap((size, w) => j < size ? pivotStep(w, size, j) : []),
  );
  const body = [
    ...SIZES.flatMap((size, w) => loading(w, size)),
    ...steps.flat(),
    ...SIZES.map((_, w) => `store<f32>(SUMS, f32x4.extract_lane(sum${w}, 0), ${4 * w});`),
  ];
  const constants = ["one", "damp0", "damp1", "damp2", "damp3", "damping"];
  return [
    "/** What two windows predict. */",
    "function solveTogether(): void {",
    ...constants.map((name, i) => `const ${name} = v128.load(CONSTANTS, ${16 * i});`),
    ...body,
    "}",
    "",
  ].join("\n");
}

/** Loads the equations of a window. */
function loading(w: number, size: number): string[] {
  const lines: string[] = [];
  for (const [i, [row, vector]] of vectorsOf(size).entries()) {
    const name = row < size ? `a${w}_${row}_${vector}` : `b${w}_${vector}`;
    lines.push(`let ${name} = v128.load(KNOWN + ${w} * MATRIX_BYTES, ${16 * i});`);
    if (row >> 2 === vector) lines.push(`${name} = f32x4.add(${name}, damp${row & 3});`);
  }
  for (let q = 0; q < size / 4; q++) lines.push(`let t${w}_${q} = v128.load(TAPS_AT, ${16 * q});`);
  return [...lines, `let sum${w} = f32x4.splat(0);`];
}

/** Eliminates unknown j from the rows below it, from the target and from the taps. */
function pivotStep(w: number, size: number, j: number): string[] {
  const own = j >> 2,
    name = `${w}_${j}`,
    lines = [
      `const inverse${name} = f32x4.div(one, f32x4.pmax(damping, ${lane(`a${name}_${own}`, j)}));`,
      `const aim${name} = ${lane(`b${w}_${own}`, j)}, tap${name} = ${lane(`t${w}_${own}`, j)};`,
      `sum${w} = f32x4.add(sum${w}, f32x4.mul(f32x4.mul(aim${name}, tap${name}), inverse${name}));`,
    ];
  for (let q = (j + 1) >> 2; q < size / 4; q++) {
    lines.push(`const f${name}_${q} = f32x4.mul(a${name}_${q}, inverse${name});`);
  }
  for (let k = j + 1; k < size; k++) {
    lines.push(`const by${name}_${k} = ${lane(`f${name}_${k >> 2}`, k)};`);
    for (let q = k >> 2; q < size / 4; q++) {
      const row = `a${w}_${k}_${q}`;
      lines.push(`${row} = f32x4.sub(${row}, f32x4.mul(by${name}_${k}, a${name}_${q}));`);
    }
  }
  for (let q = (j + 1) >> 2; q < size / 4; q++) {
    lines.push(
      `b${w}_${q} = f32x4.sub(b${w}_${q}, f32x4.mul(aim${name}, f${name}_${q}));`,
      `t${w}_${q} = f32x4.sub(t${w}_${q}, f32x4.mul(tap${name}, f${name}_${q}));`,
    );
  }
  return lines;
}

/** One lane of a vector in all lanes. */
function lane(vector: string, index: number): string {
  const at = index & 3;
  return `i32x4.shuffle(${vector}, ${vector}, ${at}, ${at}, ${at}, ${at})`;
}
