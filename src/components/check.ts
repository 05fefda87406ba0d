import {
  type Dtype,
  InvalidValueError,
  layoutKey,
  type PyramidLayout,
  pyramidLayout,
  TensorRef,
} from "../core/mod.ts";
import { WAVELETS } from "../wavelets/mod.ts";

/**
 * Throws `InvalidValueError` ("component-tensor") unless `tensor` is a ref of one of the dtypes and of the shape.
 *
 * @param shape Extents; `-1` matches any extent ≥ 1.
 */
export function checkTensor(
  component: string,
  tensor: TensorRef,
  dtypes: readonly Dtype[],
  shape: readonly number[],
): void {
  const isMatch = (extent: number, axis: number) =>
    extent === -1 ? tensor.shape[axis] >= 1 : tensor.shape[axis] === extent;
  checkTensorRule(
    component,
    tensor,
    dtypes,
    shape,
    (ref) => ref.shape.length === shape.length && shape.every(isMatch),
  );
}

/** As {@linkcode checkTensor}, for a vector of any length, 0 included. */
export function checkVector(component: string, tensor: TensorRef, dtypes: readonly Dtype[]): void {
  checkTensorRule(component, tensor, dtypes, [-1], ({ shape }) => shape.length === 1);
}

function checkTensorRule(
  component: string,
  tensor: TensorRef,
  dtypes: readonly Dtype[],
  shape: readonly number[],
  fits: (tensor: TensorRef) => boolean,
): void {
  const extents = shape.map((extent) => extent === -1 ? "n" : extent).join(", ");
  const wanted = `${dtypes.join(" or ")} of shape [${extents}]`;
  if (!(tensor instanceof TensorRef)) {
    throw new InvalidValueError(
      "component-tensor",
      `Cannot make ${component}: its tensor must be a TensorRef of ${wanted} (got ` +
        `${shownValue(tensor)}). Allocate it in the world's arena.`,
    );
  }
  if (dtypes.includes(tensor.dtype) && fits(tensor)) return;
  throw new InvalidValueError(
    "component-tensor",
    `Cannot make ${component}: its tensor must be ${wanted} (got ${tensor.dtype} of shape ` +
      `[${tensor.shape.join(", ")}]). Pass a tensor of this type and shape.`,
  );
}

/** Throws `InvalidValueError` ("component-value") unless `holds`: the message names component, field, rule and value. */
export function checkValue(
  component: string,
  holds: boolean,
  field: string,
  rule: string,
  value: unknown,
): void {
  if (holds) return;
  throw new InvalidValueError(
    "component-value",
    `Cannot make ${component}: ${field} must be ${rule} (got ${shownValue(value)}). Correct it.`,
  );
}

/** Throws unless `value` is a whole number from `least` to `most`. */
export function checkWhole(
  component: string,
  field: string,
  value: number,
  least: number,
  most: number,
): void {
  const holds = Number.isInteger(value) && value >= least && value <= most;
  checkValue(component, holds, field, `a whole number from ${least} to ${most}`, value);
}

/** Throws unless `value` is a number from `least` to `most`; NaN is none. */
export function checkNumber(
  component: string,
  field: string,
  value: number,
  least: number,
  most: number,
): void {
  const holds = typeof value === "number" && value >= least && value <= most;
  checkValue(component, holds, field, `a number from ${least} to ${most}`, value);
}

/** Throws unless `layout` is one that `pyramidLayout` makes, see {@linkcode PyramidLayout}. */
export function checkLayout(component: string, layout: PyramidLayout): void {
  const isObject = typeof layout === "object" && layout !== null && Array.isArray(layout.bands);
  checkValue(component, isObject, "layout", "a PyramidLayout", layout);
  const { wavelet, levels, channels, width, height } = layout;
  checkValue(
    component,
    WAVELETS.some(({ name }) => name === wavelet),
    "layout.wavelet",
    WAVELETS.map(({ name }) => name).join(" or "),
    wavelet,
  );
  checkWhole(component, "layout.channels", channels, 1, MAX_CHANNELS);
  checkWhole(component, "layout.width", width, 1, MAX_SIDE);
  checkWhole(component, "layout.height", height, 1, MAX_SIDE);
  const due = pyramidLayout(wavelet, levels, { channels, width, height });
  const isSame = layout.coefficientCount === due.coefficientCount &&
    layout.bands.length === due.bands.length &&
    layout.bands.every((band, i) => {
      const other = due.bands[i];
      return band.offset === other.offset && band.width === other.width && band.height === other.height &&
        band.level === other.level && band.orientation === other.orientation &&
        band.channel === other.channel;
    });
  checkValue(component, isSame, "layout", "a layout made by pyramidLayout()", layoutKey(layout).join(" "));
}

/** Extents that `pyramidLayout` documents. */
const MAX_CHANNELS = 255, MAX_SIDE = 2 ** 24;

function shownValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null) return value.constructor?.name ?? "an object";
  return String(value);
}
