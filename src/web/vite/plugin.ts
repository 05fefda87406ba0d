import config from "../../../deno.json" with { type: "json" };
import { checkNames } from "../../core/option_rules.ts";
import type { CompressOptions } from "../../codec/options.ts";
import { fingerprintOf, type PageFiles, pageFiles, pathOf } from "./page_files.ts";
import { pictureFiles } from "./picture_files.ts";
import { type FallbackFormat, pictureRequestOf } from "./picture_request.ts";

/** Options of {@linkcode vaerans}. */
export interface VaeransPluginOptions {
  /** Options of `compress` for imports whose query says nothing else; quality 50 by default. */
  // deno-doc-ignore private-type-ref -- the main entry point exports it
  readonly compress?: CompressOptions;
  /**
   * Formats of the files for browsers without scripts or WebAssembly, the last one for all browsers; empty for none.
   * `["avif", "jpeg"]` by default. A picture with transparency gets PNG in place of JPEG.
   */
  readonly fallback?: readonly ("avif" | "jpeg" | "webp" | "png")[];
}

/** A plugin as Vite takes it: the part of Vite's own type that is used here. */
export interface VaeransPlugin {
  /** Name in messages. */
  readonly name: string;
  /** Before Vite's own handling of pictures. */
  readonly enforce: "pre";
  /** Keeps the package out of Vite's bundle of dependencies, which would move its files, and lets workers have parts. */
  config(): {
    optimizeDeps: { exclude: string[] };
    worker: { format: "es"; plugins: () => VaeransPlugin[] };
  };
  /** Takes the settings that hold. */
  configResolved(resolved: {
    readonly base: string;
    readonly cacheDir: string;
    readonly command: "build" | "serve";
    readonly build: { readonly assetsDir: string };
  }): void;
  /** Serves the page's scripts and models during development. */
  configureServer(server: {
    readonly middlewares: {
      use(
        handler: (
          request: { readonly url?: string },
          response: { setHeader(name: string, value: string): unknown; end(body: Uint8Array): unknown },
          next: (error?: unknown) => void,
        ) => void,
      ): unknown;
    };
  }): void;
  /** Names the module that defines the element. */
  resolveId(id: string): string | undefined;
  /** Gives the module of a picture, or the one that defines the element. */
  load(
    this: { addWatchFile(path: string): void },
    id: string,
    options?: { readonly ssr?: boolean },
  ): Promise<string | undefined>;
  /** Sets the address of the models in modules of this package. */
  transform(code: string, id: string): { code: string; map: null } | undefined;
  /** Writes the address of the page's scripts and models, from a chunk's own. */
  renderChunk(
    code: string,
    chunk: { readonly fileName: string },
    options: { readonly format: string },
  ): Promise<{ code: string; map: null } | undefined>;
  /** Adds the page's scripts and models to what is built. */
  generateBundle(
    this: { emitFile(file: { type: "asset"; fileName: string; source: Uint8Array }): string },
  ): Promise<void>;
}

const { name: PACKAGE, version: VERSION } = config;
const ELEMENT = "virtual:vaerans/element", RESOLVED_ELEMENT = `\0${ELEMENT}`;
const ELEMENT_SCRIPT = "vaer-img.js";
/** Stands for the address of the folder until the place of the chunk is known. */
const FOLDER = "__VAERANS_PAGE_FOLDER__";
/** Stands for the path of the folder in the site until its name is known. */
const FOLDER_PATH = "__VAERANS_FOLDER_PATH__";
const DEVELOPMENT_FOLDER = "@vaerans/";
/** Module of this package that knows where models are, and its expression for that. */
const ASSETS_MODULE = /\/src\/models\/assets\.[jt]s$/,
  MODELS_ADDRESS = 'new URL("../../models/", import.meta.url)';
/** Module of this package without which nothing is encoded. */
const ENCODING_MODULE = /\/src\/codec\/compress\.[jt]s$/;

/**
 * The plugin for Vite, and for what is made of Vite: Astro, SvelteKit, Nuxt.
 *
 * An import of a picture with `?vaer` compresses it when the site is built (or when it is first asked for in development), and
 * gives a {@linkcode VaerPicture}. Results are kept in Vite's cache folder. Scripts and models for pages are served in
 * development, and copied into the built site if it uses them.
 *
 * @param options Defaults for all imports.
 * @returns The plugin.
 *
 * @example vite.config.js
 * ```ts ignore
 * import { defineConfig } from "vite";
 * import { vaerans } from "@vaerans/vaerans/vite";
 *
 * export default defineConfig({ plugins: [vaerans()] });
 * ```
 *
 * @example A page
 * ```ts ignore
 * import hero from "./hero.jpg?vaer&bytes=20000";
 *
 * document.body.innerHTML = hero.html("A sunset over the sea");
 * ```
 */
export function vaerans(options: VaeransPluginOptions = {}): VaeransPlugin {
  checkNames("use the plugin", options, ["compress", "fallback"]);
  return plugin({ options: options.compress ?? {}, fallback: options.fallback ?? ["avif", "jpeg"] });
}

