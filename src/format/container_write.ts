import { waveletNamed } from "../wavelets/mod.ts";
import { varintBytes } from "../entropy/varint.ts";
import { crc32c } from "./crc32c.ts";
import {
  type ContainerHeader,
  type ContainerSection,
  FEATURES,
  FEATURES_FOLLOW,
  FORMAT_VERSION,
  GROUP_SIDE_UNIT,
  MAGIC,
} from "./container_params.ts";

/** Writes a file; `docs/FORMAT.md` has the field table. */
export function writeContainer(
  header: ContainerHeader,
  sections: readonly ContainerSection[],
): Uint8Array<ArrayBuffer> {
  const head = headerBytes(header);
  const parts: Uint8Array[] = [head, littleEndian(crc32c(head) & 0xffff, 2)];
  for (const { kind, payload } of sections) {
    const framed = concatenate([Uint8Array.of(kind, ...varintBytes(payload.length)), payload]);
    parts.push(framed, littleEndian(crc32c(framed), 4));
  }
  return concatenate(parts);
}

/** Bytes that a section takes: kind, length, payload and check. */
export function sectionByteLength(payloadBytes: number): number {
  return 1 + varintBytes(payloadBytes).length + payloadBytes + 4;
}

function headerBytes(header: ContainerHeader): Uint8Array {
  const name = new TextEncoder().encode(header.modelName);
  const { grey, bitDepth, alphaBound, groupSide, weighted } = header;
  const features = (grey ? FEATURES.grey : 0) | (bitDepth === 16 ? FEATURES.deep : 0) |
    (alphaBound === undefined ? 0 : FEATURES.alpha) | (groupSide === 0 ? 0 : FEATURES.groups) |
    (weighted ? FEATURES.weighted : 0);
  return concatenate([
    Uint8Array.of(
      ...MAGIC,
      FORMAT_VERSION,
      ...varintBytes(header.width),
      ...varintBytes(header.height),
      ...varintBytes(header.modelId),
    ),
    header.modelId === 0 ? Uint8Array.of(...varintBytes(name.length), ...name) : new Uint8Array(0),
    littleEndian(header.modelFingerprint, 4),
    Uint8Array.of(
      header.levels | waveletNamed(header.wavelet).id << 4 | (features === 0 ? 0 : FEATURES_FOLLOW),
      ...varintBytes(header.stepCode),
      header.quality,
      ...(features === 0 ? [] : varintBytes(features)),
      ...(alphaBound === undefined ? [] : [alphaBound]),
      ...(groupSide === 0 ? [] : varintBytes(groupSide / GROUP_SIDE_UNIT)),
    ),
  ]);
}

function littleEndian(value: number, byteCount: number): Uint8Array {
  return Uint8Array.from({ length: byteCount }, (_, i) => (value >>> (8 * i)) & 0xff);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
