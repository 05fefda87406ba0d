import type { Component, ComponentType } from "./component.ts";
import { checkMode } from "./check_option.ts";
import { System } from "./system.ts";

/** Directions of a transform. */
export type TransformMode = "forward" | "inverse";

/**
 * A {@linkcode System} that works in both directions: forward it makes `To` of `From`, inverse the other way.
 *
 * @typeParam M Direction.
 * @typeParam From Union of the components that the forward direction requires.
 * @typeParam To Union of the components that it produces.
 * @typeParam K The kernels it asks of its world.
 */
export abstract class Transform<
  M extends TransformMode,
  From extends Component,
  To extends Component,
  K = unknown,
> extends System<M extends "forward" ? From : To, M extends "forward" ? To : From, K> {
  /** Direction. */
  readonly mode: M;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<M extends "forward" ? From : To>[];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<M extends "forward" ? To : From>[];

  /**
   * Makes the system.
   *
   * @param mode Direction.
   * @param from What the forward direction requires.
   * @param to What it produces.
   */
  constructor(mode: M, from: readonly ComponentType<From>[], to: readonly ComponentType<To>[]) {
    super();
    checkMode(new.target.name, mode, ["forward", "inverse"]);
    this.mode = mode;
    const [required, produced] = mode === "forward" ? [from, to] : [to, from];
    // The compiler cannot follow the conditional types of the fields through the condition above.
    this.required = required as never;
    this.produced = produced as never;
  }
}
