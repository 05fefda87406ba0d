import type { TraceRecord } from "../core/mod.ts";
import { InvalidValueError } from "../core/mod.ts";
import { NET_RUNTIMES, type NetRuntime } from "../kernels/kernels.ts";
import type { FileMetadata } from "./container/metadata.ts";
import type { ProgressReport } from "./progress.ts";
import type { LatentWavelet } from "../wavelets/mod.ts";
import type { WarmWorkers } from "./run/warm_workers.ts";

/** Quality when no target is given. */
export const DEFAULT_QUALITY = 50;

/** What {@linkcode CompressOptions.tune} may be. */
export type Tune = NonNullable<CompressSettings["tune"]>;
/** What {@linkcode CompressSettings.content} may be. */
export type Content = NonNullable<CompressSettings["content"]>;
/** All of them. */
export const CONTENTS: readonly Content[] = ["auto", "photo", "graphics", "text"];
/** That of whoever does not say. */
export const DEFAULT_CONTENT: Content = "auto";

/** All of them. */
export const TUNES: readonly Tune[] = ["look", "psnr"];
/** That of whoever does not say. */
export const DEFAULT_TUNE: Tune = "look";

/**
 * Value of each target that a file can be made for; a file has one target.
 *
 * | Target | Result | Cost |
 * |---|---|---|
 * | `quality` | the quality's step | one encoder inference |
 * | `bpp`, `bytes` | the finest step whose whole file is not larger | one encoder inference |
 * | `psnr`, `ssim` | the coarsest step that is at least as good | one encoder inference and a few decoder inferences |
 * | `lossless` | every sample exact | no model |
 * | `nearLossless` | no sample error larger than this | no model |
 *
 * Near the quality boundary of two models, efforts of 5 and above encode with both: twice the inferences. Efforts 6 to 9
 * refine the latent: 1, 2, 4 or 8 passes through the decoder and its gradient.
 */
export interface CompressTargetValues {
  /** 1 (smallest) to 100 (best); 50 by default. */
  readonly quality: number;
  /** Most bits per pixel of the whole file, greater than 0. */
  readonly bpp: number;
  /** Most bytes of the whole file, at least 1; never exceeded; a lossless file if that fits. */
  readonly bytes: number;
  /** Least PSNR over RGB of the visible pixels, in decibels, at least 0; where no lossy file reaches it, the file is lossless. */
  readonly psnr: number;
  /** Least MS-SSIM over RGB, 0 to 1; where no lossy file reaches it, the file is lossless. */
  readonly ssim: number;
  /** Every sample exactly as it was, of 8 or 16 bits, alpha included. */
  readonly lossless: true;
  /** Largest error of any sample, a whole number from 0 to 127. */
  readonly nearLossless: number;
}

/** Exactly one of {@linkcode CompressTargetValues}, e.g. `{ quality: 60 }`, `{ bytes: 9000 }` or `{ lossless: true }`. */
export type CompressTarget = {
  readonly [Kind in keyof CompressTargetValues]:
    & { readonly [K in Kind]: CompressTargetValues[K] }
    & {
      readonly [Other in Exclude<keyof CompressTargetValues, Kind>]?: Other extends "lossless"
        ? false | undefined
        : undefined;
    };
}[keyof CompressTargetValues];

/** Targets as a caller without types may give them, any number of them: {@linkcode targetOf} refuses more than one. */
export type TargetOptions = {
  readonly [Kind in keyof CompressTargetValues]?:
    | (Kind extends "lossless" ? boolean : CompressTargetValues[Kind])
    | undefined;
};

/** The target of a file. */
export interface Target {
  /** Which of {@linkcode CompressTargetValues}; `lossless` is `nearLossless` 0. */
  readonly kind: "quality" | "bpp" | "bytes" | "psnr" | "ssim" | "nearLossless";
  /** Its value. */
  readonly value: number;
}

