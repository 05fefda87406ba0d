import { assertAlmostEquals, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { ModelError } from "../../src/core/mod.ts";
import { WEIGHTED_PIXEL_QUALITY } from "../../src/codec/streams/pixel_params.ts";
import { EMBEDDED_MODELS } from "../../src/models/embedded.ts";
import { loadEmbeddedManifests } from "../../src/models/load.ts";
import { loadModel } from "../../src/models/mod.ts";
import { modelFingerprint, type ModelManifest, stepOfQuality } from "../../src/models/manifest.ts";
import { parseManifest } from "../../src/models/manifest_schema.ts";

const manifests = await loadEmbeddedManifests();
const [manifest] = manifests;
const altered = (change: Partial<Record<keyof ModelManifest, unknown>>) => ({ ...manifest, ...change });

Deno.test("the embedded manifests are those of their folders, and their files match size and hash", async () => {
  assertEquals(manifests.map(({ name }) => name), EMBEDDED_MODELS.map(({ name }) => name));
  for (const { name, files } of manifests) {
    for (const file of [files.encoder, files.decoder, ...(files.prior ? [files.prior] : [])]) {
      const bytes = await Deno.readFile(new URL(`../../models/${name}/${file.path}`, import.meta.url));
      assertEquals(bytes.length, file.byteLength);
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      assertEquals(Array.from(digest, (b) => b.toString(16).padStart(2, "0")).join(""), file.sha256);
    }
  }
});

Deno.test("both files of an embedded model stay within 4 MB", () => {
  for (const { files } of manifests) {
    assertEquals(files.encoder.byteLength + files.decoder.byteLength <= 4e6, true);
  }
});

Deno.test("the qualities for which models are chosen cover 1 to 100 without a gap", () => {
  let next = 1;
  for (const { autoQuality } of [...manifests, WEIGHTED_PIXEL_QUALITY]) {
    assertEquals(autoQuality?.[0], next);
    next = autoQuality![1] + 1;
  }
  assertEquals(next, 101);
});

Deno.test("stepOfQuality() falls everywhere and meets the manifest's points", () => {
  for (const each of manifests) {
    for (const [quality, step] of each.qualitySteps) {
      assertAlmostEquals(stepOfQuality(each, quality), step, 1e-9);
    }
    for (let q = 2; q <= 100; q++) assertEquals(stepOfQuality(each, q) < stepOfQuality(each, q - 1), true);
  }
});

Deno.test("a manifest with a wrong field is refused by its name", () => {
  const cases: [Partial<Record<keyof ModelManifest, unknown>>, string][] = [
    [{ name: "a b" }, "name"],
    [{ downsampling: 0 }, "downsampling"],
    [{ paddingMultiple: 7 }, "paddingMultiple"],
    [{ latentScale: 0 }, "latentScale"],
    [{ latentShift: "x" }, "latentShift"],
    [{ inputRange: "0_255" }, "inputRange"],
    [{ wavelet: "db4" }, "wavelet"],
    [{ levels: 11 }, "levels"],
    [{ bandGains: [1] }, "bandGains"],
    [{ qualitySteps: [[1, 1], [50, 2]] }, "qualitySteps"],
    [{ halfSteps: [[1, 0.7]] }, "halfSteps"],
    [{ halfSteps: [[1, 0.7], [0.5, 0.6]] }, "halfSteps"],
    [{ halfSteps: [[0.5, 0.7], [1, 1.2]] }, "halfSteps"],
    [{ preview: [1, 2, 3] }, "preview"],
    [{ haloPixels: manifest.paddingMultiple + 1 }, "haloPixels"],
    [{ stepInput: "" }, "stepInput"],
    [{ files: {} }, "files.encoder"],
    [{ files: { ...manifest.files, decoder: { path: "d", sha256: "x" } } }, "files.decoder.sha256"],
    [{ objective: { rateSlope: 18 } }, "objective.meanSquaredError"],
    [{ latentScale: 2 }, "objective"],
  ];
  for (const [change, field] of cases) {
    const error = assertThrows(
      () => parseManifest(altered(change), "here"),
      ModelError,
      `Cannot use ${field} in`,
    );
    assertEquals(error.code, "model-manifest");
  }
  assertThrows(() => parseManifest(null, "here"), ModelError);
  for (const each of manifests) assertEquals(parseManifest(each, "here"), each);
});

Deno.test("the fingerprint changes with what decoding depends on, and with nothing else", async () => {
  const fingerprint = await modelFingerprint(manifest);
  assertEquals(await modelFingerprint({ ...manifest, version: "other", qualitySteps: [] }), fingerprint);
  assertNotEquals(await modelFingerprint({ ...manifest, bandGains: [2] }), fingerprint);
  assertNotEquals(await modelFingerprint({ ...manifest, halfSteps: [[0.5, 0.7], [1, 0.7]] }), fingerprint);
  const decoder = { ...manifest.files.decoder, sha256: "0".repeat(64) };
  assertNotEquals(
    await modelFingerprint({ ...manifest, files: { ...manifest.files, decoder } }),
    fingerprint,
  );
});

Deno.test("a model that is not there is an error that says what to do", async () => {
  assertEquals(
    (await assertRejects(() => loadModel("nothing"), ModelError, "it must be vaerans-8")).code,
    "model-unknown",
  );
  assertEquals(
    (await assertRejects(() => loadModel("./nowhere/"), ModelError, "nowhere")).code,
    "model-missing",
  );
});

Deno.test("a file that is not what the manifest says is refused before it is run", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/manifest.json`, JSON.stringify(manifest));
    await Deno.writeFile(`${folder}/encoder.onnx`, Uint8Array.of(1, 2, 3));
    const model = await loadModel(folder);
    assertEquals((await assertRejects(() => model.prepare("encoder"), ModelError)).code, "model-hash");
    assertEquals((await assertRejects(() => model.prepare("decoder"), ModelError)).code, "model-missing");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
