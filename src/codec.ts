import {
  ANSBitstream,
  bandSteps,
  MAX_STEP_CODE,
  QuantParams,
  ReconRGB,
  stepFromCode,
} from "./components/mod.ts";
import {
  BitstreamError,
  InvalidValueError,
  ModelError,
  PipeError,
  pyramidLayout,
  type TraceRecord,
  type WaveletName,
} from "./core/mod.ts";
import { CODER_CONTEXT, CODER_STATIC, type EntropyMode, sectionCount } from "./entropy/mod.ts";
import {
  type Container,
  type ContainerHeader,
  LATENT_SECTION,
  OPTIONAL_SECTION,
  readContainer,
  writeContainer,
} from "./format/mod.ts";
import {
  EMBEDDED_MODELS,
  loadEmbeddedManifests,
  loadModel,
  type ModelManifest,
  type OnnxModel,
  stepOfQuality,
} from "./models/mod.ts";
import {
  ANSDecode,
  ANSEncode,
  Hadamard4,
  OnnxVAEDecode,
  OnnxVAEEncode,
  QuantizeU8,
  waveletSystem,
} from "./systems/mod.ts";
import { type PictureLike, World } from "./world.ts";

/** Quality when none is asked for. */
export const DEFAULT_QUALITY = 50;

