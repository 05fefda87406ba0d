import {
  compress,
  decodePicture,
  decompress,
  encodePng,
  type FileSource,
  inspect,
  type TraceRecord,
} from "../../mod.ts";
import { compressOn } from "../codec/compress.ts";
import type { GroupEngine } from "../codec/group_engine.ts";
import { visiblePsnr } from "../codec/picture_score.ts";
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
  // A lossless file has been decoded and compared already.
  const measuredPsnr = async () =>
    options.lossless ? Infinity : visiblePsnr(
      toEightBits(picture),
      await timings.measure("decompress", () => decompress(bytes, { ...own, onStep })),
    );
  const decibels = job.measurePsnr ? await measuredPsnr() : undefined;
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
  const options = await about(source, () => withModel(file, job.options, models));
  const picture = await about(
    source,
    () => timings.measure("decompress", () => decompress(file, { ...options, keepDepth: true, onStep })),
  );
  const png = await timings.measure("png", () => encodePng(picture));
  await timings.measure("write", () => files.write(target, png));
  const { width, height } = picture;
  const { bytes, model, quality, bpp } = await inspect(file, { partial: options.partial === true });
  return {
    input: source,
    output: target,
    width,
    height,
    bytes,
    bpp,
    model,
    quality,
    sourceBytes,
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
async function withModel(
  file: FileSource,
  options: DecompressJob["options"],
  models: { readonly [name: string]: string },
): Promise<DecompressJob["options"]> {
  if (options.model !== undefined || Object.keys(models).length === 0) return options;
  const { model } = await inspect(file, { partial: options.partial === true });
  return Object.hasOwn(models, model) ? { ...options, model: models[model] } : options;
}
