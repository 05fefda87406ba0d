import { decoderOfId } from "../entropy/decoders.ts";
import {
  ALPHA_SECTION,
  EXACT_SECTION,
  INDEX_SECTION,
  LATENT_SECTION,
  LAYER_SECTION,
  METADATA_NAMES,
  METADATA_SECTION,
  OPTIONAL_SECTION,
  PIXEL_CHECK_SECTION,
  PIXEL_SECTION,
  SAMPLE_VALUES_SECTION,
  STEP_MAP_SECTION,
  THUMBNAIL_SECTION,
} from "./container_params.ts";

const STREAMS: readonly (readonly [kind: number, name: string])[] = [
  [LATENT_SECTION, "latent"],
  [PIXEL_SECTION, "pixels"],
  [EXACT_SECTION, "exact pixels"],
  [ALPHA_SECTION, "alpha"],
  [LAYER_SECTION, "graphics layer"],
];

/** Whether a kind is one of the streams that make up a picture. */
export function isStreamKind(kind: number): boolean {
  return STREAMS.some(([base]) => base === (kind & 0xf0));
}

/** Which metadata a kind holds, and whether deflated; `undefined` for other kinds. */
export function metadataOfKind(
  kind: number,
): { readonly name: typeof METADATA_NAMES[number]; readonly deflated: boolean } | undefined {
  const number = kind - METADATA_SECTION;
  const name = METADATA_NAMES[number >> 1];
  return number >= 0 && name !== undefined ? { name, deflated: (number & 1) === 1 } : undefined;
}

/** What a section holds, for people: "latent, context", "alpha, wide", "icc", "optional 5". */
export function sectionName(kind: number): string {
  if (kind === PIXEL_CHECK_SECTION) return "pixel check";
  if (kind === THUMBNAIL_SECTION) return "thumbnail";
  if (kind === INDEX_SECTION) return "index";
  if (kind === STEP_MAP_SECTION) return "step map";
  if (kind === SAMPLE_VALUES_SECTION) return "sample values";
  const metadata = metadataOfKind(kind);
  if (metadata) return metadata.name;
  const stream = STREAMS.find(([base]) => base === (kind & 0xf0))?.[1];
  const coder = decoderOfId(kind & 15)?.name;
  if (stream && coder) return `${stream}, ${coder}`;
  return `${kind & OPTIONAL_SECTION ? "optional" : "critical"} ${kind & ~OPTIONAL_SECTION}`;
}
