import { BitstreamError, InvalidValueError } from "../core/mod.ts";
import {
  type ContainerHeader,
  type ContainerSection,
  type FileSource,
  isStreamKind,
  openSource,
  PIXEL_CHECK_SECTION,
  THUMBNAIL_SECTION,
} from "../format/mod.ts";
import { checkDecompressOptions } from "./check_options.ts";
import { TILE_JOBS } from "./streams/tile_jobs.ts";
import { streamsOf } from "./streams/streams_of_file.ts";
import { checkMemory, DEFAULT_MAX_MEMORY_BYTES, threadsWithin } from "./streams/decoding_memory.ts";
import { engineFor, engineForPiece, threadsForGroups, threadsForPiece } from "./run/engines.ts";
import { type Rect, TileGrid } from "./tiles/tile_grid.ts";
import { type FileMetadata, readMetadata } from "./container/metadata.ts";
import type { DecompressOptions } from "./options.ts";
import { PictureDecoder, placeSections } from "./picture_decoder.ts";
import { pixelCheck } from "./container/pixel_check.ts";
import { Progress } from "./progress.ts";
import { readIndex, readSections, readWhole } from "./container/read_file.ts";
import { codedHeader, codedRect } from "./reduction/coded_size.ts";
import { enlarge } from "./reduction/enlarge.ts";
import { eightBitSamples, type SampleData } from "./samples.ts";
import { thumbnailSamples } from "../thumbnail/thumbnail_samples.ts";

/** A decoded picture: RGBA, rows top to bottom; with 8 bits the shape of `ImageData`. */
export interface DecodedPicture<
  D extends Uint8ClampedArray<ArrayBuffer> | Uint16Array<ArrayBuffer> = Uint8ClampedArray<ArrayBuffer>,
> {
  /** 4 · width · height samples. */
  readonly data: D;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** What the file carries besides; absent if nothing. Of a region that was read alone, the profile only. */
  readonly metadata?: FileMetadata;
}

/**
 * Decompresses a `.vaer` file, or a region of it. Everything needed is in the file and its model.
 *
 * Bytes and options are copied before the promise is returned: what is written to them later is not seen.
 *
 * @param source The file: bytes, a `Blob`, an open file, a URL. Of a large picture a region reads only what it needs. An open file
 *   with a position serves one call at a time.
 * @param options What to decode, limits, and where to find a model of one's own.
 * @returns The picture, rounded to 8 bits unless `keepDepth` is given and the file has more.
 * @throws BitstreamError (damage, limits), ModelError ("model-mismatch" and others), InvalidValueError ("region-range",
 *   "option-unknown", "option-value" and others of single options), the reason of an aborted signal.
 */
export async function decompress(
  source: FileSource,
  options: DecompressOptions & { readonly keepDepth: true },
): Promise<DecodedPicture | DecodedPicture<Uint16Array<ArrayBuffer>>>;
/** As above, rounded to 8 bits. */
export async function decompress(source: FileSource, options?: DecompressOptions): Promise<DecodedPicture>;
export async function decompress(
  source: FileSource,
  given: DecompressOptions = {},
): Promise<DecodedPicture | DecodedPicture<Uint16Array<ArrayBuffer>>> {
  checkDecompressOptions(given);
  const region = given.region && { ...given.region }, options = { ...given, ...region && { region } };
  const { maxPixels, partial = false, signal } = options;
  signal?.throwIfAborted();
  const limits = { partial, ...(maxPixels !== undefined && { maxPixels }) };
  const bytes = await openSource(source, signal);
  const index = region && !partial ? await readIndex(bytes, limits, signal) : undefined;
  if (index) {
    return (await decodeSections(
      index.header,
      [...index.before, index.first],
      options,
      async (decoder, wanted) => {
        if (index.offsets.length !== decoder.plan.length + 1) {
          throw new BitstreamError(
            "file-index",
            `Cannot use the index of this .vaer file: it must list ${decoder.plan.length} sections (got ` +
              `${index.offsets.length - 1}). Fetch the file again.`,
          );
        }
        return await readSections(bytes, index, decoder.sectionsFor(wanted), signal);
      },
    ))!;
  }
  const { header, sections } = await readWhole(bytes, limits, signal);
  return (await decodeSections(
    header,
    sections,
    options,
    (decoder) => Promise.resolve(placeSections(decoder, sections, partial ? "some" : "all")),
  ))!;
}

/**
 * Decodes the sections of a picture that are there.
 *
 * @param shown Header of the file.
 * @param known Sections before those of the streams, and the first of these at least.
 * @param read Gives the sections by their place in the decoder's plan.
 * @param isPreview Whether a picture of the latent is wanted that takes no network.
 * @returns Nothing where the file has no such preview.
 */
