import type { TraceRecord } from "../core/mod.ts";
import { InvalidValueError } from "../core/mod.ts";
import { NET_RUNTIMES, type NetRuntime } from "../kernels/kernels.ts";
import type { LatentWavelet } from "../models/mod.ts";
import type { DeviceChoice } from "./group_engine.ts";
import type { Rect } from "./group_grid.ts";
import type { FileMetadata } from "./metadata.ts";
import type { ProgressListener } from "./progress.ts";
import type { WorkerChoice } from "./warm_workers.ts";

/** Quality when no target is given. */
export const DEFAULT_QUALITY = 50;

/** What {@linkcode CompressOptions.tune} may be. */
export type Tune = NonNullable<CompressOptions["tune"]>;
/** All of them. */
export const TUNES: readonly Tune[] = ["look", "psnr"];
/** That of whoever does not say. */
export const DEFAULT_TUNE: Tune = "look";

/**
 * What a file should cost or look like: at most one of these.
 *
 * | Target | Meaning | Cost |
 * |---|---|---|
 * | `quality` | 1 (smallest) to 100 (best) | one encoder inference |
 * | `bpp`, `bytes` | the finest step whose whole file is no larger | one encoder inference |
 * | `psnr`, `ssim` | the coarsest step that is at least as good | and a few decoder inferences |
 * | `lossless` | every sample exact; verified | no model |
 * | `nearLossless` | no sample wrong by more than this | no model |
 *
 * Where two models' ground meets, both are tried at `effort` 5 and above: twice the inferences. Efforts 6 to 9 refine the
 * latent: 1, 2, 4 or 8 times the decoder's inference and twice as much again.
 */
export interface CompressTarget {
  /** 1 (smallest) to 100 (best); 50 by default. */
  readonly quality?: number;
  /** Most bits a pixel of the whole file, greater than 0. */
  readonly bpp?: number;
  /** Most bytes of the whole file, never exceeded; a lossless file if that fits. */
  readonly bytes?: number;
  /** Least PSNR over RGB of the visible pixels, in decibels; where no lossy file reaches it, the file is lossless. */
  readonly psnr?: number;
  /** Least MS-SSIM over RGB, 0 to 1; where no lossy file reaches it, the file is lossless. */
  readonly ssim?: number;
  /** Every sample exactly as it was, of 8 or 16 bits, alpha included. */
  readonly lossless?: boolean;
  /** Largest error of any sample, 0 to 127. */
  readonly nearLossless?: number;
}

/** The one thing a file is to be. */
export interface Target {
  /** Which of {@linkcode CompressTarget}; `lossless` is `nearLossless` 0. */
  readonly kind: "quality" | "bpp" | "bytes" | "psnr" | "ssim" | "nearLossless";
  /** Its value. */
  readonly value: number;
}

/** Options of {@linkcode compress}. */
export interface CompressOptions extends CompressTarget {
  /** Name of an embedded model, or path or URL of a model's folder. By default the target chooses. */
  readonly model?: string;
  /**
   * What the choice between the models and the pixels' own stream maximises, and that stream's steps: `"look"` (the
   * default: errors count by how they show, see `docs/FORMAT.md`), or `"psnr"`, with equal steps, which prefers the pixels'
   * stream wherever it measures better. Targets of `psnr` have equal steps anyway.
   */
  readonly tune?: "look" | "psnr";
  /** Wavelet over a model's latent; the model's own by default. Streams without a model have theirs. */
  readonly wavelet?: LatentWavelet;
  /** Levels of the wavelet over a model's latent, 0 to 10; the model's own by default. */
  readonly levels?: number;
  /** Entropy coder: `"context"` (smallest, the default) or `"static"` (fastest). */
  readonly entropy?: "context" | "static";
  /**
   * How hard the encoder tries, 1 (rounding) to 9 (slowest); 5 by default. The quantiser's part is only for the context
   * coder; from 5 on a picture near the border of two models is coded with both, and the better-looking file kept; from 6 on
   * what the model makes of the picture is refined for it, with 1, 2, 4 and 8 times the decoder and its derivative.
   */
  readonly effort?: number;
  /** What the file carries besides pixels; by default what the picture has, `false` for nothing. */
  readonly metadata?: FileMetadata | false;
  /** Largest error of an alpha sample, 0 (the default: alpha is lossless) to 127. */
  readonly alphaError?: number;
  /**
   * Side in pixels of the groups that a large picture is cut into, a multiple of 64; 0 for none. By default 1024 for
   * pictures of more than 2^22 pixels. Groups bound the memory, run in parallel, and can be decoded alone.
   */
  readonly groupSide?: number;
  /**
   * Most workers for the groups of a large picture, 0 for none; by default one a core, at most four. {@linkcode WarmWorkers}
   * stay for the next call.
   */
  readonly workers?: WorkerChoice;
  /** Where nets and transforms run; `"cpu"` by default. */
  readonly device?: DeviceChoice;
  /** Runs nets on the CPU; by default the model's own choice, `"auto"` for most. */
  readonly runtime?: NetRuntime;
  /** Stops the work at the next step: `compress` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told how far each stage has come. */
  readonly onProgress?: ProgressListener;
  /** Called with each step as it ends. */
  readonly onStep?: (record: TraceRecord) => void;
}

