/**
 * Builds the npm package from the sources: `deno task npm` writes `dist/vaerans-VERSION.tgz`.
 *
 * The package has the layout of the sources, in JavaScript with declarations. Files are those that its entry points reach. For
 * runtimes that compile no WebAssembly from bytes (workerd), its modules lie beside them as files.
 */
import ts from "typescript";
import { buildPageScripts } from "../src/web/build.ts";
import { sourceFingerprint } from "../src/web/source_fingerprint.ts";
import { wasmBytes, type WasmText } from "../src/host/wasm.ts";

/** Entry points that decode or encode in workerd. */
const WORKERD_ENTRIES: readonly string[] = ["./decode", "./encode"];
/** Packages that a user installs for what needs them. */
const OPTIONAL: readonly string[] = ["onnxruntime-web"];
/** Packages that the sources name at run time only. */
const NAMED_AT_RUN_TIME: Readonly<Record<string, string>> = { "@deno/shim-deno": "0.19.2" };

const ROOT = new URL("../", import.meta.url), OUT = new URL("dist/npm/", ROOT);
const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
const entries = Object.entries<string>(config.exports);

const sources = await reachable(entries.map(([, path]) => path.replace(/^\.\//, "")));
const gpuNames = new Set<string>();
const versions: Record<string, string> = { ...NAMED_AT_RUN_TIME };
await Deno.remove(OUT, { recursive: true }).catch(() => {});
await writeSources();
await writeWasm();
await buildPageScripts(new URL("page", OUT).pathname);
await writeClientTypes();
await writePackage();
await pack();
await write("fingerprint.txt", await sourceFingerprint());

/** The sources that some are made of, by imports, dynamic imports and addresses of workers. */
async function reachable(from: readonly string[]): Promise<string[]> {
  const found = new Set(from);
  for (const path of found) {
    const text = (await Deno.readTextFile(new URL(path, ROOT))).replaceAll(/^\s*(?:\/?\*|\/\/).*$/gm, "");
    for (const [, target] of text.matchAll(/(?:\bfrom|\bimport|\bURL)\s*\(?\s*"(\.{1,2}\/[^"]+\.ts)"/g)) {
      found.add(new URL(target, `file:///${path}`).pathname.slice(1));
    }
  }
  return [...found].sort();
}

/** Compiles the sources with TypeScript. */
async function writeSources(): Promise<void> {
  const types = "/deno.d.ts", texts = new Map<string, string>();
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["types"] }).output();
  texts.set(types, new TextDecoder().decode(stdout));
  texts.set("/deno.json", JSON.stringify({ name: config.name, version: config.version }));
  for (const path of sources) {
    texts.set(`/${path}`, withBareNames(await Deno.readTextFile(new URL(path, ROOT))));
  }
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.asynciterable.d.ts"],
    types: [],
    strict: true,
    declaration: true,
    stripInternal: true,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    rootDir: "/",
    outDir: "/out",
  };
  const host = ts.createCompilerHost(options), { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, ...rest) => {
    const text = texts.get(name);
    return text === undefined
      ? getSourceFile.call(host, name, ...rest)
      : ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true);
  };
  host.fileExists = (name) => texts.has(name) || (name.includes("/node_modules/") && fileExists(name));
  host.readFile = (name) => texts.get(name) ?? readFile(name);
  host.getCurrentDirectory = () => "/";
  const written: Promise<void>[] = [];
  host.writeFile = (name, text) => {
    if (name.startsWith("/out/")) written.push(write(name.slice("/out/".length), finished(name, text)));
  };
  ts.createProgram([types, ...sources.map((path) => `/${path}`)], options, host).emit();
  await Promise.all(written);
  const interfaces = [...gpuNames].sort().map((name) => `interface ${name} {}\n`);
  await write("gpu.d.ts", interfaces.join(""));
}

