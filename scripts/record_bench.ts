/**
 * Runs `deno bench` and records the results in `bench/results/cpu.tsv`, a row a benchmark, with the ratio to its group's
 * baseline (a copy of the same bytes) in the same run. Nothing else should be running. A GPU's groups are left out: they tell
 * of its adapter, not of this CPU.
 *
 *     deno task bench-record
 */
interface BenchFile {
  readonly cpu: string;
  readonly runtime: string;
  readonly benches: readonly {
    readonly group: string | null;
    readonly name: string;
    readonly baseline: boolean;
    readonly results: readonly [
      { readonly ok?: { readonly n: number; readonly min: number; readonly avg: number } },
    ];
  }[];
}

const { stdout, success } = await new Deno.Command(Deno.execPath(), {
  args: ["bench", "--quiet", "--no-prompt", "--json", "-R", "bench"],
  env: { NO_COLOR: "1" },
  stdout: "piped",
  stderr: "inherit",
}).output();
if (!success) Deno.exit(1);
const text = new TextDecoder().decode(stdout);
const file: BenchFile = JSON.parse(text.slice(text.indexOf("{\n")));

const baselines = new Map<string, number>();
for (const { group, baseline, results: [{ ok }] } of file.benches) {
  if (baseline && ok) baselines.set(group ?? "", ok.min);
}
const lines = [
  `# ${file.cpu}, ${navigator.hardwareConcurrency} cores, ${file.runtime}, ${
    new Date().toISOString().slice(0, 10)
  }`,
  ["group", "benchmark", "averageNanoseconds", "minimumNanoseconds", "timesBaseline"].join("\t"),
];
for (const { group, name, results: [{ ok }] } of file.benches) {
  if (!ok || group?.startsWith("GPU")) continue;
  const ratio = ok.min / (baselines.get(group ?? "") ?? NaN);
  lines.push([group, name, ok.avg.toFixed(0), ok.min.toFixed(0), ratio.toFixed(2)].join("\t"));
}
await Deno.writeTextFile(new URL("../bench/results/cpu.tsv", import.meta.url), lines.join("\n") + "\n");
