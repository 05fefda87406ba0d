/**
 * Runs `deno bench` and records the results in `bench/results/cpu.tsv`, a row per benchmark, with bytes per second and the
 * ratio to a copy of the same bytes in the same run. Nothing else may be running: on a busy machine
 * even the best run of a slow benchmark is several times too long. A GPU's groups are left out: they tell
 * of its adapter, not of this CPU.
 *
 *     deno task bench-record
 */
const { stdout, success } = await new Deno.Command(Deno.execPath(), {
  args: ["bench", "--quiet", "--no-prompt", "-R", "--", "--tsv"],
  env: { NO_COLOR: "1" },
  stdout: "piped",
  stderr: "inherit",
}).output();
if (!success) Deno.exit(1);
const text = new TextDecoder().decode(stdout);
const rows = text.split("\n").filter((line) => line.startsWith("bench\t") && !line.startsWith("bench\tGPU"));
const columns = [
  "group",
  "benchmark",
  "averageNanoseconds",
  "minimumNanoseconds",
  "timesBaseline",
  "megabytesPerSecond",
];
const cpu = text.match(/^ *CPU \| (.+)$/m)?.[1].trim() ?? "unknown CPU";
const runtime = `Deno/${Deno.version.deno} ${Deno.build.target}`;
const today = new Date().toISOString().slice(0, 10);
const lines = [
  `# ${cpu}, ${navigator.hardwareConcurrency} cores, ${runtime}, ${today}`,
  columns.join("\t"),
  ...rows.map((row) => row.slice("bench\t".length)),
];
await Deno.writeTextFile(new URL("../bench/results/cpu.tsv", import.meta.url), lines.join("\n") + "\n");
