import { BitstreamError } from "../../core/mod.ts";
import { type ContainerSection, MAX_METADATA_BYTES, metadataOfKind } from "../../format/mod.ts";
import { inflateAtMost } from "../../image/bounded_inflate.ts";
import { cicpFromBytes } from "../../image/cicp.ts";
import type { PictureMetadata } from "../../image/mod.ts";

/** What a `.vaer` file carries besides pixels. */
export interface FileMetadata extends PictureMetadata {
  /** Anything of the user's own that JSON can say. */
  readonly user?: unknown;
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
    if (!content) {
      throw damaged(
        known.name,
        `it must inflate to at most ${MAX_METADATA_BYTES} bytes`,
        "more, or damaged data",
      );
    }
    metadata[known.name] = contentOf(known.name, content);
  }
  return metadata;
}

function contentOf(name: string, content: Uint8Array): unknown {
  if (name === "user") return parsed(content);
  if (name !== "cicp") return content.slice();
  const cicp = cicpFromBytes(content);
  if (!cicp) throw damaged(name, "it must describe RGB samples", content.join(" "));
  return cicp;
}

function parsed(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch (cause) {
    throw damaged("user", "it must be JSON", cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function damaged(name: string, rule: string, got: string, cause?: unknown): BitstreamError {
  return new BitstreamError(
    "metadata-damaged",
    `Cannot read the ${name} metadata: ${rule} (got ${got}). Fetch the file again.`,
    cause === undefined ? undefined : { cause },
  );
}