/** The plugin; workers are built with one that shares what the files are used for. */
function plugin(
  defaults: { readonly options: CompressOptions; readonly fallback: readonly FallbackFormat[] },
  used = { page: false, decoding: false, encoding: false },
): VaeransPlugin {
  let base = "/", cache = "", isBuild = false, assetsFolder = "";
  let files: Promise<PageFiles> | undefined;
  const allFiles = () => files ??= pageFiles(cache, VERSION);
  /** Those that the site uses. */
  const usedFiles = async () =>
    [...await allFiles()].filter(([name]) =>
      name !== ELEMENT_SCRIPT &&
      (name.endsWith(".js") ? used.page : used.encoding || !name.endsWith("encoder.onnx"))
    );
  const folderName = async () => `${assetsFolder}vaerans-${await fingerprintOf(await allFiles())}/`;

  return {
    name: "vaerans",
    enforce: "pre",
    config: () => ({
      optimizeDeps: { exclude: [PACKAGE] },
      worker: { format: "es", plugins: () => [plugin(defaults, used)] },
    }),
    configResolved(resolved) {
      base = resolved.base;
      cache = `${resolved.cacheDir}/vaerans`;
      isBuild = resolved.command === "build";
      // Nuxt's name of the folder has slashes at its ends.
      assetsFolder = resolved.build.assetsDir.replace(/^\/+|\/+$/g, "");
      if (assetsFolder !== "") assetsFolder += "/";
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const [path] = (request.url ?? "").split("?"), at = path.indexOf(`/${DEVELOPMENT_FOLDER}`);
        if (at < 0) return next();
        allFiles().then((files) => {
          const name = path.slice(at + 1 + DEVELOPMENT_FOLDER.length), bytes = files.get(name);
          if (!bytes) return next();
          response.setHeader(
            "content-type",
            name.endsWith(".js") ? "text/javascript" : "application/octet-stream",
          );
          response.end(bytes);
        }).catch(next);
      });
    },
    resolveId: (id) => id === ELEMENT ? RESOLVED_ELEMENT : undefined,
    async load(id, { ssr = false } = {}) {
      if (id === RESOLVED_ELEMENT) {
        if (ssr) return "export {};";
        used.page = true;
        // Some frameworks write small scripts into their pages, so that the chunk's own address says nothing.
        const folder = !isBuild
          ? JSON.stringify(base + DEVELOPMENT_FOLDER)
          : hasPlace(base)
          ? JSON.stringify(base + FOLDER_PATH)
          : FOLDER;
        return elementModule((await allFiles()).get(ELEMENT_SCRIPT)!, folder);
      }
      const request = pictureRequestOf(id, defaults);
      if (!request) return undefined;
      this.addWatchFile(request.path);
      const { path, fallback, ...size } = await pictureFiles(request, cache, VERSION);
      return pictureModule(path, fallback, size);
    },
    transform(code, id) {
      const [path] = id.split("?");
      if (ENCODING_MODULE.test(path)) used.encoding = true;
      if (!ASSETS_MODULE.test(path) || !code.includes(MODELS_ADDRESS)) return undefined;
      used.decoding = true;
      const folder = isBuild ? FOLDER : `${JSON.stringify(base + DEVELOPMENT_FOLDER)}`;
      const address = `new URL(${folder} + "models/", globalThis.location?.href ?? import.meta.url)`;
      return { code: code.replace(MODELS_ADDRESS, address), map: null };
    },
    async renderChunk(code, { fileName }, { format }) {
      if (!code.includes(FOLDER) && !code.includes(FOLDER_PATH)) return undefined;
      const name = await folderName();
      const up = "../".repeat(fileName.split("/").length - 1);
      const own = format === "es" ? "import.meta.url" : "self.location.href";
      const address = `new URL(${JSON.stringify(up + name)}, ${own}).href`;
      return { code: code.replaceAll(FOLDER, address).replaceAll(FOLDER_PATH, name), map: null };
    },
    async generateBundle() {
      if (!used.page && !used.decoding) return;
      const folder = await folderName();
      for (const [name, source] of await usedFiles()) {
        this.emitFile({ type: "asset", fileName: folder + name, source });
      }
    },
  };
}

/** Whether a site is built for one place on its server, and not to lie anywhere. */
function hasPlace(base: string): boolean {
  return /^(?:\/|https?:)/.test(base);
}

/**
 * The module that defines the element. The script is a part of it and is not loaded from the folder: browsers download the
 * fallback of elements that are not defined yet, and waiting for another script would need `await` at the top of modules.
 */
function elementModule(script: Uint8Array, folder: string): string {
  const text = new TextDecoder().decode(script)
    .replace(/new URL\("\.\/(.*?)",\s*import\.meta\.url\)/, (_, name) => `${folder} + "${name}"`);
  return [
    // Workers may import pictures, and several scripts that are written into one page have a copy each.
    'if (typeof document === "object" && !customElements.get("vaer-img")) try {',
    text,
    // Where the element cannot be defined, the importing module must run: the fallback is shown.
    "} catch (error) { console.warn(error); }",
    "",
  ].join("\n");
}

/** The module that an import of a picture gives. Vite makes the addresses of its files. */
function pictureModule(
  path: string,
  fallback: readonly { readonly path: string; readonly type: string }[],
  size: { readonly width: number; readonly height: number; readonly bytes: number },
): string {
  const url = (path: string) => JSON.stringify(`${path}?url&no-inline`);
  const helper = pathOf(new URL(`./vaer_picture${/\.[jt]s$/.exec(import.meta.url)}`, import.meta.url));
  return [
    `import ${JSON.stringify(ELEMENT)};`,
    `import { vaerPicture } from ${JSON.stringify(helper)};`,
    `import src from ${url(path)};`,
    ...fallback.map(({ path }, i) => `import file${i} from ${url(path)};`),
    `const fallback = [${
      fallback.map(({ type }, i) => `{ src: file${i}, type: ${JSON.stringify(type)} }`).join(", ")
    }];`,
    `export default vaerPicture({ src, fallback, ...${JSON.stringify(size)} });`,
    "",
  ].join("\n");
}
