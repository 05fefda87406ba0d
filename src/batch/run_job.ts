import { decodePicture, decompress, type FileInfo, type FileSource, inspect } from "../../mod.ts";
import { encodeUncopied } from "../image/encode_picture.ts";
import { colourOnly, withoutLocation } from "../image/mod.ts";
import type { NetRuntime } from "../kernels/kernels.ts";
import type { TraceRecord } from "../core/mod.ts";
import { compressWith } from "../codec/compress.ts";
import { inspectBeginning } from "../codec/inspect.ts";
import type { TileEngine } from "../codec/run/tile_engine.ts";
import type { TileJobs } from "../codec/streams/job_types.ts";
import { visiblePsnr } from "../codec/plan/picture_score.ts";
import type { TargetOptions, UncheckedCompressOptions } from "../codec/options.ts";
import { targetOf } from "../codec/target.ts";
import { toEightBits } from "../codec/samples.ts";
import { copySource } from "./copy_source.ts";
import { about } from "./file_error.ts";
import type { CompressJob, DecompressJob, Job, JobFiles, JobResult } from "./job.ts";
import { Timings } from "./timings.ts";

/**
 * Does one job from source to target. The one way that pictures take through this package's programs: a single file,
 * a folder, a queue.
 *
 * @param job What to do.
 * @param files Where to read and write.
 * @param engine To compress with, shared with other jobs; one of its own without.
 * @returns What it cost and gave.
 * @throws FileError That names the source or the target.
 */
export async function runJob(job: Job, files: JobFiles, engine?: TileEngine<TileJobs>): Promise<JobResult> {
  return job.action === "compress" ? await runCompress(job, files, engine) : await runDecompress(job, files);
}

async function runCompress(
  job: CompressJob,
  files: JobFiles,
  engine: TileEngine<TileJobs> | undefined,
): Promise<JobResult> {
  const { source, target, options, keptMetadata } = job;
  const timings = new Timings();
  const { onStep } = timings;
  const file = await timings.measure("read", () => files.read(source));
  const { kind, value: bound } = await about(source, () => targetOf(options));
  const keepDepth = kind === "nearLossless";
  const decoded = await about(
    source,
    () => timings.measure("open", () => keepDepth ? decodePicture(file, { keepDepth }) : decodePicture(file)),
  );
  const picture = keptMetadata === undefined
    ? decoded
    : { ...decoded, metadata: KEPT_METADATA[keptMetadata](decoded.metadata ?? {}) };
  const bytes = await about(
    source,
    () =>
      timings.measure(
        "compress",
        () => compressWith(picture, engine ? options : { ...options, onStep }, { engine }),
      ),
  );
  const { model: named, runtime } = options;
  const own = { ...named !== undefined && { model: named }, ...runtime && { runtime } };
  if (job.keepSmaller && bytes.length > file.length) {
    const output = await timings.measure(
      "write",
      () => copySource(job, file, (to, copy) => files.write(to, copy)),
    );
    const { width, height } = picture;
    return {
      input: source,
      output,
      width,
      height,
      bytes: file.length,
      copiedInsteadOf: bytes.length,
      bpp: 8 * file.length / (width * height),
      ...job.measurePsnr && { psnr: Infinity },
      model: "none",
      target: givenTarget(options),
      sectionBytes: {},
      sourceBytes: file.length,
      targetBytes: file.length,
      warnings: picture.warnings ?? [],
      timings: timings.finish(),
      ...(job.trace && { trace: byStart(timings.records) }),
    };
  }
  // A lossless file has been decoded and compared already.
  const measuredPsnr = async () =>
    keepDepth && bound === 0 ? Infinity : visiblePsnr(
      toEightBits(picture),
      await timings.measure("decompress", () => decompress(bytes, { ...own, onStep })),
    );
  const decibels = job.measurePsnr ? await measuredPsnr() : undefined;
  await timings.measure("write", () => files.write(target, bytes));
  const { bpp, model, quality, width, height, sections } = inspect(bytes);
  return {
    input: source,
    output: target,
    width,
    height,
    bytes: bytes.length,
    ...bytes.length > file.length && { isLarger: true as const },
    bpp,
    ...(decibels !== undefined && { psnr: decibels }),
    model,
    ...quality > 0 && { quality },
    target: givenTarget(options),
    sectionBytes: bytesByKind(sections),
    sourceBytes: file.length,
    targetBytes: bytes.length,
    warnings: picture.warnings ?? [],
    timings: timings.finish(),
    ...(job.trace && { trace: byStart(timings.records) }),
  };
}

