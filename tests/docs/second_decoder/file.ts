/** Part 1 of the specification, and what it needs of part 2: from a file to the coefficients of its tiles. */

import { decodeByThePage } from "./graphics_coder.ts";
import { type Band, bandsOf, packetsOf } from "./bands.ts";
import { ContextCoder, freshState, type ModelState } from "./context_coder.ts";
import { decodeSamples } from "./lossless_predictor.ts";
import { Decisions } from "./rans.ts";
import { StaticCoder } from "./static_coder.ts";
import { SubbandCoder } from "./subband_coder.ts";

/** Downsampling and padding multiple of a model. */
export interface Model {
  readonly downsampling: number;
  readonly paddingMultiple: number;
  /** Reads its initial state anew: coders change it. */
  initialState(): ModelState;
}

/** A file's header. */
export interface Header {
  /** Of the coded picture. */
  readonly width: number;
  readonly height: number;
  /** Size that a reduced picture is enlarged to; that of the coded one otherwise. */
  readonly shown: { readonly width: number; readonly height: number };
  readonly reduction: number;
  readonly model: number;
  /** 0 5/3, 1 Haar, 2 9/7. */
  readonly wavelet: number;
  readonly levels: number;
  readonly stepCode: number;
  readonly isGrey: boolean;
  readonly sampleBits: number;
  readonly alphaError: number | undefined;
  readonly tileSide: number;
  readonly isWeighted: boolean;
  readonly isAlphaJoint: boolean;
  readonly hasLayer: boolean;
}

/** A decoded tile. */
export interface Tile {
  /** 0x10 latent, 0x20 lossy pixels, 0x30 lossless pixels, 0x40 alpha, 0x70 layer of graphics. */
  readonly kind: number;
  readonly coder: number;
  /** In samples of the stream. */
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly bands: readonly Band[];
  readonly packets: readonly Uint8Array[];
}

interface Section {
  readonly kind: number;
  readonly payload: Uint8Array;
}

/** Everything in a file that is integers. */
export interface DecodedFile {
  readonly header: Header;
  readonly tiles: readonly Tile[];
  /** Exponents of the adaptive-quantisation map. */
  readonly map: Band | undefined;
  /** Values of the samples, channel by channel. */
  readonly values: readonly (readonly number[])[] | undefined;
  /** CRC-32C of the samples. */
  readonly check: number | undefined;
}

/** Decodes a file. */
export function decodeFile(bytes: Uint8Array, models: ReadonlyMap<number, Model>): DecodedFile {
  let at = 0;
  const byte = () => bytes[at++];
  const uint = (count: number) => {
    let value = 0;
    for (let i = 0; i < count; i++) value += byte() * 256 ** i;
    return value;
  };
  const varint = () => {
    let value = 0;
    for (let factor = 1;; factor *= 128) {
      const next = byte();
      value += (next & 127) * factor;
      if (next < 128) return value;
    }
  };
  if (uint(4) !== 0x0152c656) throw new Error("magic or version");
  const width = varint(), height = varint(), model = varint();
  if (model === 0) at += varint();
  uint(4); // fingerprint
  const transform = byte(), stepCode = varint();
  byte(); // quality
  const features = transform & 128 ? varint() : 0;
  const alphaError = features & 4 ? byte() : undefined, tileSide = features & 8 ? 64 * varint() : 0;
  const reduction = features & 128 ? byte() : 0;
  const header: Header = {
    width: Math.ceil(width / 2 ** reduction),
    height: Math.ceil(height / 2 ** reduction),
    shown: { width, height },
    reduction,
    model,
    wavelet: transform >> 4 & 7,
    levels: transform & 15,
    stepCode,
    isGrey: (features & 1) !== 0,
    sampleBits: features & 2 ? 16 : 8,
    alphaError,
    tileSide,
    isWeighted: (features & 16) !== 0,
    isAlphaJoint: (features & 32) !== 0,
    hasLayer: (features & 64) !== 0,
  };
  if (crc32c(bytes.subarray(0, at)) % 65536 !== uint(2)) throw new Error("check of the header");
  const sections: Section[] = [];
  while (at < bytes.length) {
    const start = at, kind = byte(), length = varint(), payload = bytes.subarray(at, at += length);
    if (crc32c(bytes.subarray(start, at)) !== uint(4)) throw new Error("check of a section");
    sections.push({ kind, payload });
  }
  const check = sections.find(({ kind }) => kind === 0x81)?.payload;
  return {
    header,
    tiles: tilesOf(header, sections, models.get(model)),
    map: mapOf(header, sections),
    values: valuesOf(header, sections),
    check: check && new DataView(check.buffer, check.byteOffset).getUint32(0, true),
  };
}

