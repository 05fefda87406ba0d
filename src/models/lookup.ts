/** Names that can stand in a configuration; anything else may be a path or an address. */
const PLAIN_NAME = /^\w[\w.-]*$/;

/**
 * The place of a model that `vaerans.toml` or the folder of pulled models knows by name: the one look-up of the command
 * line, `compress`, `decompress` and `loadModel`. Without permission to read them (`-R`, and `--allow-env=VAERANS_CONFIG,HOME`
 * for another place than the current folder) they are as if they were not there.
 *
 * @param name A name; paths and addresses are no names.
 * @returns A place that `loadModel` takes; `undefined` where nothing has the name.
 * @throws ConfigError For a configuration that cannot be used; ModelError ("model-unknown") for a known model that is not
 *   pulled yet.
 */
export async function placeOfName(name: string): Promise<string | undefined> {
  if (!("Deno" in globalThis) || !PLAIN_NAME.test(name)) return undefined;
  const [{ loadConfig }, { ModelStore, resolveModel }] = await Promise.all([
    import("./config.ts"), // only where there are files
    import("./store.ts"),
  ]);
  const config = await loadConfig();
  const place = await resolveModel(name, config, new ModelStore(config));
  return place === name ? undefined : place;
}

/**
 * Capacity that `vaerans.toml` gives arenas: `[memory] arena_size`, in bytes.
 *
 * @returns `undefined` where there is no configuration, or none may be read.
 * @throws ConfigError For a configuration that cannot be used.
 */
export async function configuredArenaBytes(): Promise<number | undefined> {
  if (!("Deno" in globalThis)) return undefined;
  const { loadConfig } = await import("./config.ts");
  return (await loadConfig()).memory.arenaBytes;
}
