import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { InvalidValueError } from "../../mod.ts";
import { queueRates } from "../../scripts/queue_rates.ts";
import { linesOf } from "../../src/farm/lines.ts";
import { jobsOfFiles, jobsOfManifest, submit } from "../../src/farm/submit.ts";
import { withFolder } from "../with_folder.ts";
import { withQueue, withServer } from "./farm_cli.ts";

Deno.test("a manifest's lines become jobs; a line's options replace the common ones, a target one of another kind", async () => {
  const refused: string[] = [];
  const lines = [
    '{"source":"/a.png","target":"/a.vaer","options":{"effort":2}}',
    "",
    '{"source":"https://a.b/c?d","target":"obj:b/c","options":{"bytes":900}}',
    '{"source":"/ü #?:1.png","target":"/b.vaer","options":{"target":{"psnr":40},"tune":"psnr"}}',
  ].join("\n");
  const settings = {
    options: { quality: 9, effort: 3 },
    keptMetadata: "colour",
    keepsSmaller: true,
  } as const;
  const jobs = await Array.fromAsync(
    jobsOfManifest(linesOf(new Blob([lines]).stream()), settings, (reason) => refused.push(reason)),
  );
  assertEquals(jobs.map(({ source, target, options }) => [source, target, options]), [
    ["/a.png", "/a.vaer", { quality: 9, effort: 2 }],
    ["https://a.b/c?d", "obj:b/c", { bytes: 900, effort: 3 }],
    ["/ü #?:1.png", "/b.vaer", { target: { psnr: 40 }, tune: "psnr", effort: 3 }],
  ]);
  assert(jobs.every(({ keptMetadata, keepSmaller }) => keptMetadata === "colour" && keepSmaller));
  assertEquals(refused, []);
});

Deno.test("each wrong line of a manifest is told by its number, and the others become jobs", async () => {
  const wrong: readonly (readonly [line: string, reason: RegExp])[] = [
    ["nonsense", /JSON/],
    ["null", /must be an object \(got null\)/],
    ["[]", /must be an object/],
    ['{"source":"/a"}', /target must be .* \(got none\)/],
    ['{"source":"","target":"/a"}', /source must be .* \(got ""\)/],
    ['{"source":"/a","target":"/folder/"}', /target must be .* \(got "\/folder\/"\)/],
    ['{"source":"/a","target":"obj:bucket"}', /target must be/],
    ['{"source":"file:///a","target":"/a"}', /source must be/],
    ['{"source":"HTTPS://a.b?sig=SECRET","target":"/a"}', /\(got "HTTPS:\/\/a\.b"\)/],
    ['{"source":"/a","target":"/b","option":{}}', /names must be .* \(got "option"\)/],
    ['{"source":"/a","target":"/b","options":{"qualty":3}}', /qualty/],
    ['{"source":"/a","target":"/b","options":{"quality":"50"}}', /"50"/],
    ['{"source":"/a","target":"/b","options":{"quality":5,"bytes":9}}', /one \(got quality, bytes\)/],
    ['{"source":"/a","target":"/b","options":[1]}', /"0"/],
  ];
  const lines = [...wrong.map(([line]) => line), '{"source":"/a","target":"/b"}'], refused: string[] = [];
  const jobs = await Array.fromAsync(
    jobsOfManifest(lines, { options: {} }, (reason) => refused.push(reason)),
  );
  assertEquals(jobs.length, 1);
  assertEquals(refused.length, wrong.length);
  for (const [i, reason] of refused.entries()) {
    assert(reason.startsWith(`line ${i + 1} of the manifest: `), reason);
    assertMatch(reason, wrong[i][1]);
  }
});

Deno.test("a source that cannot be read is told, and the other jobs are submitted", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a b.png`, "picture");
    const lines = ["a b.png", "missing.png"].map((name) =>
      JSON.stringify({ source: `${folder}/${name}`, target: `${folder}/${name}.vaer` })
    );
    const sent: string[] = [], jobs = jobsOfManifest(lines, { options: {} }, () => {});
    const { added, failed } = await submit(jobs, {
      submit: ({ source }) => Promise.resolve(sent.push(source) > 0),
    });
    assertEquals([added, sent], [1, [`${folder}/a b.png`]]);
    assertMatch(failed.join(), /^\S*\/missing\.png: .*Cannot/);
  });
});

Deno.test("a target folder beneath the sources holds no sources, and a target that is none is refused", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/out`);
    for (const name of ["a.png", "out/copied.png"]) await Deno.writeTextFile(`${folder}/${name}`, "picture");
    const { jobs } = await jobsOfFiles([folder], `${folder}/out`, { options: { effort: 1 } });
    assertEquals(jobs.map(({ source, target }) => [source, target]), [
      [`${folder}/a.png`, `${folder}/out/a.vaer`],
    ]);
    for (const target of ["", "obj:", "file:///x"]) {
      await assertRejects(
        () => jobsOfFiles([folder], target, { options: {} }),
        SyntaxError,
        `(got "${target}")`,
      );
    }
    const named = await jobsOfFiles([`${folder}/a.png`], "shots:1/", { options: {} });
    assertEquals(named.jobs.map(({ target }) => target), [`${Deno.cwd()}/shots:1/a.vaer`]);
    await assertRejects(
      () => jobsOfFiles([folder], folder, { options: { quality: 200 } }),
      InvalidValueError,
    );
  });
});

Deno.test("lines come out whole, however the text is cut", async () => {
  const bytes = new TextEncoder().encode("grün\n\nblau\nrot");
  for (const step of [1, 2, 3, 100]) {
    const pieces = Array.from(
      { length: Math.ceil(bytes.length / step) },
      (_, i) => bytes.slice(i * step, (i + 1) * step),
    );
    assertEquals(await Array.fromAsync(linesOf(ReadableStream.from(pieces))), ["grün", "", "blau", "rot"]);
  }
});

/** Of 100,000 `deno task farm-record` tells, see bench/results/farm.tsv. */
const TRIVIAL_JOBS = 3000, MOST_GROWTH_BYTES = 2 ** 26;

withServer(
  "thousands of jobs are submitted, counted and drained in memory that does not grow with them",
  async (server) => {
    await withQueue(server.url, async (queue) => {
      const rates = await queueRates(queue, TRIVIAL_JOBS);
      assertEquals(rates.map(({ what }) => what), ["submit", "submit again", "status", "drain"]);
      for (const { what, perSecond, earlyBytes, lateBytes } of rates) {
        assert(perSecond > 0);
        assert(
          lateBytes - earlyBytes < MOST_GROWTH_BYTES,
          `${what}: from ${earlyBytes} to ${lateBytes} bytes`,
        );
      }
      assertEquals(await queue.isEmpty(), true);
    });
  },
);
