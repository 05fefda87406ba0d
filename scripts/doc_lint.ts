/**
 * Lints the documentation of each entry point on its own, then of all entry points together without the comments
 * `deno-doc-ignore`. These comments stand where a type is exported by another entry point; the second run fails if no entry
 * point exports it.
 *
 *     deno task doc-lint
 */
const { exports } = JSON.parse(await Deno.readTextFile("deno.json")) as { exports: Record<string, string> };
const entries = Object.values(exports);
const failures: string[] = [];
for (const entry of entries) await lint([entry], ".", `${entry} on its own`);

const copy = await Deno.makeTempDir();
try {
  for (const path of ["deno.json", "deno.lock", "mod.ts"]) await copyFile(path);
  await copyFolder("src");
  await lint(entries, copy, "all entry points together");
} finally {
  await Deno.remove(copy, { recursive: true });
}
for (const failure of failures) console.error(failure);
if (failures.length > 0) Deno.exit(1);

async function lint(paths: readonly string[], folder: string, label: string): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["doc", "--quiet", "--lint", ...paths],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  });
  const { success, stderr } = await command.output();
  if (!success) failures.push(`${label}:\n${new TextDecoder().decode(stderr)}`);
}

async function copyFolder(folder: string): Promise<void> {
  await Deno.mkdir(`${copy}/${folder}`);
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) await copyFolder(`${folder}/${name}`);
    else await copyFile(`${folder}/${name}`);
  }
}

async function copyFile(path: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(`${copy}/${path}`, text.replaceAll(/^ *\/\/ deno-doc-ignore.*\n/gm, ""));
}
