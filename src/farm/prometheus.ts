import { Deno } from "../host/deno_api.ts";
import type { WorkerReport } from "./queue.ts";

const FIGURES:
  readonly (readonly [name: string, kind: "counter" | "gauge", help: string, key: keyof WorkerReport])[] = [
    ["vaerans_jobs_done_total", "counter", "Jobs done.", "done"],
    ["vaerans_jobs_failed_total", "counter", "Jobs sent to the dead letters.", "failed"],
    ["vaerans_read_bytes_total", "counter", "Bytes of sources.", "bytesIn"],
    ["vaerans_written_bytes_total", "counter", "Bytes of targets.", "bytesOut"],
    ["vaerans_jobs_per_second", "gauge", "Jobs a second over the last minute.", "rate"],
    ["vaerans_lanes", "gauge", "Jobs at a time.", "lanes"],
  ];

/** A worker's counts in Prometheus' text format. */
export function prometheusText(report: WorkerReport): string {
  return FIGURES.map(([name, kind, help, key]) =>
    `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${name}{worker="${report.id}"} ${report[key]}\n`
  ).join("");
}

/**
 * Serves them.
 *
 * @param address `HOST:PORT`, or `:PORT` for this machine alone.
 * @param report Gives the counts of now.
 * @returns The server.
 */
export function serveMetrics(address: string, report: () => WorkerReport): Deno.HttpServer {
  const match = address.match(/^(.*):(\d+)$/);
  if (!match) {
    throw new RangeError(
      `Cannot serve metrics: the address must be HOST:PORT or :PORT (got ${address}). Correct --metrics.`,
    );
  }
  return Deno.serve(
    { hostname: match[1] || "127.0.0.1", port: Number(match[2]), onListen: () => {} },
    () =>
      new Response(prometheusText(report()), { headers: { "content-type": "text/plain; version=0.0.4" } }),
  );
}
