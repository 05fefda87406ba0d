import { buildPlayground, isPlaygroundCurrent, PLAYGROUND_FOLDER } from "../web/mod.ts";

/** Builds the playground unless it has been built from the present sources. */
export async function ensurePlayground(): Promise<void> {
  if (await isPlaygroundCurrent()) return;
  console.error("vaerans: building the viewer and playground");
  await buildPlayground(decodeURIComponent(PLAYGROUND_FOLDER.pathname));
}
