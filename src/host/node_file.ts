/** The part of `node:fs` that is used here; each call ends with a function that takes an error or the result. */
export interface NodeFileSystem {
  read: PositionedCall;
  write: PositionedCall;
}

type PositionedCall = (
  descriptor: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number | null,
  done: (error: Error | null, count: number) => void,
) => void;

/** An open file of the package `@deno/shim-deno`, which cannot be sought in or locked. */
export interface ShimFile {
  readonly rid: number;
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  stat(): Promise<{ readonly size: number }>;
  truncate(length?: number): Promise<void>;
  close(): void;
  [Symbol.dispose](): void;
}

/** An open file as Deno has it, in Node and Bun. */
export class NodeFile {
  readonly #file: ShimFile;
  readonly #system: NodeFileSystem;
  #offset = 0;
  /** Pipes and devices cannot be read at a place: places are named once someone has sought one. */
  #isSought = false;

  /**
   * Takes an open file.
   *
   * @param file The file, at its beginning.
   * @param system Reads and writes it.
   */
  constructor(file: ShimFile, system: NodeFileSystem) {
    this.#file = file;
    this.#system = system;
  }

  /** Reads up to as many bytes as the array has; `null` at the end. */
  async read(target: Uint8Array): Promise<number | null> {
    const count = await this.#call(this.#system.read, target);
    return count === 0 && target.length > 0 ? null : count;
  }

  /** Writes some of the bytes; how many. */
  async write(bytes: Uint8Array): Promise<number> {
    return await this.#call(this.#system.write, bytes);
  }

  /**
   * Goes to a place.
   *
   * @param offset In bytes.
   * @param whence From the beginning (0), the place at hand (1) or the end (2).
   * @returns The place, from the beginning.
   */
  async seek(offset: number | bigint, whence: 0 | 1 | 2): Promise<number> {
    const base = [() => 0, () => this.#offset, async () => (await this.stat()).size][whence];
    this.#offset = await base() + Number(offset);
    this.#isSought = true;
    return this.#offset;
  }

  /** Size and times. */
  stat(): Promise<{ readonly size: number }> {
    return this.#file.stat();
  }

  /** Cuts or lengthens the file. */
  truncate(length?: number): Promise<void> {
    return this.#file.truncate(length);
  }

  /** Nothing: Node has no locks of files. */
  lock(): Promise<void> {
    return Promise.resolve();
  }

  /** The rest of the file. */
  get readable(): ReadableStream<Uint8Array> {
    return this.#file.readable;
  }

  /** Takes bytes for the file. */
  get writable(): WritableStream<Uint8Array> {
    return this.#file.writable;
  }

  /** Ends the work with the file. */
  close(): void {
    this.#file.close();
  }

  /** As {@linkcode close}, unless that was called. */
  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  async #call(call: PositionedCall, bytes: Uint8Array): Promise<number> {
    const position = this.#isSought ? this.#offset : null;
    const count = await new Promise<number>((resolve, reject) =>
      call(
        this.#file.rid,
        bytes,
        0,
        bytes.length,
        position,
        (error, count) => error ? reject(error) : resolve(count),
      )
    );
    this.#offset += count;
    return count;
  }
}
