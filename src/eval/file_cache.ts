import { Deno } from "../host/deno_api.ts";
import { writeWhole } from "../batch/whole_file.ts";

/** Encoded files kept in a folder, so that a report that was interrupted goes on where it was. */
export class FileCache {
  readonly #folder: string;

  /**
   * Opens the cache.
   *
   * @param folder Where files lie; made when the first is kept.
   */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Gives a kept file, or makes and keeps it.
   *
   * @param parts What identifies it: the same parts always mean the same bytes.
   * @param make Makes it.
   * @returns The bytes.
   */
  async get(parts: readonly (string | number)[], make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const name = parts.join("-").replaceAll(/[^\w.-]/g, "_");
    const path = `${this.#folder}/${name}`;
    try {
      return await Deno.readFile(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const bytes = await make();
    await Deno.mkdir(this.#folder, { recursive: true });
    await writeWhole(path, bytes);
    return bytes;
  }
}