/** `npm:name@1.2.3/path` becomes `name/path`; the version becomes one of the package's dependencies. */
function withBareNames(text: string): string {
  return text.replaceAll(
    /"npm:((?:@[^/"]+\/)?[^@/"]+)@([^/"]+)((?:\/[^"]*)?)"/g,
    (_, name, version, path) => {
      versions[name] = version;
      return `"${name}${path}"`;
    },
  );
}

/** Addresses of workers and specifiers in declarations, which the compiler leaves alone. */
function finished(name: string, text: string): string {
  const links = text.replaceAll(/(\bnew URL\(\s*"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"');
  return name.endsWith(".d.ts")
    ? withGpuTypes(name, links.replaceAll(/((?:\bfrom|\bimport)\s*\(?\s*"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"'))
    : links;
}

/**
 * TypeScript knows the types of WebGPU from version 6 on. Empty interfaces of their names, which merge with the real ones where
 * these are known, let older versions read the declarations.
 */
function withGpuTypes(name: string, text: string): string {
  const names = text.replaceAll(/\/\*.*?\*\//gs, "").match(/(?<![\w.])GPU[A-Z]\w*/g) ?? [];
  if (names.length === 0) return text;
  for (const found of names) gpuNames.add(found);
  const up = "../".repeat(name.slice("/out/".length).split("/").length - 1) || "./";
  return `/// <reference path="${up}gpu.d.ts" />\n${text}`;
}

/** The WebAssembly as files, and the entry points that import them. */
async function writeWasm(): Promise<void> {
  const names: string[] = [];
  for (const path of sources.filter((path) => path.endsWith("_wasm.ts"))) {
    const module: Record<string, WasmText> = await import(new URL(path, ROOT).href);
    for (const text of Object.values(module)) {
      if (typeof text.characters !== "string" || text.name.endsWith("plain")) continue;
      await write(`wasm/${text.name}.wasm`, wasmBytes(text));
      names.push(text.name);
    }
  }
  const imports = names.map((name, i) => `import module${i} from "../wasm/${name}.wasm";`);
  const given = names.map((name, i) => `  "${name}": module${i},`);
  await write(
    "workerd/wasm.js",
    [
      ...imports,
      'import { setWasmModules } from "../src/host/wasm.js";',
      "",
      "setWasmModules({",
      ...given,
      "});",
      "",
    ].join("\n"),
  );
  for (const entry of WORKERD_ENTRIES) {
    const path = config.exports[entry].replace(/^\.\//, "../").replace(/\.ts$/, ".js");
    await write(`workerd${entry.slice(1)}.js`, `import "./wasm.js";\nexport * from "${path}";\n`);
  }
}

/** Types of imports that the Vite plugin answers: `/// <reference types="@vaerans/vaerans/client" />`. */
async function writeClientTypes(): Promise<void> {
  const module = (ending: string) =>
    [
      `declare module "*${ending}" {`,
      `  const picture: import("${config.name}/vite").VaerPicture;`,
      "  export default picture;",
      "}",
      "",
    ].join("\n");
  const element = 'declare module "virtual:vaerans/element" {}\n';
  await write("client.d.ts", ["?vaer", "&vaer"].map(module).join("") + element);
}

async function writePackage(): Promise<void> {
  const javaScript = (path: string) => path.replace(/\.ts$/, ".js");
  const exports = Object.fromEntries(entries.map(([name, path]) => [name, {
    types: path.replace(/\.ts$/, ".d.ts"),
    ...WORKERD_ENTRIES.includes(name) && { workerd: `./workerd${name.slice(1)}.js` },
    default: javaScript(path),
  }]));
  const required = Object.entries(versions).filter(([name]) => !OPTIONAL.includes(name)).sort();
  const description = {
    name: config.name,
    version: config.version,
    description: "Lossy and lossless image codec: a small VAE, wavelets and rANS",
    license: config.license,
    type: "module",
    engines: { node: ">=20.16" },
    bin: { vaerans: "./bin/vaerans.js" },
    exports: {
      ...exports,
      "./client": { types: "./client.d.ts" },
      "./page/*": "./page/*",
      "./models/*": "./models/*",
      "./package.json": "./package.json",
    },
    sideEffects: true,
    dependencies: Object.fromEntries(required),
    peerDependencies: Object.fromEntries(OPTIONAL.map((name) => [name, `^${versions[name]}`])),
    peerDependenciesMeta: Object.fromEntries(OPTIONAL.map((name) => [name, { optional: true }])),
  };
  await write("package.json", JSON.stringify(description, null, 2) + "\n");
  await write("deno.json", JSON.stringify({ name: config.name, version: config.version }) + "\n");
  await write(
    "bin/vaerans.js",
    '#!/usr/bin/env node\nimport { main } from "../src/cli/main.js";\n\nprocess.exit(await main(process.argv.slice(2)));\n',
  );
  await Deno.chmod(new URL("bin/vaerans.js", OUT), 0o755);
  for (const name of ["README.md", "CHANGELOG.md", "LICENSE"]) {
    await write(name, await Deno.readFile(new URL(name, ROOT)));
  }
  for await (const { name: model, isDirectory } of Deno.readDir(new URL("models/", ROOT))) {
    if (!isDirectory) continue;
    for await (const { name } of Deno.readDir(new URL(`models/${model}/`, ROOT))) {
      await write(`models/${model}/${name}`, await Deno.readFile(new URL(`models/${model}/${name}`, ROOT)));
    }
  }
}

/** A tarball as npm makes it: one folder, `package`. */
async function pack(): Promise<void> {
  const name = `vaerans-${config.version}.tgz`;
  const { code, stderr } = await new Deno.Command("tar", {
    args: ["-czf", name, "--transform=s,^npm,package,", "npm"],
    cwd: new URL("dist/", ROOT),
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  const { size } = await Deno.stat(new URL(`dist/${name}`, ROOT));
  console.log(`dist/${name}: ${(size / 1e6).toFixed(1)} MB, ${sources.length} modules`);
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  const url = new URL(path, OUT);
  await Deno.mkdir(new URL(".", url), { recursive: true });
  await (typeof content === "string" ? Deno.writeTextFile(url, content) : Deno.writeFile(url, content));
}
