/**
 * Runs the tests and ends with the line `N passed, N failed` (`, N skipped` where tests were ignored).
 *
 * Arguments are handed to `deno test`, e.g. a path or `--filter`. Without arguments, everything runs in two
 * groups beside each other: tests that start processes of their own, and all others with the documentation
 * examples. The output of the tests that start processes is printed last.
 */

/** Folders of `tests/` whose tests start commands, browsers or servers. */
const PROCESS_FOLDERS = [
  "batch",
  "cli",
  "examples",
  "farm",
  "matrix",
  "npm",
  "platform",
  "runtimes",
  "scripts",
  "web",
];

interface Result {
  code: number;
  passed: number;
  failed: number;
  ignored: number;
}

const groups = Deno.args.length > 0 ? [Deno.args] : testGroups();
const outputs: string[] = [];
const results = await Promise.all(groups.map((paths, index) => runGroup(paths, index === 0)));
const total = (key: keyof Result) => results.reduce((sum, result) => sum + result[key], 0);
for (const output of outputs) console.log(output);
const ignored = total("ignored");
console.log(`${total("passed")} passed, ${total("failed")} failed${ignored ? `, ${ignored} skipped` : ""}`);
Deno.exit(Math.max(...results.map((result) => result.code)));

/** What each group runs: the documentation examples and every test, those that start processes apart. */
function testGroups(): string[][] {
  const others = [...Deno.readDirSync("tests")]
    .filter(({ name, isDirectory }) => isDirectory || name.endsWith("_test.ts"))
    .map(({ name }) => name)
    .filter((name) => !PROCESS_FOLDERS.includes(name));
  const inTests = (name: string) => `tests/${name}`;
  return [[...others.map(inTests), "mod.ts", "src", "README.md"], PROCESS_FOLDERS.map(inTests)];
}

/** Runs `deno test`; prints its output at once, or keeps it for the end. */
async function runGroup(paths: string[], printAtOnce: boolean): Promise<Result> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--quiet",
      "--no-prompt",
      "--doc",
      "-R",
      "-W",
      "--allow-run",
      "--allow-env=CI",
      "--allow-net=127.0.0.1",
      ...paths,
    ],
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "inherit",
  });
  const child = command.spawn();
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    if (printAtOnce) await Deno.stdout.write(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  if (!printAtOnce) outputs.push(text);
  const { code, signal } = await child.status;
  const counts = countTests(text);
  if (signal === null || !counts.isComplete) return { code: code || Number(counts.failed > 0), ...counts };
  // A Vulkan driver can end the process while it is unloaded (wgpu's issue 8365). All tests have ended before.
  console.log(`deno test ended by ${signal} after its summary.`);
  return { code: Number(counts.failed > 0), ...counts };
}

/** The counts of the last summary of `deno test`; a run without a summary counts as one failure. */
function countTests(text: string): Omit<Result, "code"> & { readonly isComplete: boolean } {
  const summary = /(\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/g;
  const last = [...text.matchAll(summary)].at(-1);
  if (!last) return { passed: 0, failed: 1, ignored: 0, isComplete: false };
  const [, passed, failed, ignored = 0] = last;
  return { passed: Number(passed), failed: Number(failed), ignored: Number(ignored), isComplete: true };
}
