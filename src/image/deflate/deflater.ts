/** A zlib stream (RFC 1950) that is made piece by piece. */

import { DeflateBlocks } from "./deflate_block.ts";
import type { DeflateKernel } from "./deflate_kernel.ts";
import { DEFLATE_ADDRESSES as AT, DEFLATE_LIMITS as LIMITS, SLACK_BYTES } from "./deflate_memory.ts";

/** Deflate with a window of 32 KiB; the level is a remark. */
const ZLIB_HEADER = Uint8Array.of(0x78, 0x9c);
/** Input that fits into the window's buffer beside the window, at least. */
const MIN_ROOM_BYTES = 2 ** 18;

/** Tokens between two choices of the search. */
const SEGMENT_TOKENS = 4096;
/**
 * Bits per token that far matches save in a segment: in photographs most often 1 to 4, in drawings and text 10 and more.
 * After a segment of fewer, the next ones have the fast search.
 */
const LEAST_FAR_SAVING = 6, FAST_SEGMENTS = 48;

/** Deflates what is written to its buffer. */
export class Deflater {
  readonly #kernel: DeflateKernel;
  readonly #blocks: DeflateBlocks;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #start: number;
  readonly #emit: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** Bytes of input before the block. */
  #blockOffset = 0;
  /** Segments to come that have the fast search. */
  #fastSegments = 0;

  /**
   * @param kernel Computes; it may do nothing else until {@linkcode finish}.
   * @param start Address of the buffer in the kernel's memory, behind `rest`.
   * @param mostBytes Most bytes that are written at a time.
   * @param emit Receives the stream piece by piece.
   */
  constructor(
    kernel: DeflateKernel,
    start: number,
    mostBytes: number,
    emit: (bytes: Uint8Array<ArrayBuffer>) => void,
  ) {
    const room = Math.max(MIN_ROOM_BYTES, mostBytes) + LIMITS.lookaheadBytes + LIMITS.windowBytes;
    kernel.grow(start + LIMITS.windowBytes + room + SLACK_BYTES);
    this.#kernel = kernel;
    this.#start = start;
    this.#bytes = new Uint8Array(kernel.memory, start, LIMITS.windowBytes + room);
    this.#words = new Uint32Array(kernel.memory, 0, AT.literalCounts >> 2);
    this.#emit = emit;
    const position = start + LIMITS.windowBytes;
    new Uint32Array(kernel.memory).fill(0, AT.hash3 >> 2, AT.tokenCount >> 2);
    this.#words.fill(0);
    this.#set("position", position);
    this.#set("end", position);
    this.#set("base", -position);
    this.#set("out", AT.output);
    this.#set("adlerA", 1);
    this.#blocks = new DeflateBlocks(kernel);
    emit(ZLIB_HEADER.slice());
  }

  /**
   * Makes room for bytes.
   *
   * @param byteLength How many, at most as many as the constructor was told.
   * @returns The address at which they are to be written before {@linkcode add} is called.
   */
  reserve(byteLength: number): number {
    const end = this.#get("end");
    if (end + byteLength <= this.#start + this.#bytes.length) return end;
    this.#tokenise(false);
    const drop = this.#get("position") - LIMITS.windowBytes - this.#start;
    this.#bytes.copyWithin(0, drop, end - this.#start);
    this.#set("position", this.#get("position") - drop);
    this.#set("end", end - drop);
    this.#set("base", this.#get("base") + drop);
    return end - drop;
  }

  /** Adds the bytes that were written to the reserved address. */
  add(byteLength: number): void {
    const end = this.#get("end");
    this.#kernel.addToChecksum(end, byteLength);
    this.#set("end", end + byteLength);
  }

  /** Writes the rest of the stream. */
  finish(): void {
    this.#tokenise(true);
    this.#write(true);
    this.#blocks.align();
    this.#emit(this.#blocks.take());
    const checksum = new Uint8Array(4), view = new DataView(checksum.buffer);
    view.setUint16(0, this.#get("adlerB"));
    view.setUint16(2, this.#get("adlerA"));
    this.#emit(checksum);
  }

  #tokenise(isLast: boolean): void {
    for (;;) {
      const from = this.#get("tokenCount"), to = Math.min(LIMITS.blockTokens, from + SEGMENT_TOKENS);
      if (this.#fastSegments > 0) this.#kernel.tokeniseLatest(to, isLast);
      else this.#kernel.tokenise(to, isLast);
      if (this.#get("tokenCount") < to) return;
      if (this.#fastSegments > 0) this.#fastSegments--;
      else if (this.#get("farSaving") < LEAST_FAR_SAVING * (to - from)) this.#fastSegments = FAST_SEGMENTS;
      this.#set("farSaving", 0);
      if (to === LIMITS.blockTokens) this.#write(false);
    }
  }

  #write(isLast: boolean): void {
    const position = this.#get("position"), offset = position + this.#get("base") >>> 0;
    this.#blocks.write(isLast, offset - this.#blockOffset >>> 0, position);
    this.#blockOffset = offset;
    this.#emit(this.#blocks.take());
  }

  #get(name: keyof typeof AT): number {
    return this.#words[AT[name] >> 2];
  }

  #set(name: keyof typeof AT, value: number): void {
    this.#words[AT[name] >> 2] = value;
  }
}