/** CRC-32C, bit by bit. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function tilesOf(header: Header, sections: readonly Section[], model: Model | undefined): Tile[] {
  const packets = sections.filter(({ kind }) => kind < 0x50 || (kind & 0xf0) === 0x70);
  const { isGrey, levels, alphaError, isAlphaJoint } = header;
  const colour = packets[0].kind & 0xf0;
  const streams = [{
    kind: colour,
    channels: colour === 0x10 ? 4 : (isGrey ? 1 : 3) + (isAlphaJoint ? 1 : 0),
    levels,
  }];
  if (alphaError !== undefined && !isAlphaJoint) streams.push({ kind: 0x40, channels: 1, levels: 0 });
  if (header.hasLayer) streams.push({ kind: 0x70, channels: 4, levels: 0 });
  const planned = streams.flatMap(({ kind, channels, levels }) => {
    const { downsampling, paddingMultiple } = kind === 0x10
      ? model!
      : { downsampling: 1, paddingMultiple: 1 };
    const samples = (pixels: number) => Math.ceil(pixels / paddingMultiple) * paddingMultiple / downsampling;
    const [columns, rows] = [samples(header.width), samples(header.height)];
    const side = header.tileSide === 0 ? Infinity : header.tileSide / downsampling;
    const starts = (most: number) =>
      Array.from(
        { length: side === Infinity ? 1 : Math.ceil(most / side) },
        (_, i) => i === 0 ? 0 : i * side,
      );
    return starts(rows).flatMap((y) =>
      starts(columns).map((x) => {
        const size = { width: Math.min(side, columns - x), height: Math.min(side, rows - y) };
        const bands = bandsOf(size.width, size.height, channels, levels);
        return { kind, channels, ...size, bands, parts: packetsOf(bands), packets: [] as Uint8Array[] };
      })
    );
  });
  const most = Math.max(...planned.map(({ parts }) => parts.length));
  let next = 0;
  for (let resolution = 0; resolution < most; resolution++) {
    for (const tile of planned) {
      if (tile.parts.length > resolution) tile.packets.push(packets[next++].payload);
    }
  }
  if (next !== packets.length) throw new Error("number of packets");
  return planned.map(({ parts, ...tile }) => {
    const coder = packets.find(({ kind }) => (kind & 0xf0) === tile.kind)!.kind & 15;
    decodeTile(coder, tile.bands, parts, tile.packets, model);
    return { ...tile, coder };
  });
}

/** Decodes the packets of a tile into its bands. */
export function decodeTile(
  coder: number,
  bands: readonly Band[],
  parts: readonly (readonly Band[])[],
  packets: readonly Uint8Array[],
  model?: Pick<Model, "initialState">,
): void {
  const decode = decoderOf(coder, bands, model);
  packets.forEach((packet, i) => decode(packet, parts[i]));
}

type PacketDecoder = (packet: Uint8Array, bands: readonly Band[]) => void;

