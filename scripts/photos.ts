/** Every so many photographs of a folder, in the order of their names, training holds one out. */
const HELD_OUT_EVERY = 12;

/** Names of a folder's photographs that training holds out, or of the others. */
export function photosOf(folder: string, isHeldOut: boolean): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".jpg")).sort()
    .filter((_, i) => (i % HELD_OUT_EVERY === 0) === isHeldOut);
}
