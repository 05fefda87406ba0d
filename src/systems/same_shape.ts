import { type Entity, InvalidValueError, type TensorRef } from "../core/mod.ts";

/** Throws `InvalidValueError` ("picture-mismatch") unless two pictures of an entity are of one size. */
export function checkSameShape(entity: Entity, a: TensorRef, b: TensorRef): void {
  if (a.shape.join() !== b.shape.join()) {
    throw new InvalidValueError(
      "picture-mismatch",
      `Cannot compare the pictures of entity ${entity}: both must have one shape (got ` +
        `[${a.shape.join(", ")}] and [${b.shape.join(", ")}]). Crop or scale one of them.`,
    );
  }
}