/** A decoded picture: RGBA, 8 bits each, rows top to bottom; the shape of `ImageData`. */
export interface DecodedPicture {
  /** 4 · width · height bytes; alpha is 255. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Options of {@linkcode compress}. */
export interface CompressOptions {
  /** 1 (smallest) to 100 (best); 50 by default. */
  readonly quality?: number;
  /** Name of an embedded model, or path or URL of a model's folder. By default `quality` chooses. */
  readonly model?: string;
  /** Entropy coder: `"context"` (smallest, the default) or `"static"` (fastest). */
  readonly entropy?: EntropyMode;
  /** Called with each step as it ends. */
  readonly onStep?: (record: TraceRecord) => void;
}

/** Options of {@linkcode decompress}. */
export interface DecompressOptions {
  /** Folder of the model, when the file was made with one that does not ship with the package. */
  readonly model?: string;
  /** Refuse pictures of more pixels, before anything is allocated; 2^28 by default. */
  readonly maxPixels?: number;
  /** Called with each step as it ends. */
  readonly onStep?: (record: TraceRecord) => void;
}

/** What {@linkcode inspect} tells of a file. */
export interface FileInfo {
  /** Columns, in pixels. */
  readonly width: number;
  /** Rows, in pixels. */
  readonly height: number;
  /** Size of the file. */
  readonly bytes: number;
  /** 8 · bytes / (width · height). */
  readonly bpp: number;
  /** Raw RGB bytes over the file's. */
  readonly compressionRatio: number;
  /** Name of the model that decodes it. */
  readonly model: string;
  /** First four bytes of the model's fingerprint, eight hex digits. */
  readonly modelFingerprint: string;
  /** Quality asked for; 0 if the step was given directly. */
  readonly quality: number;
  /** Base quantiser step, in the latent's units. */
  readonly step: number;
  /** Lifting scheme. */
  readonly wavelet: WaveletName;
  /** Levels of decomposition. */
  readonly levels: number;
  /** Sections in file order. */
  readonly sections: readonly { readonly kind: string; readonly bytes: number }[];
}

/**
 * Compresses a picture to the bytes of a `.vaer` file.
 *
 * Alpha is not stored yet; colours are taken as sRGB. Loads the model when first called.
 *
 * @param picture RGBA, any size from 1×1.
 * @param options Quality and model.
 * @returns A file that decodes alone.
 * @throws InvalidValueError ("picture-size", "picture-data", "quality-range"), ModelError, ArenaFullError.
 *
 * @example Compress and decompress
 * ```ts
 * import { compress, decompress } from "@vaerans/vaerans";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8ClampedArray(4 * 60 * 40).fill(200);
 * const bytes = await compress({ data, width: 60, height: 40 }, { quality: 30 });
 * const picture = await decompress(bytes);
 * assertEquals([picture.width, picture.height], [60, 40]);
 * ```
 */
export async function compress(
  picture: PictureLike,
  options: CompressOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const quality = options.quality ?? DEFAULT_QUALITY;
  if (!(quality >= 1 && quality <= 100)) {
    throw new InvalidValueError(
      "quality-range",
      `Cannot compress at quality ${quality}: it must be 1 to 100`,
    );
  }
  const model = await loadModel(options.model ?? await modelForQuality(quality));
  const { manifest } = model;
  const world = new World({ arenaBytes: arenaBytesFor(manifest, picture.width, picture.height) });
  const entity = world.spawnImage(picture);
  const stream = await unwrapped(
    world.pipe(entity)
      .to(new OnnxVAEEncode(model))
      .to(new Hadamard4("forward"))
      .to(waveletSystem(manifest.wavelet, "forward", { levels: manifest.levels }))
      .to(
        new QuantizeU8("forward", {
          step: stepOfQuality(manifest, quality),
          quality,
          gains: manifest.bandGains,
        }),
      )
      .to(new ANSEncode(options.entropy ? { model: options.entropy } : {}))
      .out(ANSBitstream),
  );
  world.trace.records.forEach((record) => options.onStep?.(record));
  const { layout, quant } = stream;
  return writeContainer(
    {
      width: picture.width,
      height: picture.height,
      modelId: model.id,
      modelName: model.id === 0 ? model.name : "",
      modelFingerprint: model.fingerprint,
      wavelet: layout.wavelet,
      levels: layout.levels,
      stepCode: quant.stepCode,
      quality: Math.round(quality),
    },
    stream.sections.map((ref) => ({ kind: LATENT_SECTION | stream.coder, payload: world.arena.view(ref) })),
  );
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
  const world = new World({
    arenaBytes: arenaBytesFor(manifest, header.width, header.height) + bytes.length,
  });
  const sections = payloads.map((payload) => {
    const ref = world.arena.allocate([payload.length], "u8");
    world.arena.view(ref).set(payload);
    return ref;
  });
  const quant = new QuantParams(
    bandSteps(layout, header.stepCode, manifest.bandGains),
    header.stepCode,
    header.quality,
  );
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
  world.trace.records.forEach((record) => options.onStep?.(record));
  return { data: toRgba(world.arena.view(pixels)), width: header.width, height: header.height };
}

/**
 * Tells what a file holds, from its headers alone: no model is loaded, nothing is decoded. All checksums are verified.
 *
 * @throws BitstreamError.
 */
export function inspect(bytes: Uint8Array): FileInfo {
  const { header, sections } = readContainer(bytes, { maxPixels: Infinity });
  const { width, height } = header;
  return {
    width,
    height,
    bytes: bytes.length,
    bpp: 8 * bytes.length / (width * height),
    compressionRatio: 3 * width * height / bytes.length,
    model: modelNameOf(header),
    modelFingerprint: header.modelFingerprint.toString(16).padStart(8, "0"),
    quality: header.quality,
    step: stepFromCode(header.stepCode),
    wavelet: header.wavelet,
    levels: header.levels,
    sections: sections.map(({ kind, payload }) => ({ kind: sectionName(kind), bytes: payload.length })),
  };
}

async function modelForQuality(quality: number): Promise<string> {
  const manifests = await loadEmbeddedManifests();
  const fits = ({ autoQuality }: ModelManifest) =>
    autoQuality && quality >= autoQuality[0] && quality < autoQuality[1] + 1;
  return (manifests.find(fits) ?? manifests[0]).name;
}

function modelNameOf(header: ContainerHeader): string {
  if (header.modelId === 0) return header.modelName;
  return EMBEDDED_MODELS.find(({ id }) => id === header.modelId)?.name ?? `#${header.modelId}`;
}

async function modelOfFile(header: ContainerHeader, given: string | undefined): Promise<OnnxModel> {
  const name = modelNameOf(header);
  if (given === undefined && (header.modelId === 0 || name.startsWith("#"))) {
    throw new ModelError(
      "model-unknown",
      `Cannot decode without model "${name}", which does not ship with this release: give its folder as the model option`,
    );
  }
  const model = await loadModel(given ?? name);
  if (model.fingerprint !== header.modelFingerprint) {
    const hex = (fingerprint: number) => fingerprint.toString(16).padStart(8, "0");
    throw new ModelError(
      "model-mismatch",
      `Cannot decode a file made with model ${name} of fingerprint ${
        hex(header.modelFingerprint)
      }: model ${model.name} ` +
        `here has ${hex(model.fingerprint)}; use the release or the model folder that made the file`,
    );
  }
  return model;
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

function sectionName(kind: number): string {
  if (kind === (LATENT_SECTION | CODER_STATIC)) return "latent, static";
  if (kind === (LATENT_SECTION | CODER_CONTEXT)) return "latent, context";
  return `${kind & OPTIONAL_SECTION ? "optional" : "critical"} ${kind & ~OPTIONAL_SECTION}`;
}

function latentSize(manifest: ModelManifest, { width, height }: { width: number; height: number }) {
  const side = (pixels: number) =>
    Math.ceil(pixels / manifest.paddingMultiple) * manifest.paddingMultiple / manifest.downsampling;
  return { width: side(width), height: side(height) };
}

/** Room for every tensor of one pass: u8 and planar f32 pixels, and a handful of latents. */
function arenaBytesFor(manifest: ModelManifest, width: number, height: number): number {
  const latent = latentSize(manifest, { width, height });
  const latents = 4 * latent.width * latent.height;
  const paddedPixels = latents / 4 * manifest.downsampling ** 2;
  return 2 ** 20 + 32 * paddedPixels + 52 * latents;
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

/** The pipes here are not the caller's: errors leave without their path. */
async function unwrapped<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw error instanceof PipeError ? error.cause : error;
  }
}
