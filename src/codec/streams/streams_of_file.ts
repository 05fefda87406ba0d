import { MAX_STEP_CODE } from "../../components/mod.ts";
import { BitstreamError } from "../../core/mod.ts";
import { decoderOfId } from "../../entropy/decoders.ts";
import {
  type ContainerHeader,
  type ContainerSection,
  EXACT_SECTION,
  isStreamKind,
} from "../../format/mod.ts";
import type { NetRuntime } from "../../kernels/kernels.ts";
import { requiredSideMultiple } from "../tiles/tile_grid.ts";
import { modelNameOf, modelOfFile } from "../plan/model_choice.ts";
import { PIXELS } from "./pixel_params.ts";
import { readStepMap } from "./step_map_section.ts";
import { latentSpec, pixelSpec, type StreamSpec } from "./stream_spec.ts";

/**
 * The streams that a header and the first of its sections ask for, their limits checked.
 *
 * @param givenModel Folder of a model that does not ship with the package.
 * @param runtime Runtime of the model's nets on a CPU; the model's own by default.
 */
export async function streamsOf(
  header: ContainerHeader,
  sections: readonly ContainerSection[],
  givenModel: string | undefined,
  runtime?: NetRuntime,
): Promise<StreamSpec[]> {
  const { wavelet, levels, grey, bitDepth, alphaBound, stepCode, weighted } = header;
  const streams: StreamSpec[] = [];
  const first = sections.find(({ kind }) => isStreamKind(kind));
  if (header.modelId === PIXELS.id) {
    const exact = first !== undefined && (first.kind & 0xf0) === EXACT_SECTION;
    if (exact && (stepCode > 127 || wavelet === "cdf97")) {
      throw headerError(`an exact stream with an error of ${stepCode} and wavelet ${wavelet}`);
    }
    const spec = pixelSpec(exact ? "exact" : "pixels", { grey, bitDepth, bound: exact ? stepCode : 0 });
    const stepMap = weighted ? readStepMap(header, sections) : undefined;
    streams.push({ ...spec, wavelet, levels, weighted, ...(stepMap && { stepMap }) });
  } else {
    const { manifest } = await modelOfFile(header, givenModel);
    const trellis = first !== undefined && decoderOfId(first.kind & 15)?.name === "trellis";
    streams.push(latentSpec(manifest, givenModel ?? modelNameOf(header), { ...header, trellis, runtime }));
  }
  if (stepCode > MAX_STEP_CODE) throw headerError(`step code ${stepCode}`);
  if (weighted && streams[0].kind !== "pixels") {
    throw headerError("weighted steps of what is no lossy pixel stream");
  }
  if (bitDepth === 16 && streams[0].kind !== "exact") throw headerError("16 bits a sample in a lossy stream");
  if (alphaBound !== undefined) {
    streams.push(pixelSpec("alpha", { grey: false, bitDepth, bound: alphaBound }));
  }
  for (const spec of streams) {
    if (header.tileSide % requiredSideMultiple(spec) !== 0) {
      throw headerError(
        `tiles of ${header.tileSide} pixels, which must be a multiple of ${requiredSideMultiple(spec)}`,
      );
    }
  }
  return streams;
}

function headerError(what: string): BitstreamError {
  return new BitstreamError(
    "file-header",
    `Cannot decode this .vaer file: its header says ${what}; it is damaged, fetch it again`,
  );
}
