import { damaged, ImageError } from "../errors.ts";
import { BitReader } from "./bits.ts";

/** Type of the OBU that holds a sequence header. */
const SEQUENCE_HEADER = 1;
/** Value of an element that says "each frame decides". */
const SELECT = 2;

/** Code points of H.273. */
export interface Av1Colour {
  /** Colour primaries. */
  readonly primaries: number;
  /** Transfer characteristics. */
  readonly transfer: number;
}

/** An open bitstream unit (AV1 specification, clause 5.3). */
export interface Av1Unit {
  /** Its type: 1 is a sequence header, 3 a frame header, 6 a frame. */
  readonly type: number;
  /** What follows its header. */
  readonly data: Uint8Array;
}

/** The units of a stream; one that is cut short ends it. */
export function* av1Units(stream: Uint8Array): Generator<Av1Unit, void, void> {
  for (let at = 0; at < stream.length;) {
    const type = (stream[at] >> 3) & 15,
      hasExtension = (stream[at] & 4) !== 0,
      hasSize = (stream[at] & 2) !== 0;
    at += hasExtension ? 2 : 1;
    let size = stream.length - at;
    if (hasSize) {
      size = 0;
      for (let i = 0, more = true; more && i < 8; i++) {
        if (at >= stream.length) return;
        size += (stream[at] & 0x7f) * 2 ** (7 * i);
        more = (stream[at++] & 0x80) !== 0;
      }
    }
    yield { type, data: stream.subarray(at, at + size) };
    at += size;
  }
}

/**
 * The colour description in the sequence header of an AV1 stream (AV1 specification, clause 5.5).
 *
 * @param stream OBUs; the sequence header is among the first.
 * @returns Code points; `undefined` if there is no sequence header or it has none.
 */
export function av1Colour(stream: Uint8Array): Av1Colour | undefined {
  for (const { type, data } of av1Units(stream)) if (type === SEQUENCE_HEADER) return sequenceColour(data);
  return undefined;
}

/**
 * The largest frame that a sequence header allows.
 *
 * @param header The unit's data.
 * @returns Pixels; 0 if it is cut short.
 */
export function av1FramePixels(header: Uint8Array): number {
  const bits = new BitReader(
    header,
    "highest-first",
    () => damaged("AVIF", "its sequence header is cut short"),
  );
  try {
    const { width, height } = readFrameSize(bits);
    return width * height;
  } catch (error) {
    if (error instanceof ImageError) return 0;
    throw error;
  }
}

function sequenceColour(header: Uint8Array): Av1Colour | undefined {
  const bits = new BitReader(
    header,
    "highest-first",
    () => damaged("AVIF", "its sequence header is cut short"),
  );
  const { profile, isReduced } = readFrameSize(bits);
  if (!isReduced && bits.flag()) bits.skip(7); // lengths of frame numbers
  bits.skip(3); // superblocks of 128, filters of intra prediction
  if (!isReduced) skipInterTools(bits);
  bits.skip(3); // super-resolution, CDEF, restoration
  const isDeep = bits.flag();
  if (profile === 2 && isDeep) bits.skip(1); // 12 bits
  if (profile !== 1) bits.skip(1); // monochrome
  return bits.flag() ? { primaries: bits.read(8), transfer: bits.read(8) } : undefined;
}

/** The fields up to the largest frame's size. */
function readFrameSize(
  bits: BitReader,
): {
  readonly profile: number;
  readonly isReduced: boolean;
  readonly width: number;
  readonly height: number;
} {
  const profile = bits.read(3);
  bits.skip(1); // still_picture
  const isReduced = bits.flag();
  if (isReduced) bits.skip(5); // level
  else skipTiming(bits);
  const widthBits = bits.read(4) + 1, heightBits = bits.read(4) + 1;
  return { profile, isReduced, width: bits.read(widthBits) + 1, height: bits.read(heightBits) + 1 };
}

/** timing_info, decoder_model_info and the operating points. */
function skipTiming(bits: BitReader): void {
  let delayBits = 0;
  if (bits.flag()) {
    bits.skip(64); // units in a tick, time scale
    if (bits.flag()) { // equal intervals: a number of variable length
      let zeros = 0;
      while (!bits.flag()) zeros++;
      bits.skip(zeros);
    }
    if (bits.flag()) {
      delayBits = bits.read(5) + 1;
      bits.skip(32 + 5 + 5);
    }
  }
  const hasDisplayDelay = bits.flag();
  for (let points = bits.read(5); points >= 0; points--) {
    bits.skip(12);
    if (bits.read(5) > 7) bits.skip(1); // tier
    if (delayBits > 0 && bits.flag()) bits.skip(2 * delayBits + 1);
    if (hasDisplayDelay && bits.flag()) bits.skip(4);
  }
}

/** Tools of inter prediction and screen content. */
function skipInterTools(bits: BitReader): void {
  bits.skip(4);
  const hasOrderHint = bits.flag();
  if (hasOrderHint) bits.skip(2);
  const screenContent = bits.flag() ? SELECT : bits.read(1);
  if (screenContent > 0 && !bits.flag()) bits.skip(1); // integer motion vectors
  if (hasOrderHint) bits.skip(3);
}
