import { NPM_TEST, run, withProject } from "./npm_project.ts";

Deno.test({
  name: "webpack bundles all entry points that pages import",
  ...NPM_TEST,
  fn: async () => {
    await withProject(["webpack@5.113.0", "webpack-cli@6"], async (folder) => {
      const entries = ["", "/decode", "/encode", "/placeholder", "/image"];
      const lines = entries.map((entry, i) => `export * as part${i} from "@vaerans/vaerans${entry}";\n`);
      await Deno.writeTextFile(`${folder}/page.mjs`, lines.join(""));
      await run(folder, "npx", "webpack", "--mode", "development", "--entry", "./page.mjs");
    });
  },
});
