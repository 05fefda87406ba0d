/**
 * Runs the tests and ends with the line `N passed, N failed` (`, N skipped` where tests were ignored).
 *
 * Arguments are handed to `deno test`, e.g. a path or `--filter`.
 */
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
    ...testPaths(),
  ],
  env: { NO_COLOR: "1" },
  stdout: "piped",
  stderr: "inherit",
});
const child = command.spawn();
let text = "";
const decoder = new TextDecoder();
for await (const chunk of child.stdout) {
  await Deno.stdout.write(chunk);
  text += decoder.decode(chunk, { stream: true });
}
const { code } = await child.status;
const summary = /(\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/g;
const last = [...text.matchAll(summary)].at(-1);
if (!last) {
  console.log("0 passed, 1 failed");
  Deno.exit(code || 1);
}
const [, passed, failed, ignored] = last;
console.log(`${passed} passed, ${failed} failed${ignored ? `, ${ignored} skipped` : ""}`);
Deno.exit(code);

/** What to run: the arguments, or everything that has tests or documentation examples. */
function testPaths(): string[] {
  return Deno.args.length > 0 ? Deno.args : ["tests", "mod.ts", "src", "README.md"];
}
