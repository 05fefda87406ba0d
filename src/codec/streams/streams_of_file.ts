import { MAX_STEP_CODE } from "../../components/mod.ts";
import { decoderOfId } from "../../entropy/decoders.ts";
import {
  type ContainerHeader,
  type ContainerSection,
  EXACT_SECTION,
  headerError,
  isStreamKind,
} from "../../format/mod.ts";
import type { NetRuntime } from "../../kernels/kernels.ts";
import { requiredSideMultiple } from "../tiles/tile_grid.ts";
import { modelNameOf, modelOfFile } from "./model_of_file.ts";
import { PIXELS } from "./pixel_params.ts";
import { readSampleValues } from "./sample_values_section.ts";
import { readStepMap } from "./step_map_section.ts";
import { latentSpec, layerSpec, pixelSpec, type StreamSpec } from "./stream_spec.ts";

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
      throw headerError(
        "the error of a lossless stream must be 0 to 127 and its wavelet reversible",
        `${stepCode} with wavelet ${wavelet}`,
      );
    }
    if (header.jointAlpha && !(exact && levels === 0)) {
      throw headerError(
        "a stream that codes alpha with the colours must be lossless without wavelet levels",
        `${exact ? "a lossless" : "a lossy"} stream with ${levels} levels`,
      );
    }
    const joint = header.jointAlpha && alphaBound !== undefined ? { alphaBound } : {};
    const spec = pixelSpec(exact ? "exact" : "pixels", {
      grey,
      bitDepth,
      bound: exact ? stepCode : 0,
      ...joint,
    });
    const stepMap = weighted ? readStepMap(header, sections) : undefined;
    const trellis = first !== undefined && decoderOfId(first.kind & 15)?.name === "subband-trellis";
    const isLossless = exact && stepCode === 0 && !spec.alphaBound;
    const values = isLossless ? readSampleValues(spec.channels, bitDepth, sections) : undefined;
    streams.push({
      ...spec,
      wavelet,
      levels,
      weighted,
      trellis,
      ...(stepMap && { stepMap }),
      ...(values && { values }),
    });
  } else {
    if (header.jointAlpha) {
      throw headerError("only a lossless stream must code alpha with the colours", "a stream of a model");
    }
    const { manifest } = await modelOfFile(header, givenModel);
    const trellis = first !== undefined && decoderOfId(first.kind & 15)?.name === "trellis";
    streams.push(latentSpec(manifest, givenModel ?? modelNameOf(header), { ...header, trellis, runtime }));
  }
  if (stepCode > MAX_STEP_CODE) throw headerError(`its step code must be at most ${MAX_STEP_CODE}`, stepCode);
  if (weighted && streams[0].kind !== "pixels") {
    throw headerError(
      "only lossy pixel streams must have weighted steps",
      `a stream of kind ${streams[0].kind} with them`,
    );
  }
  if (bitDepth === 16 && streams[0].kind !== "exact") {
    throw headerError("a lossy stream must have 8 bits per sample", bitDepth);
  }
  if (alphaBound !== undefined && !header.jointAlpha) {
    streams.push(pixelSpec("alpha", { grey: false, bitDepth, bound: alphaBound }));
  }
  if (header.graphicsLayer) {
    if (streams[0].kind === "exact") {
      throw headerError("a layer of graphics must lie above a lossy stream", "a lossless one");
    }
    streams.push(layerSpec());
  }
  if (header.reduction > 0 && streams[0].kind === "exact") {
    throw headerError("a reduced picture must have a lossy stream", "a lossless one");
  }
  for (const spec of streams) {
    if (header.tileSide % requiredSideMultiple(spec) !== 0) {
      throw headerError(
        `the side of its tiles must be a multiple of ${requiredSideMultiple(spec)} pixels`,
        header.tileSide,
      );
    }
  }
  return streams;
}