/** Options of {@linkcode decompress}. */
export interface DecompressOptions {
  /** Folder of the model, when the file was made with one that does not ship with the package. */
  readonly model?: string;
  /** Refuse pictures of more pixels, before anything is allocated; 2^28 by default. */
  readonly maxPixels?: number;
  /**
   * Accept the beginning of a file, as far as it holds the first section whole, and give a coarser picture of full size.
   */
  readonly partial?: boolean;
  /** Decode only these pixels; of a picture in groups only what they need is read and decoded. */
  readonly region?: Rect;
  /** Give 16 bits a sample where the file has them. */
  readonly keepDepth?: boolean;
  /**
   * Refuse files whose decoding may take more memory, in bytes, before anything is allocated; 2 GiB by default. By an
   * estimate of the arenas and nets of all threads together: fewer workers than `workers` says are used where that fits.
   */
  readonly maxMemoryBytes?: number;
  /**
   * Most workers for the groups of a large picture, 0 for none; by default one a core, at most four. {@linkcode WarmWorkers}
   * stay for the next call.
   */
  readonly workers?: WorkerChoice;
  /** Where nets and transforms run; `"cpu"` by default. */
  readonly device?: DeviceChoice;
  /** Runs nets on the CPU; by default the model's own choice, `"auto"` for most. */
  readonly runtime?: NetRuntime;
  /** Stops the work at the next step: `decompress` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told how far each stage has come. */
  readonly onProgress?: ProgressListener;
  /** Called with each step as it ends. */
  readonly onStep?: (record: TraceRecord) => void;
}

const LIMITS: {
  readonly [K in Target["kind"]]: readonly [least: number, most: number, rule: string];
} = {
  quality: [1, 100, "1 to 100"],
  bpp: [Number.MIN_VALUE, 1000, "greater than 0"],
  bytes: [1, Number.MAX_SAFE_INTEGER, "at least 1"],
  psnr: [0, Infinity, "at least 0 dB"],
  ssim: [0, 1, "0 to 1"],
  nearLossless: [0, 127, "0 to 127"],
};

/** Passes that refine the latent of the chosen model, see `refineLatent`, by effort: 0 below 6. */
export function refiningPasses(effort: number): number {
  return effort < 6 ? 0 : 2 ** (effort - 6);
}

/** Throws unless the effort is a whole number from 1 to 9: `InvalidValueError` ("effort-range"). */
export function checkEffort(effort: number | undefined): void {
  if (effort !== undefined && !(Number.isInteger(effort) && effort >= 1 && effort <= 9)) {
    throw new InvalidValueError("effort-range", `Cannot compress with effort ${effort}: it must be 1 to 9`);
  }
}

/** The one target of the options; errors: `InvalidValueError` ("target-range", "target-count"). */
export function targetOf(options: CompressTarget): Target {
  const kinds = (Object.keys(LIMITS) as Target["kind"][]).filter((kind) => options[kind] !== undefined);
  const given: readonly string[] = options.lossless === true ? [...kinds, "lossless"] : kinds;
  if (given.length > 1) {
    throw new InvalidValueError(
      "target-count",
      `Cannot aim at ${given.join(" and ")} at once: give one of them`,
    );
  }
  if (options.lossless === true) return { kind: "nearLossless", value: 0 };
  const [kind] = kinds;
  if (kind === undefined) return { kind: "quality", value: DEFAULT_QUALITY };
  const value = options[kind]!, [least, most, rule] = LIMITS[kind];
  if (!(typeof value === "number" && value >= least && value <= most)) {
    throw new InvalidValueError("target-range", `Cannot aim at ${kind} ${value}: it must be ${rule}`);
  }
  if (kind === "nearLossless" && !Number.isInteger(value)) {
    throw new InvalidValueError(
      "target-range",
      `Cannot aim at nearLossless ${value}: it must be a whole number`,
    );
  }
  return { kind, value };
}

/** Throws what {@linkcode compress} would throw for these targets, before any work is done. */
export function checkTarget(options: CompressTarget): void {
  targetOf(options);
}

/** Throws unless the device is one there is: `InvalidValueError` ("device-unknown"). */
export function checkDevice(device: string | undefined): void {
  if (device !== undefined && !["auto", "cpu", "gpu"].includes(device)) {
    throw new InvalidValueError(
      "device-unknown",
      `Cannot compute on "${device}": it must be auto, cpu or gpu`,
    );
  }
}

/** Throws unless the runtime is one there is: `InvalidValueError` ("runtime-unknown"). */
export function checkRuntime(runtime: string | undefined): void {
  if (runtime === undefined || (NET_RUNTIMES as readonly string[]).includes(runtime)) return;
  throw new InvalidValueError(
    "runtime-unknown",
    `Cannot run nets by runtime "${runtime}": it must be ${NET_RUNTIMES.join(", ")}`,
  );
}
