/** Unit in which a WebAssembly memory grows. */
export const PAGE_BYTES = 65536;
/** The most pages that a memory of 32-bit addresses can have. */
const MAX_PAGES = 65536;

const HEADER_BYTES = 8, MEMORY_SECTION = 5;

/**
 * Limits the memory of a WebAssembly module that states no limit for its own memory: the engine then refuses to let it grow, as
 * if the machine had no more.
 *
 * @param wasm The module, with one memory.
 * @param maxPages The most pages that its memory may have.
 * @returns The module with the limit.
 * @throws RangeError If it has no memory of its own.
 */
export function withMemoryLimit(wasm: Uint8Array, maxPages: number): Uint8Array<ArrayBuffer> {
  for (let at = HEADER_BYTES; at < wasm.length;) {
    const id = wasm[at], [length, start] = readLeb(wasm, at + 1), end = start + length;
    if (id === MEMORY_SECTION) {
      const [least] = readLeb(wasm, start + 2); // behind the count and the flags
      const content = [1, 1, ...leb(least), ...leb(Math.max(least, Math.min(maxPages, MAX_PAGES)))];
      const section = [MEMORY_SECTION, ...leb(content.length), ...content];
      const limited = new Uint8Array(at + section.length + wasm.length - end);
      limited.set(wasm.subarray(0, at));
      limited.set(section, at);
      limited.set(wasm.subarray(end), at + section.length);
      return limited;
    }
    at = end;
  }
  throw new RangeError("the module has no memory");
}

/** A number in LEB128, and where it ends. */
function readLeb(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0;
  for (let scale = 1;; scale *= 128) {
    const byte = bytes[at++];
    value += (byte & 127) * scale;
    if (byte < 128) return [value, at];
  }
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [value % 128 + 128, ...leb(Math.floor(value / 128))];
}
