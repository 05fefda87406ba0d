// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { checkNames } from "../core/option_rules.ts";
import { messageOf } from "../core/error_message.ts";
import { ANSBitstream, QuantParams, UNIT_STEP_CODE, VaerFile } from "../components/mod.ts";
import {
  BitstreamError,
  type Component,
  type ComponentType,
  type Entity,
  InvalidValueError,
  type PyramidLayout,
  pyramidLayout,
  System,
} from "../core/mod.ts";
import {
  type Container,
  isStreamKind,
  LATENT_SECTION,
  PIPE_MODEL_NAME,
  PLAIN_HEADER,
  readContainer,
  USER_SECTION,
  writeContainer,
} from "../format/mod.ts";
import type { Kernels, KernelWorld } from "../kernels/kernels.ts";
import { type WaveletName, waveletNamed } from "../wavelets/mod.ts";
import { hostTensor } from "./host_tensor.ts";
import { STANDARD_SYSTEMS } from "./standard.ts";

/** A class of systems. */
// deno-lint-ignore no-explicit-any -- constructors differ; only the class's name matters.
export type SystemType = (abstract new (...args: any[]) => System<any, any, any>) & { readonly name: string };

/** What a pipe's file says of the pipe, in the user section under `pipe`. */
interface PipeRecord {
  /** Labels of the systems that made the stream, in order. */
  readonly systems: readonly string[];
  /** Names of the systems among them that are not this package's. */
  readonly custom: readonly string[];
  /** Planes that the wavelet took apart. */
  readonly planes: { readonly channels: number; readonly width: number; readonly height: number };
  /** Step of each band. */
  readonly steps: readonly number[];
  /** Largest error of a sample of exact integers; absent for quantised floats. */
  readonly exactBound?: number;
}

/** Options of {@linkcode VaerWrite}. */
export interface VaerWriteOptions {
  /** JSON of the user's own, stored beside the record of the pipe. */
  readonly user?: { readonly [key: string]: unknown };
}

/**
 * Ends a pipe in a `.vaer` file: {@linkcode ANSBitstream} → {@linkcode VaerFile}. The file holds the stream, and in its user
 * section the names of the systems that made it. `inspect` reads its header, {@linkcode VaerRead} its stream; `decompress`
 * refuses it, since only the caller knows the inverse of the pipe.
 *
 * Errors: `InvalidValueError` ("pipe-user") if `user` has the key `pipe`.
 */
export class VaerWrite extends System<ANSBitstream, VaerFile, Kernels> {
  /** Direction. */
  readonly mode = "encode" as const;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<ANSBitstream>[] = [ANSBitstream];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<VaerFile>[] = [VaerFile];
  readonly #user: { readonly [key: string]: unknown };

