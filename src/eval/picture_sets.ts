import { Deno } from "../host/deno_api.ts";
import type { SourceFile } from "../batch/sources.ts";
import { writeWhole } from "../batch/whole_file.ts";
import { UsageError } from "../cli/fail.ts";
import { encodePng, type Picture } from "../image/mod.ts";
import { graphicsSet } from "./graphics_set.ts";
import { findPictures } from "./pictures.ts";

/** Pictures that are measured and compared together. */
export interface PictureSet {
  /** Name in tables and in front of the pictures' names; absent for pictures named without a set. */
  readonly name?: string;
  /** Folders, files and patterns; absent for a generated set. */
  readonly paths?: readonly string[];
}

/** A picture of a generated set. */
export interface NamedPicture {
  /** File name without its ending. */
  readonly name: string;
  /** The picture. */
  readonly picture: Picture;
}

/** Sets that are made by arithmetic, the same on every machine. */
export const SET_GENERATORS: Readonly<Record<string, () => Iterable<NamedPicture>>> = {
  graphics: graphicsSet,
};

/**
 * Reads a value of `--set`.
 *
 * @param text A generated set's name, `NAME=FOLDER`, or a folder, whose own name is then the set's.
 * @returns The set.
 * @throws UsageError When there is no name.
 */
export function parseSet(text: string): PictureSet {
  if (text in SET_GENERATORS) return { name: text };
  const [, given, path] = /^(?:([^=/]*)=)?(.*)$/s.exec(text)!;
  const name = given ?? path.replace(/\/+$/, "").split("/").at(-1)!;
  if (!/[^.]/.test(name) || path === "") {
    throw new UsageError(
      `--set must be ${Object.keys(SET_GENERATORS).join(", ")}, NAME=FOLDER or FOLDER (got ${text})`,
    );
  }
  if (name in SET_GENERATORS) {
    throw new UsageError(`the name of a --set must not be that of a generated set (got ${name})`);
  }
  return { name, paths: [path] };
}

/**
 * Finds the pictures of a set; those of a generated set are written first.
 *
 * @param set The set.
 * @param folder Where generated pictures go, as PNG, in a folder of the set's name.
 * @returns The files, by name.
 * @throws Error When a path does not exist, holds no picture, or a file named itself is not a picture.
 */
export async function picturesOf({ name, paths }: PictureSet, folder: string): Promise<SourceFile[]> {
  const found = paths ? await findPictures(paths) : await generate(name!, `${folder}/${name}`);
  if (found.length === 0) {
    throw new Error(
      `Cannot compare: there must be pictures (got none in ${paths?.join(", ")}). Name other files or ` +
        "folders.",
    );
  }
  return name === undefined
    ? found
    : found.map((file) => ({ path: file.path, name: `${name}/${file.name}` }));
}

async function generate(set: string, folder: string): Promise<SourceFile[]> {
  await Deno.mkdir(folder, { recursive: true });
  const files: SourceFile[] = [];
  for (const { name, picture } of SET_GENERATORS[set]()) {
    const path = `${folder}/${name}.png`;
    await writeWhole(path, await encodePng(picture));
    files.push({ path, name: `${name}.png` });
  }
  return files;
}
