import { decodePicture, type Picture, sniffFormat } from "../image/mod.ts";

/** A picture file to compare on. */
export interface PictureFile {
  /** Its path within the folder it was found in; the bare file name when it was named itself. */
  readonly name: string;
  /** Where to read it. */
  readonly path: string;
}

/** A picture file in memory. */
export interface LoadedPicture {
  /** The first 16 hexadecimal digits of the file's SHA-256. */
  readonly sha256: string;
  /** Decodes it. Alpha is set to opaque, as colour is what is compared. */
  decode(): Promise<Picture>;
}

/**
 * Finds the pictures in folders (with their subfolders) and among files, told by content.
 *
 * @param paths Folders and files.
 * @returns The pictures, sorted by name.
 * @throws Error When a path does not exist, or a file named itself is not a picture.
 */
export async function findPictures(paths: readonly string[]): Promise<PictureFile[]> {
  const found: PictureFile[] = [];
  for (const path of paths) {
    if ((await Deno.stat(path)).isDirectory) {
      await walk(path, "", found);
    } else if (await isPicture(path)) {
      found.push({ name: path.slice(path.lastIndexOf("/") + 1), path });
    } else {
      throw new Error(`Cannot compare on ${path} as it must be a PNG, JPEG, WebP, AVIF or JPEG XL picture`);
    }
  }
  return found.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

async function walk(root: string, inside: string, found: PictureFile[]): Promise<void> {
  for await (const entry of Deno.readDir(`${root}/${inside}`)) {
    const name = inside === "" ? entry.name : `${inside}/${entry.name}`;
    const path = `${root}/${name}`;
    if (entry.isDirectory) await walk(root, name, found);
    else if (entry.isFile && await isPicture(path)) found.push({ name, path });
  }
}

async function isPicture(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const start = new Uint8Array(64);
  const length = await file.read(start);
  return sniffFormat(start.subarray(0, length ?? 0)) !== undefined;
}

/**
 * Reads a picture file and hashes it; decoding waits until it is asked for.
 *
 * @param path The file.
 * @returns Its hash and its decoder.
 */
export async function loadPicture(path: string): Promise<LoadedPicture> {
  const bytes = await Deno.readFile(path);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return {
    sha256,
    decode: async () => {
      const { data, width, height } = await decodePicture(bytes);
      const opaque = data.slice();
      for (let i = 3; i < opaque.length; i += 4) opaque[i] = 255;
      return { data: opaque, width, height };
    },
  };
}
