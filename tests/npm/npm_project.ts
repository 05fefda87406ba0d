import { assertEquals } from "@std/assert";
import { sourceFingerprint } from "../../src/web/source_fingerprint.ts";
import { withFolder } from "../with_folder.ts";

export const ROOT = new URL("../../", import.meta.url);

/** Runs a program in a folder; throws with its error output if it fails. */
export async function run(cwd: string, program: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, `${program} ${args.join(" ")}: ${err}${out}`);
  return out;
}

/** Whether a program runs with an argument. */
export async function runs(name: string, argument = "--version"): Promise<boolean> {
  try {
    return (await new Deno.Command(name, { args: [argument] }).output()).success;
  } catch {
    return false;
  }
}

/** Options of tests that install packages: they are ignored without npm or its registry, except in CI. */
export const NPM_TEST: { readonly ignore: boolean } = await needsNpm();

async function needsNpm(): Promise<{ ignore: boolean }> {
  if (Deno.env.get("CI") !== undefined) return { ignore: false };
  const reason = !await runs("node") || !await runs("npm")
    ? "there is no Node with npm"
    : await runs("npm", "ping")
    ? undefined
    : "npm's registry does not answer";
  if (reason) console.log(`Tests of the npm package are ignored: ${reason}`);
  return { ignore: reason !== undefined };
}

/** Builds the package unless this was done from the same sources; its path. */
async function tarball(): Promise<string> {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const path = new URL(`dist/vaerans-${version}.tgz`, ROOT).pathname;
  const built = await Deno.readTextFile(new URL("dist/npm/fingerprint.txt", ROOT)).catch(() => "");
  if (built !== await sourceFingerprint()) {
    await run(ROOT.pathname, Deno.execPath(), "task", "--quiet", "npm");
  }
  return path;
}

/**
 * A project of its own, in which the package is installed from its tarball.
 *
 * @param packages Other packages, with versions.
 * @param work What to do in its folder.
 */
export async function withProject(
  packages: readonly string[],
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const path = await tarball();
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/package.json`, '{ "private": true, "type": "module" }');
    await run(folder, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", path, ...packages);
    await work(folder);
  });
}

/** Serves a folder on this machine, with a policy for its pages, while `work` runs. */
export async function withServedFolder(
  folder: string,
  prefix: string,
  work: (address: string) => Promise<void>,
): Promise<void> {
  const types: { [ending: string]: string } = {
    html: "text/html",
    js: "text/javascript",
    css: "text/css",
    wasm: "application/wasm",
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith(prefix)) return new Response("not here", { status: 404 });
    const name = pathname.slice(prefix.length) || "index.html";
    const bytes = await Deno.readFile(`${folder}/${name}`).catch(() => undefined);
    const type = types[name.split(".").at(-1)!] ?? "application/octet-stream";
    return bytes
      ? new Response(bytes, { headers: { "content-type": type } })
      : new Response("not here", { status: 404 });
  });
  try {
    await work(`http://127.0.0.1:${server.addr.port}${prefix}`);
  } finally {
    await server.shutdown();
  }
}
