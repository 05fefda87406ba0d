import {
  compress,
  decodePicture,
  decompress,
  encodePng,
  inspect,
  psnr,
  type TraceRecord,
} from "../../mod.ts";
import { compressOn } from "../codec/compress.ts";
import type { GroupEngine } from "../codec/group_engine.ts";
import { toEightBits } from "../codec/samples.ts";
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
export async function runJob(job: Job, files: JobFiles, engine?: GroupEngine): Promise<JobResult> {
  return job.action === "compress" ? await runCompress(job, files, engine) : await runDecompress(job, files);
}

async function runCompress(
  job: CompressJob,
  files: JobFiles,
  engine: GroupEngine | undefined,
): Promise<JobResult> {
  const { source, target, options } = job;
  const timings = new Timings();
  const { onStep } = timings;
  const file = await timings.measure("read", () => files.read(source));
  const keepDepth = options.lossless === true || options.nearLossless !== undefined;
  const picture = await about(
    source,
    () => timings.measure("open", () => keepDepth ? decodePicture(file, { keepDepth }) : decodePicture(file)),
  );
  const bytes = await about(
    source,
    () =>
      timings.measure(
        "compress",
        () => engine ? compressOn(engine, picture, options) : compress(picture, { ...options, onStep }),
      ),
  );
  const own = options.model?.includes("/") ? { model: options.model } : {};
  const decibels = job.measurePsnr
    ? psnr(
      toEightBits(picture),
      await timings.measure("decompress", () => decompress(bytes, { ...own, onStep })),
    )
    : undefined;
  await timings.measure("write", () => files.write(target, bytes));
  const { bpp, model, quality, width, height } = inspect(bytes);
  return {
    input: source,
    output: target,
    width,
    height,
    bytes: bytes.length,
    bpp,
    ...(decibels !== undefined && { psnr: decibels }),
    model,
    quality,
    sourceBytes: file.length,
    targetBytes: bytes.length,
    warnings: [],
    timings: timings.finish(),
    ...(job.trace && { trace: byStart(timings.records) }),
  };
}

async function runDecompress(job: DecompressJob, files: JobFiles): Promise<JobResult> {
  const { source, target, models = {} } = job;
  const timings = new Timings();
  const { onStep } = timings;
  const bytes = await timings.measure("read", () => files.read(source));
  const options = await about(source, () => withModel(bytes, job.options, models));
  const picture = await about(
    source,
    () => timings.measure("decompress", () => decompress(bytes, { ...options, keepDepth: true, onStep })),
  );
  const png = await timings.measure("png", () => encodePng(picture));
  await timings.measure("write", () => files.write(target, png));
  const { width, height } = picture;
  const { model, quality, bpp } = inspect(bytes, { partial: options.partial === true });
  return {
    input: source,
    output: target,
    width,
    height,
    bytes: bytes.length,
    bpp,
    model,
    quality,
    sourceBytes: bytes.length,
    targetBytes: png.length,
    warnings: [],
    timings: timings.finish(),
    ...(job.trace && { trace: byStart(timings.records) }),
  };
}

/** Groups end in any order; their clocks are one. */
function byStart(records: readonly TraceRecord[]): TraceRecord[] {
  return [...records].sort((a, b) => a.startMilliseconds - b.startMilliseconds);
}

/** Adds the model that a file asks for, where it is one of the named and none is given. */
function withModel(
  bytes: Uint8Array,
  options: DecompressJob["options"],
  models: { readonly [name: string]: string },
): DecompressJob["options"] {
  if (options.model !== undefined || Object.keys(models).length === 0) return options;
  const { model } = inspect(bytes, { partial: options.partial === true });
  return Object.hasOwn(models, model) ? { ...options, model: models[model] } : options;
}
