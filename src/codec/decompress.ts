import {
  ANSBitstream,
  bandSteps,
  MAX_STEP_CODE,
  QuantParams,
  ReconRGB,
  UNIT_STEP_CODE,
  YCC3,
} from "../components/mod.ts";
import {
  BitstreamError,
  type Entity,
  type PyramidLayout,
  pyramidLayout,
  TENSOR_ALIGNMENT_BYTES,
} from "../core/mod.ts";
import { sectionCount } from "../entropy/mod.ts";
import {
  type Container,
  EXACT_SECTION,
  LATENT_SECTION,
  OPTIONAL_SECTION,
  PIXEL_CHECK_SECTION,
  PIXEL_SECTION,
  readContainer,
} from "../format/mod.ts";
import type { OnnxModel } from "../models/mod.ts";
import { ANSDecode, ColourYCC, Hadamard4, OnnxVAEDecode, QuantizeU8, waveletSystem } from "../systems/mod.ts";
import { World } from "../world.ts";
import { arenaBytesFor, latentSize, pixelArenaBytes } from "./geometry.ts";
import { modelOfFile } from "./model_choice.ts";
import type { DecompressOptions } from "./options.ts";
import { pixelCheck } from "./pixel_encoder.ts";
import { pixelGains, PIXELS } from "./pixel_params.ts";
import { priorOf } from "./prior.ts";
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
  const { maxPixels, partial = false } = options;
  const container = readContainer(bytes, { partial, ...(maxPixels !== undefined && { maxPixels }) });
  const { header } = container;
  const pixels = header.modelId === PIXELS.id
    ? await decodePixels(container, options)
    : await decodeLatent(container, await modelOfFile(header, options.model), options);
  const data = toRgba(pixels);
  if (!partial) checkPixels(container, data);
  return { data, width: header.width, height: header.height };
}

async function decodeLatent(
  container: Container,
  model: OnnxModel,
  options: DecompressOptions,
): Promise<Float32Array> {
  const { header } = container, { manifest } = model;
  const prior = await priorOf(model);
  const layout = pyramidLayout(header.wavelet, header.levels, {
    channels: 4,
    ...latentSize(manifest, header),
  });
  const world = new World({ arenaBytes: arenaBytesFor(manifest, header) + sectionBytes(container) });
  const gains = header.levels === manifest.levels ? manifest.bandGains : undefined;
  const quant = new QuantParams(bandSteps(layout, header.stepCode, gains), header.stepCode, header.quality);
  const { pixels } = await unwrapped(
    world.pipe(spawnStream(world, container, LATENT_SECTION, layout, quant, options))
      .to(new ANSDecode(prior === undefined ? {} : { prior }))
      .to(new QuantizeU8("inverse"))
      .to(waveletSystem(header.wavelet, "inverse"))
      .to(new Hadamard4("inverse"))
      .to(new OnnxVAEDecode(model))
      .out(ReconRGB),
  );
  report(world, options);
  return world.arena.view(pixels);
}

async function decodePixels(container: Container, options: DecompressOptions): Promise<Float32Array> {
  const { header } = container;
  const { width, height, stepCode } = header;
  const layout = pyramidLayout(header.wavelet, header.levels, { channels: 3, width, height });
  const exact = (container.sections[0]?.kind & 0xf0) === EXACT_SECTION;
  const quant = exact
    ? new QuantParams(new Float32Array(layout.bands.length).fill(1), UNIT_STEP_CODE, 0, exactBound(stepCode))
    : new QuantParams(bandSteps(layout, stepCode, pixelGains(layout)), stepCode, header.quality);
  const world = new World({ arenaBytes: pixelArenaBytes(header) + sectionBytes(container) });
  const { pixels } = await unwrapped(
    world.pipe(spawnStream(world, container, exact ? EXACT_SECTION : PIXEL_SECTION, layout, quant, options))
      .to(new ANSDecode())
      .to(new QuantizeU8("inverse"))
      .to(waveletSystem(header.wavelet, "inverse", { planes: YCC3 }))
      .to(new ColourYCC("inverse"))
      .out(ReconRGB),
  );
  report(world, options);
  return world.arena.view(pixels);
}

function spawnStream(
  world: World,
  container: Container,
  kind: number,
  layout: PyramidLayout,
  quant: QuantParams,
  { partial = false }: DecompressOptions,
): Entity<ANSBitstream> {
  const { coder, payloads } = streamSections(container, kind, sectionCount(layout.bands), partial);
  const sections = payloads.map((payload) => {
    const ref = world.host.allocate([payload.length], "u8");
    world.host.view(ref).set(payload);
    return ref;
  });
  return world.add(world.newEntity(), new ANSBitstream(sections, coder, layout, quant, container.header));
}

function sectionBytes({ sections }: Container): number {
  return sections.reduce((sum, { payload }) => sum + payload.length + TENSOR_ALIGNMENT_BYTES, 0);
}

function exactBound(stepCode: number): number {
  if (stepCode <= 127) return stepCode;
  throw new BitstreamError(
    "file-header",
    `Cannot decode: the largest error of an exact stream is 127, this header says ${stepCode}; the file is damaged`,
  );
}

function report(world: World, { onStep }: DecompressOptions): void {
  if (onStep) world.trace.records.forEach((record) => onStep(record));
}

function checkPixels({ sections }: Container, data: Uint8ClampedArray): void {
  const check = sections.find(({ kind }) => kind === PIXEL_CHECK_SECTION);
  if (check && pixelCheck(data).some((byte, i) => byte !== check.payload[i])) {
    throw new BitstreamError(
      "pixels-mismatch",
      "Cannot vouch for this picture: its checksum is not that of the lossless original; report this file",
    );
  }
}

function streamSections(
  container: Container,
  streamKind: number,
  expected: number,
  partial: boolean,
): { coder: number; payloads: Uint8Array[] } {
  const payloads: Uint8Array[] = [];
  let coder: number | undefined;
  for (const [index, { kind, payload }] of container.sections.entries()) {
    if ((kind & 0xf0) === streamKind) {
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
  const enough = partial ? payloads.length <= expected : payloads.length === expected;
  if (coder === undefined || !enough) {
    throw new BitstreamError(
      "file-truncated",
      `Cannot decode: the file holds ${payloads.length} of ${expected} sections; fetch it again`,
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
