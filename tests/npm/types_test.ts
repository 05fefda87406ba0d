import { assertEquals } from "@std/assert";
import { NPM_TEST, run, withProject } from "./npm_project.ts";

/** Compilers: TypeScript 5.9, and TypeScript 7 by its preview. */
const COMPILERS: readonly (readonly [program: string, version: string])[] = [
  ["tsc", "typescript@5.9"],
  ["tsgo", "@typescript/native-preview"],
];
const RESOLUTIONS: readonly (readonly [resolution: string, module: string])[] = [
  ["bundler", "esnext"],
  ["nodenext", "nodenext"],
];

const PAGE = `/// <reference types="@vaerans/vaerans/client" />
  import hero from "./hero.jpg?bytes=20000&vaer";
  export const text: string = hero.html("A sunset", { width: hero.width });`;
const VITE_CONFIG = `import { defineConfig } from "vite";
  import { vaerans } from "@vaerans/vaerans/vite";
  export default defineConfig({ plugins: [vaerans({ compress: { quality: 40 }, fallback: ["avif", "png"] })] });`;

Deno.test({
  ...NPM_TEST,
  name: "the npm package's types are clean in TypeScript 5.9 and 7, with bundler and with nodenext",
  fn: async (t) => {
    const packages = [...COMPILERS.map(([, version]) => version), "vite@8", "@types/node@22"];
    await withProject(packages, async (folder) => {
      const { exports } = JSON.parse(
        await Deno.readTextFile(`${folder}/node_modules/@vaerans/vaerans/package.json`),
      ) as { exports: { [name: string]: { default?: string } } };
      const entries = Object.keys(exports).filter((name) => exports[name].default !== undefined);
      assertEquals(entries.length > 15, true);
      const all = entries.map((name, i) => `export * as m${i} from "@vaerans/vaerans${name.slice(1)}";\n`);
      await Deno.writeTextFile(`${folder}/all.ts`, all.join(""));
      await Deno.writeTextFile(`${folder}/page.ts`, PAGE);
      await Deno.writeTextFile(`${folder}/vite.config.ts`, VITE_CONFIG);
      for (const [program] of COMPILERS) {
        for (const [moduleResolution, module] of RESOLUTIONS) {
          await t.step(`${program} with ${moduleResolution}`, async () => {
            const check = async (files: readonly string[], options: object) => {
              const compilerOptions = {
                strict: true,
                exactOptionalPropertyTypes: true,
                target: "es2022",
                lib: ["esnext", "dom", "dom.iterable"],
                module,
                moduleResolution,
                noEmit: true,
                ...options,
              };
              await Deno.writeTextFile(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files }));
              await run(folder, "npx", program, "-p", ".");
            };
            await check(["all.ts", "page.ts"], { types: [], skipLibCheck: false });
            // Vite's own declarations are not clean in all of these.
            await check(["vite.config.ts"], { types: ["node"], skipLibCheck: true });
          });
        }
      }
    });
  },
});