export async function decodeSections(
  shown: ContainerHeader,
  known: readonly ContainerSection[],
  options: DecompressOptions,
  read: (decoder: PictureDecoder, wanted: Rect) => Promise<readonly (ContainerSection | undefined)[]>,
  isPreview = false,
): Promise<DecodedPicture | DecodedPicture<Uint16Array<ArrayBuffer>> | undefined> {
  const { maxMemoryBytes = DEFAULT_MAX_MEMORY_BYTES, partial, keepDepth, signal } = options;
  const whole = { x: 0, y: 0, width: shown.width, height: shown.height };
  const shownRect = options.region ? checkedRegion(options.region, whole) : whole;
  const thumbnail = partial ? thumbnailAlone(known) : undefined;
  if (thumbnail) {
    checkMemory(4 * shownRect.width * shownRect.height, maxMemoryBytes, shown);
    const samples = thumbnailSamples(thumbnail, whole, shownRect);
    return await pictureOf(samples, shownRect, known);
  }
  const header = codedHeader(shown), wanted = codedRect(shownRect, shown);
  const streams = await streamsOf(header, known, options.model, options.runtime);
  if (isPreview) {
    if (streams.length > 1 || header.tileSide > 0 || !streams[0].preview) return undefined;
    streams[0] = { ...streams[0], isPreview };
  }
  const progress = new Progress(options);
  const grid = new TileGrid(header, header.tileSide, streams[0]);
  const tileCount = grid.tilesIn(grid.samplesOf(wanted)).length;
  const pixelCount = wanted.width * wanted.height, isLatent = streams[0].kind === "latent";
  const mostThreads = tileCount === 1
    ? threadsForPiece(pixelCount, isLatent, options)
    : threadsForGroups(tileCount, options);
  const enlargedBytes = shown.reduction > 0 ? 4 * shownRect.width * shownRect.height : 0;
  const maxThreads = threadsWithin(header, streams, wanted, mostThreads, maxMemoryBytes, enlargedBytes);
  const engine = tileCount === 1
    ? engineForPiece(TILE_JOBS, pixelCount, isLatent, { ...options, maxThreads })
    : engineFor(TILE_JOBS, tileCount, { ...options, maxThreads });
  try {
    const decoder = new PictureDecoder(header, streams, engine, () => progress.step());
    const sections = await read(decoder, wanted);
    progress.begin("decode", decoder.jobsFor(wanted));
    const decoded = await decoder.decode(sections, wanted);
    signal?.throwIfAborted();
    const data = shown.reduction > 0
      ? enlarge(decoded as Uint8ClampedArray, {
        reduction: shown.reduction,
        coded: header,
        inner: wanted,
        wanted: shownRect,
      })
      : decoded;
    const picture = await pictureOf(data, shownRect, known);
    const alpha = header.alphaBound === 0;
    const check = known.find(({ kind }) => kind === PIXEL_CHECK_SECTION);
    if (check && !partial && !options.region) {
      if (pixelCheck(picture, { grey: header.grey, alpha }).some((byte, i) => byte !== check.payload[i])) {
        throw new BitstreamError(
          "pixels-mismatch",
          "Cannot verify the picture: its checksum must be that of the lossless original (got another). Please report this " +
            "bug with the file.",
        );
      }
    }
    progress.finish();
    if (data instanceof Uint16Array && !keepDepth) return { ...picture, data: eightBitSamples(data) };
    return picture as DecodedPicture;
  } finally {
    engine.close();
  }
}

/** A picture with the metadata of its file. */
async function pictureOf<D extends SampleData>(
  data: D,
  { width, height }: Rect,
  known: readonly ContainerSection[],
): Promise<{ data: D; width: number; height: number; metadata?: FileMetadata }> {
  const metadata = await readMetadata(known);
  return { data, width, height, ...(Object.keys(metadata).length > 0 && { metadata }) };
}

/** The thumbnail of a file of which no section of the picture is there. */
function thumbnailAlone(known: readonly ContainerSection[]): Uint8Array | undefined {
  if (known.some(({ kind }) => isStreamKind(kind))) return undefined;
  return known.find(({ kind }) => kind === THUMBNAIL_SECTION)?.payload;
}

function checkedRegion(region: Rect, whole: Rect): Rect {
  const { x, y, width, height } = region;
  const inside = [x, y, width, height].every(Number.isInteger) && x >= 0 && y >= 0 && width >= 1 &&
    height >= 1 && x + width <= whole.width && y + height <= whole.height;
  if (inside) return { x, y, width, height };
  throw new InvalidValueError(
    "region-range",
    `Cannot decode the region: it must be whole pixels, at least 1×1, inside ${whole.width}×${whole.height} (got ${x},${y},${width},${height}). ` +
      "Cut the region to the picture.",
  );
}
