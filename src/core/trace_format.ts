import type { TraceRecord, TraceTensor } from "./trace.ts";

/**
 * Records as a table for a terminal: a step a line, with its batch, outputs, bytes, time, share of the time and, where it
 * was estimated, entropy.
 */
export function traceTable(records: readonly TraceRecord[]): string {
  const total = records.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const withGpu = records.some(({ gpuMilliseconds }) => gpuMilliseconds !== undefined);
  const withEntropy = records.some(({ entropyBits }) => entropyBits !== undefined);
  const header = ["step", "n", "output", "bytes", "ms", "%"];
  if (withGpu) header.push("GPU ms");
  if (withEntropy) header.push("entropy, bytes");
  const rows = records.map((record) => {
    const row = [
      record.step,
      String(record.entities.length),
      record.error === undefined ? outputsOf(record.tensors) : "failed",
      record.byteLength.toLocaleString("en"),
      record.milliseconds.toFixed(2),
      (total === 0 ? 0 : 100 * record.milliseconds / total).toFixed(1),
    ];
    if (withGpu) row.push(record.gpuMilliseconds?.toFixed(2) ?? "");
    if (withEntropy) {
      const { entropyBits } = record;
      row.push(entropyBits === undefined ? "" : Math.ceil(entropyBits / 8).toLocaleString("en"));
    }
    return row;
  });
  const last = header.map(() => "");
  [last[0], last[4]] = ["total", total.toFixed(2)];
  const lines = [header, ...rows, last];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  // Step and output are text, the others numbers.
  const cell = (text: string, column: number) =>
    column === 0 || column === 2 ? text.padEnd(widths[column]) : text.padStart(widths[column]);
  return lines.map((line) => line.map(cell).join("  ").trimEnd()).join("\n");
}

/** The first entity's tensors stand for the batch, as they differ in size only. */
function outputsOf(tensors: readonly TraceTensor[]): string {
  const first = tensors.filter(({ entity }) => entity === tensors[0].entity);
  const names = new Map<string, { text: string; count: number }>();
  for (const { component, field, dtype, shape } of first) {
    const seen = names.get(`${component}.${field}`);
    if (seen) seen.count++;
    else names.set(`${component}.${field}`, { text: `${component} ${dtype} ${shape.join("×")}`, count: 1 });
  }
  return [...names.values()].map(({ text, count }) => count === 1 ? text : `${text} +${count - 1}`).join(
    ", ",
  );
}

/** An event of the trace format: times in microseconds. */
interface ChromeEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: "X";
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly [name: string]: unknown };
}

/** Rows of wall time, and rows of time on the GPU: what the format calls processes. */
const WALL_ROWS = 1, GPU_ROWS = 2;

/**
 * Records as the text of a trace file for `chrome://tracing` or Perfetto: complete events ("ph": "X") of the Trace Event
 * Format. Process 1 is wall time, process 2 time on the GPU; steps that ran at the same time, as groups of a large picture
 * do in workers, lie in rows of their own.
 */
export function chromeTrace(records: readonly TraceRecord[]): string {
  const rowEnds: number[] = [];
  const sorted = [...records].sort((a, b) => a.startMilliseconds - b.startMilliseconds);
  const traceEvents = sorted.flatMap((record): ChromeEvent[] => {
    const { step, startMilliseconds, milliseconds, gpuMilliseconds, ...args } = record;
    const free = rowEnds.findIndex((end) => end <= startMilliseconds);
    const row = free < 0 ? rowEnds.length : free;
    rowEnds[row] = startMilliseconds + milliseconds;
    const event: ChromeEvent = {
      name: step,
      cat: "pipe",
      ph: "X",
      ts: 1000 * startMilliseconds,
      dur: 1000 * milliseconds,
      pid: WALL_ROWS,
      tid: row + 1,
      args,
    };
    if (gpuMilliseconds === undefined) return [event];
    return [event, { ...event, cat: "gpu", pid: GPU_ROWS, dur: 1000 * gpuMilliseconds }];
  });
  return JSON.stringify({ displayTimeUnit: "ms", traceEvents });
}