function decoderOf(
  coder: number,
  bands: readonly Band[],
  model?: Pick<Model, "initialState">,
): PacketDecoder {
  if (coder === 0) {
    const tile = new StaticCoder();
    return (packet, bands) => tile.decode(packet, bands);
  }
  if ((coder === 2 || coder === 4) && bands[0].level === 0) return decodePlanes;
  const tile = coder === 2 || coder === 4
    ? new SubbandCoder(coder === 4)
    : new ContextCoder(bands, model?.initialState() ?? freshState(), coder === 3);
  return (packet, bands) => tile.decode(new Decisions(packet, 16), bands);
}

/** 6.1: planes without levels; of two or four, alpha may have a packet of its own within. */
function decodePlanes(packet: Uint8Array, bands: readonly Band[]): void {
  if ((packet[0] & 31) === 31) return decodeDrawing(packet, bands);
  if ((packet[0] & 31) !== 30) return decodeSamples(packet, bands);
  let at = 1, length = 0;
  for (let factor = 1;; factor *= 128) {
    length += (packet[at] & 127) * factor;
    if (packet[at++] < 128) break;
  }
  if (packet[0] === 62) {
    return decodePlaces(packet.subarray(at, at + length), packet.subarray(at + length), bands);
  }
  decodePlanes(packet.subarray(at, at + length), bands.slice(0, -1));
  // Channels count from 0 in each part.
  const alpha = { ...bands[bands.length - 1], channel: 0 };
  decodePlanes(packet.subarray(at + length), [alpha]);
  bands[bands.length - 1].values.set(alpha.values);
}

/** 6.1: a palette and places. */
function decodePlaces(head: Uint8Array, tail: Uint8Array, bands: readonly Band[]): void {
  const count = 1 + head[0] + 256 * head[1], palette = bandsOf(count, 1, 3, 0);
  decodeSamples(head.subarray(2), palette);
  const places = bandsOf(bands[0].width, bands[0].height, 1, 0);
  decodeSamples(tail, places);
  places[0].values.forEach((value, i) => {
    const place = Math.min(count - 1, Math.max(0, value + Math.floor(count / 2)));
    for (let channel = 0; channel < 3; channel++) bands[channel].values[i] = palette[channel].values[place];
  });
}

/** 7.1. */
function decodeDrawing(packet: Uint8Array, bands: readonly Band[]): void {
  const bitDepth = packet[1], half = 2 ** (bitDepth - 1), [{ width, height }] = bands;
  const channels = bands.length === 2 ? 4 : bands.length, isColour = channels > 1 && bands.length > 2;
  const samples = decodeByThePage(packet.subarray(2), { width, height, channels, bitDepth });
  for (let i = 0; i < width * height; i++) {
    const pixel = samples.slice(channels * i, channels * (i + 1)), main = pixel[isColour ? 1 : 0];
    bands[0].values[i] = main - half;
    if (isColour) {
      bands[1].values[i] = pixel[0] - main;
      bands[2].values[i] = pixel[2] - main;
    }
    if (bands.length % 2 === 0) bands[bands.length - 1].values[i] = pixel[3] - half;
  }
}

function mapOf({ width, height }: Header, sections: readonly Section[]): Band | undefined {
  const section = sections.find(({ kind }) => kind === 0x60);
  if (!section) return undefined;
  const bands = bandsOf(Math.ceil(width / 32), Math.ceil(height / 32), 1, 0);
  decodeSamples(section.payload, bands);
  return bands[0];
}

/** 2.8. */
function valuesOf({ isGrey, isAlphaJoint }: Header, sections: readonly Section[]): number[][] | undefined {
  const payload = sections.find(({ kind }) => kind === 0x61)?.payload;
  if (!payload) return undefined;
  const width = 1 + payload[0] + 256 * payload[1], lists = (isGrey ? 1 : 3) + (isAlphaJoint ? 1 : 0);
  const [band] = bandsOf(width, lists, 1, 0);
  decodePlanes(payload.subarray(2), [band]);
  return Array.from({ length: lists }, (_, list) => {
    let value = -1;
    const steps = [...band.values.subarray(list * width, (list + 1) * width)].filter((step) => step > 0);
    return steps.map((step) => value += step);
  });
}
