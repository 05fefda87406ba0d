import { InvalidValueError } from "../core/mod.ts";
import type { Picture } from "../image/mod.ts";
import type { EvalCodec } from "./codecs.ts";

/** A file as near below a number of bytes as its codec gets. */
export interface EqualBytesFile {
  /** The file. */
  readonly file: Uint8Array;
  /** The codec's setting; absent when it aimed at the bytes itself. */
  readonly setting?: number;
}

/** Options of {@linkcode encodeWithin}. */
export interface EncodeWithinOptions {
  /** Encodes with a setting; the codec's own `encode` unless results are kept somewhere. */
  readonly encode?: (setting: number) => Promise<Uint8Array>;
  /** Bytes that whole settings are known to give, to begin between. */
  readonly known?: ReadonlyMap<number, number>;
}

interface Probe {
  readonly setting: number;
  /** Logarithm of the size: about linear in the setting over a short way. */
  readonly logBytes: number;
}

const [LOWEST, HIGHEST] = [1, 100];

/**
 * Encodes with the best setting whose file is no larger than `limit`: by the codec's own aim at bytes, or by a search over
 * whole settings that takes size to rise with the setting.
 *
 * @param codec The codec.
 * @param picture The picture.
 * @param limit Most bytes.
 * @param options What is known already.
 * @returns The file; the codec's smallest, over the limit, when nothing fits.
 */
export async function encodeWithin(
  codec: EvalCodec,
  picture: Picture,
  limit: number,
  options: EncodeWithinOptions = {},
): Promise<EqualBytesFile> {
  const { encode = (setting) => codec.encode(picture, setting), known = new Map() } = options;
  if (codec.encodeTo) {
    try {
      return { file: await codec.encodeTo(picture, limit) };
    } catch (error) {
      if (!(error instanceof InvalidValueError && error.code === "rate-unreachable")) throw error;
      return { file: await encode(LOWEST), setting: LOWEST };
    }
  }
  const probeOf = (setting: number, bytes: number): Probe => ({ setting, logBytes: Math.log(bytes) });
  const probes = [...known].map(([setting, bytes]) => probeOf(setting, bytes))
    .filter(({ setting }) => Number.isInteger(setting))
    .sort((a, b) => a.setting - b.setting);
  const target = Math.log(limit);
  let low = probes.findLast(({ logBytes }) => logBytes <= target);
  let high = probes.find(({ logBytes, setting }) => logBytes > target && setting > (low?.setting ?? 0));
  if (!low) {
    low = probeOf(LOWEST, (await encode(LOWEST)).length);
    if (low.logBytes > target) return { file: await encode(LOWEST), setting: LOWEST };
  }
  high ??= { setting: HIGHEST + 1, logBytes: low.logBytes + 5 };
  while (high.setting - low.setting > 1) {
    const share = (target - low.logBytes) / (high.logBytes - low.logBytes);
    // Off the ends, so that one end does not crawl.
    const guess = Math.round(
      low.setting + Math.min(0.8, Math.max(0.2, share)) * (high.setting - low.setting),
    );
    const setting = Math.min(high.setting - 1, Math.max(low.setting + 1, guess));
    const probe = probeOf(setting, (await encode(setting)).length);
    if (probe.logBytes > target) high = probe;
    else low = probe;
  }
  return { file: await encode(low.setting), setting: low.setting };
}