async function runDecompress(job: DecompressJob, files: JobFiles): Promise<JobResult> {
  const { source, target, models = {} } = job;
  const timings = new Timings();
  const { onStep } = timings;
  const isPart = job.options.region !== undefined && job.options.partial !== true;
  using opened = isPart && files.open ? await timings.measure("read", () => files.open!(source)) : undefined;
  let sourceBytes = 0;
  const counted = opened && {
    seek: (offset: number, whence: 0 | 2) => opened.seek(offset, whence),
    read: async (target: Uint8Array) => {
      const count = await opened.read(target);
      sourceBytes += count ?? 0;
      return count;
    },
  };
  const file = counted ?? await timings.measure("read", () => files.read(source));
  if (file instanceof Uint8Array) sourceBytes = file.length;
  const options = await about(source, () => withModel(file, job.options, models, job.defaultRuntime));
  const picture = await about(
    source,
    () => timings.measure("decompress", () => decompress(file, { ...options, keepDepth: true, onStep })),
  );
  const { format, ...encoding } = job.picture ?? { format: "png" };
  const { bytes: encoded, warnings } = await about(
    target,
    () => timings.measure(format, () => encodeUncopied(picture, format, encoding)),
  );
  await timings.measure("write", () => files.write(target, encoded));
  const { width, height } = picture;
  const { bytes, model, quality, bpp, sections } = await inspect(file, { partial: options.partial === true });
  const missing = options.partial && file instanceof Uint8Array ? inspectBeginning(file).missing : undefined;
  return {
    input: source,
    output: target,
    width,
    height,
    bytes,
    bpp,
    model,
    ...quality > 0 && { quality },
    sectionBytes: bytesByKind(sections),
    sourceBytes,
    targetBytes: encoded.length,
    warnings: missing
      ? ["the file is incomplete: this is a preview of what it holds", ...warnings]
      : warnings,
    timings: timings.finish(),
    ...(job.trace && { trace: byStart(timings.records) }),
  };
}

const KEPT_METADATA = { colour: colourOnly, withoutLocation } as const;

/** The one target of options that `compress` accepted. */
function givenTarget(options: UncheckedCompressOptions): TargetOptions {
  if ((options.target ?? options).lossless) return { lossless: true };
  const { kind, value } = targetOf(options);
  return { [kind]: value };
}

function bytesByKind(sections: FileInfo["sections"]): { [kind: string]: number } {
  const sums: { [kind: string]: number } = {};
  for (const { kind, bytes } of sections) sums[kind] = (sums[kind] ?? 0) + bytes;
  return sums;
}

/** Groups end in any order; their clocks are one. */
function byStart(records: readonly TraceRecord[]): TraceRecord[] {
  return [...records].sort((a, b) => a.startMilliseconds - b.startMilliseconds);
}

/** Adds the model that a file asks for, where it is one of the named and none is given; other models get the default runtime. */
async function withModel(
  file: FileSource,
  options: DecompressJob["options"],
  models: { readonly [name: string]: string },
  runtime: NetRuntime | undefined,
): Promise<DecompressJob["options"]> {
  const others = { ...runtime && { runtime }, ...options };
  if (options.model !== undefined || Object.keys(models).length === 0) return others;
  const { model } = await inspect(file, { partial: options.partial === true });
  return Object.hasOwn(models, model) ? { ...options, model: models[model] } : others;
}
