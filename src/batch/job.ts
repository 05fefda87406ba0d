import type { DecompressOptions, TargetOptions, UncheckedCompressOptions } from "../codec/options.ts";
import type { SeekableFile } from "../format/byte_source.ts";
import type { NetRuntime } from "../kernels/kernels.ts";
import type { TraceRecord } from "../core/mod.ts";
import type { EncodedFormat } from "../image/mod.ts";

/** A part of a picture's metadata: what its colours need, or everything but the place where it was taken. */
export type KeptMetadata = "colour" | "withoutLocation";

/** One picture to compress. Plain data: it travels to workers and through queues. */
export interface CompressJob {
  /** Which of the jobs this is. */
  readonly action: "compress";
  /** Address of the picture file, as messages name it. */
  readonly source: string;
  /** Address of the `.vaer` file to write. */
  readonly target: string;
  /** Handed to `compress`. */
  readonly options: Omit<UncheckedCompressOptions, "onStep">;
  /** Which of the picture's metadata the file keeps; all by default. */
  readonly keptMetadata?: KeptMetadata;
  /** Decode again and tell the PSNR. */
  readonly measurePsnr: boolean;
  /** Copy the source if the `.vaer` file would be larger; absent for no. */
  readonly keepSmaller?: {
    /** Replace another file in the place of the copy. */
    readonly replacesCopy: boolean;
    /** Remove an earlier file in the place of the `.vaer` file. */
    readonly replacesTarget: boolean;
  };
  /** Give the steps of its pipes in the result; absent for no. */
  readonly trace?: boolean;
}

/** How a picture file is written. */
export interface PictureOutput {
  /** Of the file. */
  readonly format: EncodedFormat;
  /** 1 to 100, of formats that lose something; the format's default if absent. */
  readonly quality?: number;
  /** Lose nothing, where the format has the choice. */
  readonly lossless?: boolean;
}

/** One `.vaer` file to decompress. */
export interface DecompressJob {
  /** Which of the jobs this is. */
  readonly action: "decompress";
  /** Address of the `.vaer` file. */
  readonly source: string;
  /** Address of the picture file to write. */
  readonly target: string;
  /** What to write; PNG if absent. */
  readonly picture?: PictureOutput;
  /** Handed to `decompress`. */
  readonly options: Omit<DecompressOptions, "onStep">;
  /** Where models are that do not ship with the package, by the name that files have for them. */
  readonly models?: { readonly [name: string]: string };
  /** Runtime of nets unless the options or the model found by its name choose one. */
  readonly defaultRuntime?: NetRuntime;
  /** Give the steps of its pipes in the result; absent for no. */
  readonly trace?: boolean;
}

/** A unit of work that stands alone. */
export type Job = CompressJob | DecompressJob;

/** What a job did. */
export interface JobResult {
  /** The job's source. */
  readonly input: string;
  /** The job's target, or where the copy of the source is. */
  readonly output: string;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Size of the `.vaer` file, or of the copy. */
  readonly bytes: number;
  /** Size of the `.vaer` file in whose place the source was copied; absent if it was not. */
  readonly copiedInsteadOf?: number;
  /** True for a `.vaer` file that was written and is larger than its source. */
  readonly isLarger?: true;
  /** Bits a pixel of it. */
  readonly bpp: number;
  /** Of the decoded picture, in decibels; only if the job asked for it. */
  readonly psnr?: number;
  /** Name of the model. */
  readonly model: string;
  /** Quality that the header notes, rounded; absent if another target was given. */
  readonly quality?: number;
  /** The target that a compression was given, the default included. */
  readonly target?: TargetOptions;
  /** Bytes of the `.vaer` file's sections by their kind, as `inspect` names them; metadata are `icc`, `exif`, `xmp`, … */
  readonly sectionBytes: { readonly [kind: string]: number };
  /** Bytes read. */
  readonly sourceBytes: number;
  /** Bytes written. */
  readonly targetBytes: number;
  /** What the user should know though it worked. */
  readonly warnings: readonly string[];
  /** Milliseconds by step. */
  readonly timings: { readonly [step: string]: number };
  /** Steps of its pipes, as they began; only if the job asked for them. */
  readonly trace?: readonly TraceRecord[];
}

/** Where jobs read and write. `write` leaves a whole target or none. */
export interface JobFiles {
  /** Gives the bytes of a source. */
  read(source: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Opens a source to read parts of it; without it regions read all of theirs. */
  open?(source: string): Promise<SeekableFile & Disposable>;
  /** Writes a target. */
  write(target: string, bytes: Uint8Array): Promise<void>;
}
