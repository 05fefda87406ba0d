import { BitstreamError, InvalidValueError } from "../core/mod.ts";
import {
  type ContainerSection,
  MAX_METADATA_BYTES,
  METADATA_NAMES,
  METADATA_SECTION,
  metadataOfKind,
} from "../format/mod.ts";
import { inflateAtMost } from "../image/bounded_inflate.ts";
import { deflate } from "../image/bytes.ts";
import type { PictureMetadata } from "../image/mod.ts";

/** What a `.vaer` file carries besides pixels. */
export interface FileMetadata extends PictureMetadata {
  /** Anything of the user's own that JSON can say. */
  readonly user?: unknown;
}

/** Sections of metadata: the profile comes before the pixels, so that a preview can be shown right. */
export async function metadataSections(
  metadata: FileMetadata,
): Promise<{ before: ContainerSection[]; after: ContainerSection[] }> {
  const { user, ...parts } = metadata;
  const bytes: { readonly [name: string]: Uint8Array | undefined } = {
    ...parts,
    user: user === undefined ? undefined : new TextEncoder().encode(JSON.stringify(user)),
  };
  const sections: ContainerSection[] = [];
  for (const [number, name] of METADATA_NAMES.entries()) {
    const content = bytes[name];
    if (!content) continue;
    if (content.length > MAX_METADATA_BYTES) {
      throw new InvalidValueError(
        "metadata-size",
        `Cannot store ${name} metadata of ${content.length} bytes: the limit is ${MAX_METADATA_BYTES}; leave it out`,
      );
    }
    const packed = await deflate(content, "deflate-raw");
    const deflated = packed.length < content.length;
    const kind = METADATA_SECTION + 2 * number + Number(deflated);
    sections.push({ kind, payload: deflated ? packed : content });
  }
  const isProfile = ({ kind }: ContainerSection) => metadataOfKind(kind)?.name === "icc";
  return {
    before: sections.filter(isProfile),
    after: sections.filter((section) => !isProfile(section)),
  };
}

/** The metadata among a file's sections. Errors: `BitstreamError` ("metadata-damaged") that names the section. */
export async function readMetadata(sections: readonly ContainerSection[]): Promise<FileMetadata> {
  const metadata: { [name: string]: unknown } = {};
  for (const { kind, payload } of sections) {
    const known = metadataOfKind(kind);
    if (!known || Object.hasOwn(metadata, known.name)) continue;
    const content = known.deflated
      ? await inflateAtMost(payload, MAX_METADATA_BYTES, "deflate-raw")
      : payload;
    if (!content) throw damaged(known.name, `they do not inflate to at most ${MAX_METADATA_BYTES} bytes`);
    metadata[known.name] = known.name === "user" ? parsed(content) : content.slice();
  }
  return metadata;
}

function parsed(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch (cause) {
    throw damaged("user", "they are not JSON", cause);
  }
}

function damaged(name: string, what: string, cause?: unknown): BitstreamError {
  return new BitstreamError(
    "metadata-damaged",
    `Cannot read the ${name} metadata: ${what}; fetch the file again`,
    cause === undefined ? undefined : { cause },
  );
}
