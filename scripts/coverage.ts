/**
 * Runs the tests (arguments are handed on) and tells how much of `src/` they ran, the processes and workers they start
 * included, and which files none of them loaded: those are not in the sum (files of types alone never are). Ends with exit
 * code 1 when a test fails or fewer than 90% of the lines ran.
 */
import { sourceFiles } from "./source_files.ts";

const LEAST_PERCENT = 90;

const folder = await Deno.makeTempDir();
try {
  const tests = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-R", "--allow-run", "scripts/test.ts", ...Deno.args],
    env: { DENO_COVERAGE_DIR: folder },
  }).spawn().status;
  await dropCutShort(folder);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["coverage", "--quiet", "--lcov", `--include=^${new URL("../src/", import.meta.url).href}`, folder],
  }).output();
  if (!success) throw new Error(`deno coverage failed: ${new TextDecoder().decode(stderr)}`);
  const files = linesOf(new TextDecoder().decode(stdout));
  const sum = (key: "found" | "hit") => files.reduce((total, file) => total + file[key], 0);
  for (const { path, found, hit } of files.filter(({ found, hit }) => hit < found * LEAST_PERCENT / 100)) {
    console.log(`${path}: ${hit} of ${found} lines`);
  }
  const loaded = new Set(files.map(({ path }) => path));
  const missing = (await Array.fromAsync(sourceFiles("src"))).filter((path) => !loaded.has(path));
  console.log(`not loaded, or of types alone: ${missing.sort().join(", ") || "none"}`);
  const percent = 100 * sum("hit") / sum("found");
  console.log(`${files.length} files, ${sum("hit")} of ${sum("found")} lines: ${percent.toFixed(1)}%`);
  if (!tests.success || !(percent >= LEAST_PERCENT)) Deno.exitCode = 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Removes what processes that tests kill had half-written: `deno coverage` gives up over one such file. */
async function dropCutShort(folder: string): Promise<void> {
  const decoder = new TextDecoder();
  for await (const { name, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isFile && !decoder.decode(await Deno.readFile(path)).trimEnd().endsWith("}")) await Deno.remove(path);
  }
}

/** Lines found and hit of each file of an lcov report. */
function linesOf(report: string): { path: string; found: number; hit: number }[] {
  const root = new URL("..", import.meta.url).pathname;
  return report.split("end_of_record").map((record) => ({
    path: (/^SF:(.*)$/m.exec(record)?.[1] ?? "").replace(root, ""),
    found: Number(/^LF:(\d+)$/m.exec(record)?.[1] ?? 0),
    hit: Number(/^LH:(\d+)$/m.exec(record)?.[1] ?? 0),
  })).filter(({ found }) => found > 0);
}
