import { type DType, InvalidValueError, type TensorRef } from "../core/mod.ts";

/** Throws `InvalidValueError` ("component-tensor") unless `tensor` has the dtype and shape; `-1` matches any extent ≥ 1. */
export function checkTensor(
  component: string,
  tensor: TensorRef,
  dtypes: readonly DType[],
  shape: readonly number[],
): void {
  const fits = tensor.shape.length === shape.length &&
    shape.every((extent, axis) => extent === -1 ? tensor.shape[axis] >= 1 : tensor.shape[axis] === extent);
  if (!dtypes.includes(tensor.dtype) || !fits) {
    const wanted = shape.map((extent) => extent === -1 ? "n" : extent).join(", ");
    throw new InvalidValueError(
      "component-tensor",
      `Cannot make ${component} from a ${tensor.dtype} tensor of shape [${tensor.shape.join(", ")}]: ` +
        `it must be ${dtypes.join(" or ")} of shape [${wanted}]`,
    );
  }
}

/** Throws `InvalidValueError` ("component-value") with the message unless `holds`. */
export function checkValue(component: string, holds: boolean, message: string): void {
  if (!holds) throw new InvalidValueError("component-value", `Cannot make ${component}: ${message}`);
}
