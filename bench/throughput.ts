/**
 * Benchmarks with throughput. `deno bench` prints times only, so each run is also timed here, and when a file's benchmarks
 * are done a table gives bytes per second and the ratio to a copy of the same bytes. With the argument `--tsv`
 * (`deno bench -R -- --tsv`) it is tab-separated.
 */

/** Benchmarks that process the same data. */
export interface BenchGroup {
  /** Title, with the data's size. */
  readonly name: string;
  /** Size in memory of what one run processes, as its input or, for decoders, its output. */
  readonly bytes: number;
  /** Pixels of it, where it is a picture. */
  readonly pixels?: number;
  /** Runs of slow benchmarks; without it `deno bench` runs each for half a second. */
  readonly runs?: number;
  /** A copy of the bytes on another device; by default in this process's memory. */
  readonly copy?: () => unknown;
  /** Why the group cannot run here, e.g. because a permission is missing. */
  readonly skipReason?: string;
}

/** One benchmark of a group: a name that no other group has, and one run. */
export type Subject = readonly [name: string, run: () => unknown];

interface Timing {
  readonly group: BenchGroup;
  readonly name: string;
  readonly milliseconds: number[];
}

/** Runs whose times count; a copy of a few kilobytes runs millions of times. */
const MAX_TIMINGS = 100_000;
const COPY = "memory copy";

const timings: Timing[] = [];

/**
 * Registers a group: first a copy of its bytes, the baseline, then its benchmarks.
 *
 * @param group What is processed.
 * @param subjects The benchmarks.
 */
export function benchGroup(group: BenchGroup, subjects: readonly Subject[]): void {
  if (group.skipReason !== undefined) return console.log(`${group.name}: skipped, ${group.skipReason}`);
  for (const [index, [name, run]] of [copyOf(group), ...subjects].entries()) {
    const timing: Timing = { group, name, milliseconds: [] };
    timings.push(timing);
    Deno.bench({
      name: `${name}, ${group.name}`,
      group: group.name,
      baseline: index === 0,
      ...(group.runs !== undefined && index > 0 && { n: group.runs, warmup: 1 }),
      fn: isAsync(run) ? async () => await timeAsync(timing, run) : () => time(timing, run),
    });
  }
}

/** Whether this process may read a path, or everything; on a terminal Deno asks. */
export async function mayRead(path?: URL): Promise<boolean> {
  return (await Deno.permissions.request({ name: "read", ...path && { path } })).state === "granted";
}

function copyOf({ bytes, copy }: BenchGroup): Subject {
  if (copy) return [COPY, copy];
  const source = new Uint8Array(bytes).fill(1), target = new Uint8Array(bytes);
  return [COPY, () => target.set(source)];
}

function isAsync(run: () => unknown): boolean {
  return run.constructor.name === "AsyncFunction";
}

function time(timing: Timing, run: () => unknown): void {
  const start = performance.now();
  run();
  note(timing, performance.now() - start);
}

async function timeAsync(timing: Timing, run: () => unknown): Promise<void> {
  const start = performance.now();
  await run();
  note(timing, performance.now() - start);
}

function note({ milliseconds }: Timing, elapsed: number): void {
  if (milliseconds.length < MAX_TIMINGS) milliseconds.push(elapsed);
  else if (elapsed < milliseconds[0]) milliseconds[0] = elapsed;
}

/** The best time of the copy; measured now where `--filter` left its benchmark out. */
function copyMilliseconds(group: BenchGroup): number {
  const copy = timings.find((timing) => timing.group === group && timing.name === COPY)!;
  if (copy.milliseconds.length === 0) {
    const [, run] = copyOf(group);
    for (let i = 0; i < 100; i++) time(copy, run);
  }
  return least(copy.milliseconds);
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

function printTable(): void {
  const asTsv = Deno.args.includes("--tsv");
  const ran = timings.filter(({ milliseconds }) => milliseconds.length > 0);
  for (const group of new Set(ran.map((timing) => timing.group))) {
    if (!asTsv) console.log(`\n${group.name}, ${(group.bytes / 1000).toFixed(1)} kB, best run:`);
    const copy = copyMilliseconds(group);
    for (const { name, milliseconds } of ran.filter((timing) => timing.group === group)) {
      const best = least(milliseconds);
      const average = milliseconds.reduce((a, b) => a + b, 0) / milliseconds.length;
      const megabytesPerSecond = group.bytes / 1000 / best, timesCopy = best / copy;
      if (asTsv) {
        const nanoseconds = [average, best].map((time) => (1e6 * time).toFixed(0));
        const rates = [timesCopy.toFixed(2), megabytesPerSecond.toFixed(megabytesPerSecond < 100 ? 2 : 0)];
        console.log(["bench", group.name, name, ...nanoseconds, ...rates].join("\t"));
        continue;
      }
      const megapixels = group.pixels === undefined
        ? ""
        : `  ${(group.pixels / 1000 / best).toFixed(2).padStart(9)} megapixels/s`;
      console.log(
        `  ${name.padEnd(36)} ${megabytesPerSecond.toFixed(1).padStart(9)} MB/s${megapixels}  ${
          timesCopy.toFixed(1).padStart(8)
        } × memory copy`,
      );
    }
  }
}

globalThis.addEventListener("unload", printTable);
