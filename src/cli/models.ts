import { loadEmbeddedManifests, loadModel } from "../models/load.ts";
import { embeddedModelUrl } from "../models/assets.ts";
import { loadConfig, type VaeransConfig } from "../models/config.ts";
import { EMBEDDED_MODELS } from "../models/embedded.ts";
import { ModelLock } from "../models/lock.ts";
import { REGISTRY } from "../models/registry.ts";
import { sha256Hex } from "../models/sha256.ts";
import { ModelStore, pullModel, resolveModel } from "../models/store.ts";
import { type Arguments, parseArguments } from "./arguments.ts";
import { unknownAction } from "./actions.ts";
import { UsageError } from "./fail.ts";
import { helpOf } from "./options/help.ts";
import { choicesText, optionsOf } from "./options/option.ts";
import { MODELS } from "./options/others.ts";
import { byteText, Progress } from "./progress.ts";

/** `models list | pull NAME | verify [NAME…] | path NAME` */
export async function modelsCommand(args: readonly string[]): Promise<number | void> {
  const parsed = parseArguments(args, optionsOf(MODELS));
  if (parsed.has("help")) return console.log(helpOf(MODELS));
  const [action, ...names] = parsed.positional;
  const config = await loadConfig();
  const store = new ModelStore(config, parsed.value("directory"));
  switch (action) {
    case "list":
      return await list(parsed, config, store);
    case "pull":
      return await pull(onlyName(names), parsed, store);
    case "verify":
      return await verify(names, parsed, config, store);
    case "path":
      return await path(onlyName(names), config, store);
    default:
      throw unknownAction(action, MODELS);
  }
}

function onlyName(names: readonly string[]): string {
  if (names.length !== 1) {
    throw new UsageError(
      `there must be the name of one model (got ${names.join(", ") || "none"})`,
      "`models list` prints all names.",
    );
  }
  return names[0];
}

async function list(parsed: Arguments, config: VaeransConfig, store: ModelStore): Promise<void> {
  const pulled = await store.names();
  const embedded = (await loadEmbeddedManifests()).map(({ name, licence, downsampling }) => ({
    name,
    state: "embedded",
    licence,
    downsampling,
    description: "",
  }));
  const others = [...config.models.values()].map((model) => ({ ...model, state: "configured" }));
  const known = REGISTRY.map((model) => ({
    ...model,
    state: pulled.includes(model.name) ? "pulled" : "to pull",
  }));
  const rows = [...embedded, ...others, ...known].map(
    ({ name, state, licence, downsampling, description }) => ({
      name,
      state,
      licence,
      downsampling,
      description,
    }),
  );
  if (parsed.has("json")) return console.log(JSON.stringify(rows));
  for (const { name, state, licence, downsampling, description } of rows) {
    console.log(
      [name.padEnd(12), state.padEnd(10), `H/${downsampling}`, licence.padEnd(26), description].join("  ")
        .trimEnd(),
    );
  }
}

async function pull(name: string, parsed: Arguments, store: ModelStore): Promise<number> {
  const entry = REGISTRY.find((entry) => entry.name === name);
  if (!entry) {
    throw new UsageError(
      `the model to pull must be ${choicesText(REGISTRY.map(({ name }) => name))} (got ${name})`,
    );
  }
  let progress: Progress | undefined, file: string | undefined, before = 0;
  const ready = await pullModel(entry, store, (current, received, total) => {
    if (current !== file) {
      progress?.finish();
      [file, before] = [current, received];
      progress = new Progress({
        title: `${name} ${current}`,
        total: total ?? 0,
        unit: "bytes",
        format: byteText,
        quiet: parsed.has("quiet"),
      });
      progress.skip(received);
      return;
    }
    progress!.advance(received - before);
    before = received;
  }).finally(() => progress?.finish());
  const folder = store.pathOf(name);
  if (!ready) {
    console.error(
      `vaerans: ${name} is published as weights, not as ONNX; they are in ${folder}. Make the nets with\n` +
        `  python3 ${entry.weights!.script} ${folder}\nthen pull again.`,
    );
    return 1;
  }
  console.log(
    parsed.has("json")
      ? JSON.stringify({ name, folder, lock: store.lockPath, licence: entry.licence })
      : `${name}: ${folder} (${entry.licence}, hashes in ${store.lockPath})`,
  );
  return 0;
}

async function verify(
  names: readonly string[],
  parsed: Arguments,
  config: VaeransConfig,
  store: ModelStore,
): Promise<number> {
  const all = names.length > 0 ? names : [
    ...EMBEDDED_MODELS.map(({ name }) => name),
    ...config.models.keys(),
    ...await store.names(),
  ];
  const lock = await ModelLock.open(store.lockPath);
  const rows: { name: string; good: boolean; reason?: string }[] = [];
  for (const name of all) {
    try {
      const model = await loadModel(await resolveModel(name, config, store));
      for (const file of await model.readFiles()) {
        const locked = lock.get(`${name}/${file.path}`);
        if (locked && locked.sha256 !== await sha256Hex(file.bytes)) {
          throw new Error(
            `Cannot verify ${file.path}: its SHA-256 must be that of ${lock.path} (got another). Pull the ` +
              "model again.",
          );
        }
      }
      rows.push({ name, good: true });
    } catch (error) {
      rows.push({ name, good: false, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  if (parsed.has("json")) console.log(JSON.stringify(rows));
  else for (const { name, good, reason } of rows) console.log(good ? `${name}: good` : `${name}: ${reason}`);
  return rows.every(({ good }) => good) ? 0 : 1;
}

async function path(name: string, config: VaeransConfig, store: ModelStore): Promise<void> {
  const embedded = EMBEDDED_MODELS.some((model) => model.name === name);
  const place = embedded
    ? decodeURI(embeddedModelUrl(name).pathname)
    : await resolveModel(name, config, store);
  if (place === name) {
    throw new UsageError(`the model must be known (got ${name})`, "`models list` prints all names.");
  }
  console.log(place);
}
