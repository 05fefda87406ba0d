import { concat } from "../core/concat.ts";
import { waveletNamed } from "../wavelets/mod.ts";
import { varintBytes } from "../entropy/varint.ts";
import { crc32c } from "./crc32c.ts";
import {
  type ContainerHeader,
  type ContainerSection,
  FEATURES,
  FEATURES_FOLLOW,
  FORMAT_VERSION,
  MAGIC,
  TILE_SIDE_UNIT,
} from "./container_params.ts";
import { littleEndian } from "./cursor.ts";
import { HEADER_FIELDS, type HeaderRecord } from "./header_fields.ts";

/** Writes a file; `docs/specification/1-container.md` has the table of fields. */
export function writeContainer(
  header: ContainerHeader,
  sections: readonly ContainerSection[],
): Uint8Array<ArrayBuffer> {
  const head = headerBytes(header);
  const parts: Uint8Array[] = [head, littleEndian(crc32c(head) & 0xffff, 2)];
  return concat([...parts, ...sections.map(sectionBytes)]);
}

/** A section with its kind, length and check. */
export function sectionBytes({ kind, payload }: ContainerSection): Uint8Array<ArrayBuffer> {
  const framed = concat([Uint8Array.of(kind, ...varintBytes(payload.length)), payload]);
  return concat([framed, littleEndian(crc32c(framed), 4)]);
}

/** Bytes that a section takes: kind, length, payload and check. */
export function sectionByteLength(payloadBytes: number): number {
  return 1 + varintBytes(payloadBytes).length + payloadBytes + 4;
}

function headerBytes(header: ContainerHeader): Uint8Array {
  const record = recordOf(header);
  const fields = HEADER_FIELDS.filter((field) => field.isPresent(record));
  return Uint8Array.of(...MAGIC, FORMAT_VERSION, ...fields.flatMap((field) => [...field.write(record)]));
}

function recordOf(header: ContainerHeader): HeaderRecord {
  const { grey, bitDepth, alphaBound, tileSide, weighted, jointAlpha, graphicsLayer, reduction } = header;
  const features = (grey ? FEATURES.grey : 0) | (bitDepth === 16 ? FEATURES.deep : 0) |
    (alphaBound === undefined ? 0 : FEATURES.alpha) | (tileSide === 0 ? 0 : FEATURES.tiles) |
    (weighted ? FEATURES.weighted : 0) | (jointAlpha ? FEATURES.jointAlpha : 0) |
    (graphicsLayer ? FEATURES.graphicsLayer : 0) | (reduction === 0 ? 0 : FEATURES.reduced);
  return {
    width: header.width,
    height: header.height,
    model: header.modelId,
    modelName: header.modelName,
    fingerprint: header.modelFingerprint,
    transform: header.levels | waveletNamed(header.wavelet).id << 4 | (features === 0 ? 0 : FEATURES_FOLLOW),
    stepCode: header.stepCode,
    quality: header.quality,
    features,
    alphaError: alphaBound ?? 0,
    tileSide: tileSide / TILE_SIDE_UNIT,
    reduction,
  };
}
