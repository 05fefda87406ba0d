/** Castagnoli's polynomial, reflected (RFC 3720, appendix B.4). */
const POLYNOMIAL = 0x82f63b78;

/** What a byte becomes with 0, 1, 2 or 3 bytes of zeros behind it, 256 entries each. */
const TABLE = new Uint32Array(4 * 256);
for (let i = 0; i < TABLE.length; i++) {
  let value = i < 256 ? i : TABLE[i - 256];
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  TABLE[i] = value;
}

/**
 * CRC-32C of `bytes` as an unsigned number; `"123456789"` gives 0xe3069283.
 *
 * @param bytes What is to be checked, or the next part of it.
 * @param before CRC-32C of the parts before.
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = ~before, i = 0;
  for (; i + 4 <= bytes.length; i += 4) {
    crc ^= bytes[i] | bytes[i + 1] << 8 | bytes[i + 2] << 16 | bytes[i + 3] << 24;
    crc = TABLE[768 + (crc & 255)] ^ TABLE[512 + (crc >>> 8 & 255)] ^ TABLE[256 + (crc >>> 16 & 255)] ^
      TABLE[crc >>> 24];
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]) & 0xff];
  return ~crc >>> 0;
}
