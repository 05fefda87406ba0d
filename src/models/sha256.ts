/** SHA-256 as lower-case hex. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Array.from(await sha256(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** SHA-256: the runtime's own, or that of this module where there is none, as on pages that plain HTTP serves. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  return subtle ? new Uint8Array(await subtle.digest("SHA-256", bytes)) : ownSha256(bytes);
}

/** SHA-256 after FIPS 180-4. */
export function ownSha256(bytes: Uint8Array): Uint8Array {
  const roundWords: number[] = [], start: number[] = [];
  for (let n = 2; roundWords.length < 64; n++) {
    let divisor = 2;
    while (n % divisor) divisor++;
    if (divisor < n) continue; // not a prime
    start.push(n ** (1 / 2) * 2 ** 32 | 0);
    roundWords.push(n ** (1 / 3) * 2 ** 32 | 0);
  }
  const hash = Int32Array.from(start.slice(0, 8)), words = new Int32Array(64);
  const { length } = bytes, padded = new Uint8Array(length + 72 - (length + 8) % 64);
  padded.set(bytes);
  padded[length] = 128;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(8 * length));
  const turned = (word: number, by: number) => word >>> by | word << 32 - by;
  for (let offset = 0; offset < padded.length; offset += 64) {
    let [a, b, c, d, e, f, g, h] = hash;
    for (let i = 0; i < 64; i++) {
      const x = words[i - 15], y = words[i - 2];
      words[i] = i < 16
        ? view.getInt32(offset + 4 * i)
        : (turned(x, 7) ^ turned(x, 18) ^ x >>> 3) + words[i - 7] +
          (turned(y, 17) ^ turned(y, 19) ^ y >>> 10) + words[i - 16];
      const first = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + (e & f ^ ~e & g) + roundWords[i] +
        words[i];
      const second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + (a & b ^ a & c ^ b & c);
      [a, b, c, d, e, f, g, h] = [first + second | 0, a, b, c, d + first | 0, e, f, g];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => hash[i] += value);
  }
  const result = new DataView(new ArrayBuffer(32));
  hash.forEach((value, i) => result.setInt32(4 * i, value));
  return new Uint8Array(result.buffer);
}