/** Options of {@linkcode compress} beside the target. */
export interface CompressSettings {
  /** Name of an embedded model, or path or URL of a model's folder. By default the target chooses. */
  readonly model?: string;
  /**
   * What the choice between the models and the pixels' own stream maximises, and that stream's steps: `"look"` (the
   * default: errors count by how they show, see `docs/specification/2-reconstruction.md`), or `"psnr"`, with equal steps, which prefers the pixels'
   * stream wherever it measures better. Targets of `psnr` have equal steps anyway.
   */
  readonly tune?: "look" | "psnr";
  /**
   * What a picture shows, for targets of `quality`, `bytes` and `bpp`. `"auto"` (the default): efforts of 5 and above search
   * pictures of up to 9 million pixels for text and shapes, and code them as graphics, in part or whole, where that looks better for
   * its bytes by SSIMULACRA2. `"photo"`: no search. `"graphics"`: whatever is found is coded as graphics, without the
   * comparison. `"text"`: the same, with smaller changes of colours. A given `model`, `entropy: "static"` and `tune: "psnr"`
   * have no graphics.
   */
  readonly content?: "auto" | "photo" | "graphics" | "text";
  /** Wavelet over a model's latent; the model's own by default. Streams without a model have theirs. */
  // deno-doc-ignore private-type-ref -- /kernels exports it
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
   * Side in pixels of the tiles that a large picture is cut into, a multiple of 64; 0 for none. By default 1024 for
   * pictures of more than 2^22 pixels. Tiles bound the memory, run in parallel, and can be decoded alone.
   */
  readonly tileSide?: number;
  /**
   * Most workers for the tiles of a large picture, 0 for none; by default one a core, at most four. {@linkcode WarmWorkers}
   * stay for the next call.
   */
  readonly workers?: number | WarmWorkers;
  /** Where nets and transforms run; `"cpu"` by default. */
  readonly device?: "auto" | "cpu" | "gpu";
  /** Runs nets on the CPU; by default the model's own choice, `"auto"` for most. */
  // deno-doc-ignore private-type-ref -- /kernels exports it
  readonly runtime?: NetRuntime;
  /** Stops the work at the next step: `compress` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told how far each stage has come. */
  readonly onProgress?: (report: ProgressReport) => void;
  /** Called with each step as it ends. */
  // deno-doc-ignore private-type-ref -- /core exports it
  readonly onStep?: (record: TraceRecord) => void;
}

/**
 * Options of {@linkcode compress}: settings, and at most one target, as `target` or as an option of its own:
 * `{ target: { quality: 60 } }` and `{ quality: 60 }` mean the same. Quality 50 if there is none. Two targets do not compile,
 * and are refused at run time ("target-count").
 */
export type CompressOptions =
  & CompressSettings
  & (
    | (
      & { readonly target: CompressTarget }
      & {
        readonly [Kind in keyof CompressTargetValues]?: Kind extends "lossless" ? false | undefined
          : undefined;
      }
    )
    | {
      readonly [Kind in keyof CompressTargetValues]:
        & { readonly target?: undefined }
        & {
          readonly [K in Kind]?: (K extends "lossless" ? boolean : CompressTargetValues[K]) | undefined;
        }
        & {
          readonly [Other in Exclude<keyof CompressTargetValues, Kind>]?: Other extends "lossless"
            ? false | undefined
            : undefined;
        };
    }[keyof CompressTargetValues]
  );

/** {@linkcode CompressOptions} as a caller without types may give them, with any number of targets. */
export type UncheckedCompressOptions = CompressSettings & TargetOptions & {
  readonly target?: TargetOptions | undefined;
};

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
  /** Decode only these pixels; of a picture in tiles only what they need is read and decoded. */
  readonly region?: {
    /** First column, from 0. */
    readonly x: number;
    /** First row, from 0. */
    readonly y: number;
    /** Columns, at least 1. */
    readonly width: number;
    /** Rows, at least 1. */
    readonly height: number;
  };
  /** Give 16 bits a sample where the file has them. */
  readonly keepDepth?: boolean;
  /**
   * Refuse files whose decoding may take more memory, in bytes, before anything is allocated; 2 GiB by default. By an
   * estimate of the arenas and nets of all threads together: fewer workers than `workers` says are used where that fits.
   */
  readonly maxMemoryBytes?: number;
  /**
   * Most workers for the tiles of a large picture, 0 for none; by default one a core, at most four. {@linkcode WarmWorkers}
   * stay for the next call.
   */
  readonly workers?: number | WarmWorkers;
  /** Where nets and transforms run; `"cpu"` by default. */
  readonly device?: "auto" | "cpu" | "gpu";
  /** Runs nets on the CPU; by default the model's own choice, `"auto"` for most. */
  // deno-doc-ignore private-type-ref -- /kernels exports it
  readonly runtime?: NetRuntime;
  /** Stops the work at the next step: `decompress` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told how far each stage has come. */
  readonly onProgress?: (report: ProgressReport) => void;
  /** Called with each step as it ends. */
  // deno-doc-ignore private-type-ref -- /core exports it
  readonly onStep?: (record: TraceRecord) => void;
}

/** Passes that refine the latent of the chosen model, see `refineLatent`, by effort: 0 below 6. */
export function refiningPasses(effort: number): number {
  return effort < 6 ? 0 : 2 ** (effort - 6);
}

/** Throws unless the device is one there is: `InvalidValueError` ("device-unknown"). */
export function checkDevice(device: string | undefined): void {
  if (device !== undefined && !["auto", "cpu", "gpu"].includes(device)) {
    throw new InvalidValueError(
      "device-unknown",
      `Cannot compute on device "${device}": it must be auto, cpu or gpu (got ${device}). Use auto.`,
    );
  }
}

/** Throws unless the runtime is one there is: `InvalidValueError` ("runtime-unknown"). */
export function checkRuntime(runtime: string | undefined): void {
  if (runtime === undefined || (NET_RUNTIMES as readonly string[]).includes(runtime)) return;
  throw new InvalidValueError(
    "runtime-unknown",
    `Cannot run nets with runtime "${runtime}": it must be one of ${
      NET_RUNTIMES.join(", ")
    } (got ${runtime}). Use auto.`,
  );
}
