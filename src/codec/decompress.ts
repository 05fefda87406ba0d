import { ANSBitstream, bandSteps, MAX_STEP_CODE, QuantParams, ReconRGB } from "../components/mod.ts";
import { BitstreamError, pyramidLayout } from "../core/mod.ts";
import { sectionCount } from "../entropy/mod.ts";
import { type Container, LATENT_SECTION, OPTIONAL_SECTION, readContainer } from "../format/mod.ts";
import { ANSDecode, Hadamard4, OnnxVAEDecode, QuantizeU8, waveletSystem } from "../systems/mod.ts";
import { World } from "../world.ts";
import { arenaBytesFor, latentSize } from "./geometry.ts";
import { modelOfFile } from "./model_choice.ts";
import type { DecompressOptions } from "./options.ts";
import { unwrapped } from "./unwrap.ts";

/** A decoded picture: RGBA, 8 bits each, rows top to bottom; the shape of `ImageData`. */
export interface DecodedPicture {
  /** 4 · width · height bytes; alpha is 255. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * Decompresses a `.vaer` file. Everything needed is in the file and its model.
 *
 * @param bytes The whole file.
 * @param options Limits, and where to find a model of one's own.
 * @throws BitstreamError (damage, limits), ModelError ("model-mismatch" and others).
 */
export async function decompress(
  bytes: Uint8Array,
  options: DecompressOptions = {},
): Promise<DecodedPicture> {
  const container = readContainer(
    bytes,
    options.maxPixels === undefined ? {} : { maxPixels: options.maxPixels },
  );
  const { header } = container;
  const model = await modelOfFile(header, options.model);
  const { manifest } = model;
  const layout = pyramidLayout(header.wavelet, header.levels, {
    channels: 4,
    ...latentSize(manifest, header),
  });
  const { coder, payloads } = latentSections(container, sectionCount(layout.bands));
  const world = new World({ arenaBytes: arenaBytesFor(manifest, header) + bytes.length });
  const sections = payloads.map((payload) => {
    const ref = world.arena.allocate([payload.length], "u8");
    world.arena.view(ref).set(payload);
    return ref;
  });
  const gains = header.levels === manifest.levels ? manifest.bandGains : undefined;
  const quant = new QuantParams(bandSteps(layout, header.stepCode, gains), header.stepCode, header.quality);
  const entity = world.add(world.newEntity(), new ANSBitstream(sections, coder, layout, quant, header));
  const { pixels } = await unwrapped(
    world.pipe(entity)
      .to(new ANSDecode())
      .to(new QuantizeU8("inverse"))
      .to(waveletSystem(header.wavelet, "inverse"))
      .to(new Hadamard4("inverse"))
      .to(new OnnxVAEDecode(model))
      .out(ReconRGB),
  );
  const { onStep } = options;
  if (onStep) world.trace.records.forEach((record) => onStep(record));
  return { data: toRgba(world.arena.view(pixels)), width: header.width, height: header.height };
}

function latentSections(container: Container, expected: number): { coder: number; payloads: Uint8Array[] } {
  const payloads: Uint8Array[] = [];
  let coder: number | undefined;
  for (const [index, { kind, payload }] of container.sections.entries()) {
    if ((kind & 0xf0) === LATENT_SECTION) {
      coder ??= kind & 15;
      if (coder !== (kind & 15)) {
        throw new BitstreamError(
          "section-mixed",
          `Cannot decode section ${index}: its coder differs from the first one's; the file is damaged`,
        );
      }
      payloads.push(payload);
    } else if (!(kind & OPTIONAL_SECTION)) {
      throw new BitstreamError(
        "section-unknown",
        `Cannot decode section ${index}: its kind ${kind} is not known and not optional; use a newer release`,
      );
    }
  }
  if (coder === undefined || payloads.length !== expected) {
    throw new BitstreamError(
      "file-truncated",
      `Cannot decode: the file holds ${payloads.length} of ${expected} latent sections; fetch it again`,
    );
  }
  if (container.header.stepCode > MAX_STEP_CODE) {
    throw new BitstreamError(
      "file-header",
      `Cannot decode: step code ${container.header.stepCode} is over ${MAX_STEP_CODE}; the file is damaged`,
    );
  }
  return { coder, payloads };
}

function toRgba(pixels: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(pixels.length / 3 * 4);
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
    data[to] = pixels[from] * 255 + 0.5 | 0;
    data[to + 1] = pixels[from + 1] * 255 + 0.5 | 0;
    data[to + 2] = pixels[from + 2] * 255 + 0.5 | 0;
    data[to + 3] = 255;
  }
  return data;
}