  /**
   * Makes the system.
   *
   * @param options What else to store.
   */
  constructor(options: VaerWriteOptions = {}) {
    super();
    checkNames("make VaerWrite", options, ["user"]);
    const { user = {} } = options;
    if (Object.hasOwn(user, "pipe")) {
      throw new InvalidValueError(
        "pipe-user",
        'Cannot store user data: the key "pipe" must be free for the record of the pipe (got user data with it). Rename the key.',
      );
    }
    this.#user = user;
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      const { sections, coder, layout, quant, picture } = world.get(entity, ANSBitstream);
      const history = world.historyOf(entity), { channels, width, height } = layout;
      const pipe: PipeRecord = {
        systems: history.map(({ label }) => label),
        custom: [...new Set(history.filter(isCustom).map(({ constructor }) => constructor.name))],
        planes: { channels, width, height },
        steps: [...quant.steps],
        ...(quant.exactBound !== undefined && { exactBound: quant.exactBound }),
      };
      const user = new TextEncoder().encode(JSON.stringify({ ...this.#user, pipe }));
      const file = writeContainer(
        {
          ...picture,
          modelId: 0,
          modelName: PIPE_MODEL_NAME,
          modelFingerprint: 0,
          wavelet: waveletNamed(layout.wavelet).name as WaveletName,
          levels: layout.levels,
          stepCode: quant.stepCode,
          quality: quant.quality,
          ...PLAIN_HEADER,
        },
        [
          ...sections.map((ref) => ({ kind: LATENT_SECTION | coder, payload: world.host.view(ref) })),
          { kind: USER_SECTION, payload: user },
        ],
      );
      world.add(entity, new VaerFile(hostTensor(world, "u8", file)));
    }
  }
}

/** Options of {@linkcode VaerRead}. */
export interface VaerReadOptions {
  /** Custom systems that the caller knows how to undo: those that {@linkcode VaerWrite} named. */
  readonly systems?: readonly SystemType[];
}

/**
 * Begins a pipe from a file: {@linkcode VaerFile} → {@linkcode ANSBitstream}. {@linkcode spawnFile} makes the entity.
 *
 * Errors: `BitstreamError` ("file-systems") if the file was made with custom systems that `systems` does not list, which the
 * message names; ("file-pipe") if no pipe made the file; those of reading a file.
 */
export class VaerRead extends System<VaerFile, ANSBitstream, Kernels> {
  /** Direction. */
  readonly mode = "decode" as const;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<VaerFile>[] = [VaerFile];
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<ANSBitstream>[] = [ANSBitstream];
  readonly #known: ReadonlySet<string>;

  /**
   * Makes the system.
   *
   * @param options What the caller knows.
   */
  constructor(options: VaerReadOptions = {}) {
    super();
    checkNames("make VaerRead", options, ["systems"]);
    const { systems = [] } = options;
    this.#known = new Set(systems.map(({ name }) => name));
  }

  /** Processes the batch; see {@linkcode System.run}. */
  // deno-lint-ignore require-await -- systems are asynchronous by contract.
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      const container = readContainer(world.host.view(world.get(entity, VaerFile).bytes).slice());
      const pipe = pipeOf(container);
      const unknown = pipe.custom.filter((name) => !this.#known.has(name));
      if (unknown.length > 0) {
        throw new BitstreamError(
          "file-systems",
          `Cannot read this .vaer file: the systems of its pipe must be known (got ${unknown.join(", ")}). ` +
            "Pass their classes as new VaerRead({ systems: [...] }).",
        );
      }
      const { header, sections } = container, { channels, width, height } = pipe.planes;
      const layout = pyramidLayout(header.wavelet, header.levels, { channels, width, height });
      const streams = sections.filter(({ kind }) => isStreamKind(kind));
      const refs = streams.map(({ payload }) => hostTensor(world, "u8", payload));
      const quant = quantOf(container, pipe, layout);
      const size = { width: header.width, height: header.height };
      world.add(entity, new ANSBitstream(refs, streams[0].kind & 15, layout, quant, size));
    }
  }
}

/** Makes an entity with the bytes of a file, for {@linkcode VaerRead}. */
export function spawnFile(world: KernelWorld, bytes: Uint8Array): Entity<VaerFile> {
  return world.add(world.newEntity(), new VaerFile(hostTensor(world, "u8", bytes)));
}

function isCustom(system: System<Component, Component, never>): boolean {
  return !STANDARD_SYSTEMS.has(system.constructor);
}

/** The record of the pipe that made a file, checked. */
function pipeOf({ header, sections }: Container): PipeRecord {
  const section = sections.find(({ kind }) => kind === USER_SECTION);
  if (header.modelName !== PIPE_MODEL_NAME || !section) {
    throw new BitstreamError(
      "file-pipe",
      "Cannot read this .vaer file with VaerRead: a pipe must have made it (got a file of compress). Use decompress().",
    );
  }
  try {
    const { pipe } = JSON.parse(new TextDecoder().decode(section.payload)) as { readonly pipe: PipeRecord };
    const { channels, width, height } = pipe.planes;
    // What any pipe makes of a picture is no more than four planes of the padded size.
    const most = 4 * (header.width + 1024) * (header.height + 1024);
    const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 1;
    if (![channels, width, height].every(isCount) || channels > 255 || channels * width * height > most) {
      throw new RangeError(`planes of ${channels} × ${height} × ${width}`);
    }
    if (![pipe.custom, pipe.systems, pipe.steps].every(Array.isArray)) {
      throw new TypeError("a list is missing");
    }
    if (![...pipe.custom, ...pipe.systems].every((name) => typeof name === "string")) {
      throw new TypeError("a name is no text");
    }
    if (!pipe.steps.every((step) => typeof step === "number" && step > 0)) {
      throw new RangeError(`steps ${pipe.steps.join(", ")}`);
    }
    const { exactBound } = pipe;
    if (exactBound !== undefined && !(Number.isInteger(exactBound) && exactBound >= 0)) {
      throw new RangeError(`an error of ${exactBound}`);
    }
    if (!sections.some(({ kind }) => isStreamKind(kind))) throw new TypeError("it has no stream");
    return pipe;
  } catch (cause) {
    throw new BitstreamError(
      "file-header",
      "Cannot read this .vaer file: the record of its pipe must be intact (got: " +
        `${messageOf(cause)}). Fetch the file again.`,
      { cause },
    );
  }
}

function quantOf(
  { header }: Container,
  { steps, exactBound }: PipeRecord,
  layout: PyramidLayout,
): QuantParams {
  const isExact = exactBound !== undefined;
  if (steps.length !== layout.bands.length) {
    throw new BitstreamError(
      "file-header",
      `Cannot read this .vaer file: it must have a step for each of ${layout.bands.length} bands (got ${steps.length}). ` +
        "Fetch it again.",
    );
  }
  return new QuantParams(
    Float32Array.from(steps),
    isExact ? UNIT_STEP_CODE : header.stepCode,
    header.quality,
    exactBound,
  );
}
