/** Three numbers. */
export type Vector3 = readonly [number, number, number];
/** Three rows of three numbers. */
export type Matrix3 = readonly [Vector3, Vector3, Vector3];

/** A matrix times a column. */
export function transform3(matrix: Matrix3, [x, y, z]: Vector3): Vector3 {
  const row = ([a, b, c]: Vector3) => a * x + b * y + c * z;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

/** The product of two matrices. */
export function multiply3(left: Matrix3, right: Matrix3): Matrix3 {
  const entry = (i: number, j: number) =>
    left[i][0] * right[0][j] + left[i][1] * right[1][j] + left[i][2] * right[2][j];
  const row = (i: number): Vector3 => [entry(i, 0), entry(i, 1), entry(i, 2)];
  return [row(0), row(1), row(2)];
}

/** The inverse of a matrix; not finite if there is none. */
export function invert3([[a, b, c], [d, e, f], [g, h, i]]: Matrix3): Matrix3 {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const scaled = (x: number, y: number, z: number): Vector3 => [
    x / determinant,
    y / determinant,
    z / determinant,
  ];
  return [
    scaled(e * i - f * h, c * h - b * i, b * f - c * e),
    scaled(f * g - d * i, a * i - c * g, c * d - a * f),
    scaled(d * h - e * g, b * g - a * h, a * e - b * d),
  ];
}
