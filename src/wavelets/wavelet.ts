/**
 * The description of a lifting wavelet. A line of samples splits into even samples (low) and odd samples (high); each
 * lifting step adds a weighted sum of the neighbours of the other kind. The kernels of all devices derive from it.
 *
 * Lines extend symmetrically at both ends. A step that reads one neighbour only skips a sample that lacks this neighbour.
 */
export interface Wavelet {
  /** Number in the header of a file. */
  readonly id: number;
  /** Name in options, manifests and files. */
  readonly name: string;
  /** Name of its WASM kernels, after `forward` and `inverse`. */
  readonly kernelName: string;
  /** In forward order, a step for high samples first, then one for low samples, in turn: one or two pairs. */
  readonly steps: readonly LiftingStep[];
  /** Factor on high samples after the steps; low samples get the inverse. 1 for no scaling. */
  readonly highScale: number;
  /**
   * Synthesis filters, low and high: the samples that one low or high coefficient adds to, away from borders. Their lengths
   * are the support.
   */
  readonly synthesis: { readonly low: readonly number[]; readonly high: readonly number[] };
  /** Whether a model's latent may use it. */
  readonly isForLatents: boolean;
}

/** One lifting step. */
export interface LiftingStep {
  /** Factor on the sum of the neighbours. */
  readonly weight: number;
  /** Whether the neighbour before is part of the sum. */
  readonly left: boolean;
  /** Whether the neighbour after is part of the sum. */
  readonly right: boolean;
  /** The step in integers, `±((sum + round) >> shift)` with the sign of `weight`; absent where it is not reversible. */
  readonly integer?: { readonly round: number; readonly shift: number };
}

/** Whether a wavelet lifts integers reversibly. */
export function isReversible({ steps }: Wavelet): boolean {
  return steps.every(({ integer }) => integer !== undefined);
}

/** Coarsest coefficients on each side of a window that the synthesis of the window's samples reads. */
export function haloCoefficients({ synthesis: { low, high } }: Wavelet): number {
  return Math.ceil(Math.max(low.length, high.length) / 2) - 1;
}
