import { messageOf } from "./error_message.ts";
import type { Component, ComponentType, Entity } from "./component.ts";
import type { Dtype, TypedArrays } from "./dtype.ts";
import type { EntityWorld } from "./entity_world.ts";
import { TensorRef } from "./tensor_ref.ts";

/** A tensor that a step left behind. */
export interface TraceTensor {
  /** Whose component it belongs to. */
  readonly entity: Entity;
  /** Class of the component. */
  readonly component: string;
  /** Field of the component. */
  readonly field: string;
  /** Extents. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: Dtype;
  /** Size of its values. */
  readonly byteLength: number;
}

/** One step of a pipe, as it ran. */
export interface TraceRecord {
  /** System and mode, e.g. `"Hadamard4(forward)"`. */
  readonly step: string;
  /** Entities of the batch. */
  readonly entities: readonly Entity[];
  /** When it began, in milliseconds of `performance.now()`. */
  readonly startMilliseconds: number;
  /** Wall time. */
  readonly milliseconds: number;
  /**
   * Time that kernels took on the GPU; a net's own work is not in it. Only with {@linkcode TraceOptions.gpuTimes}, and only
   * where the device has timestamps.
   */
  readonly gpuMilliseconds?: number;
  /** What was produced; empty for a step that failed. */
  readonly tensors: readonly TraceTensor[];
  /** Size of what was produced. */
  readonly byteLength: number;
  /**
   * What an ideal order-0 coder would need for the integer tensors produced, each with its own histogram, in bits. Only
   * with {@linkcode TraceOptions.entropy}, and only where integers were produced.
   */
  readonly entropyBits?: number;
  /** What the step threw. */
  readonly error?: string;
}

/** What a {@linkcode Trace} records beyond shapes and times. */
export interface TraceOptions {
  /** Estimate the entropy of integer tensors; reads every one of them, so it costs time. */
  readonly entropy?: boolean;
  /** Time the kernels on the GPU; each step then waits for the device. */
  readonly gpuTimes?: boolean;
}

/** Measures the time of work on a device. */
export interface DeviceTimer {
  /** Begins. */
  start(): void;
  /** Waits for the work since `start` and gives its time in milliseconds; `undefined` where the device cannot tell. */
  stop(): Promise<number | undefined>;
}

/** A step about to be measured. */
export interface TracedStep<K> {
  /** System and mode. */
  readonly label: string;
  /** Entities of the batch. */
  readonly entities: readonly Entity[];
  /** Where they live. */
  readonly world: EntityWorld<K>;
  /** Components that the step makes. */
  readonly produced: readonly ComponentType[];
}

/** What a world's pipes did, in order, and how long it took. */
export class Trace {
  /** Steps in the order they ended. */
  readonly records: TraceRecord[] = [];
  readonly #options: TraceOptions;

  /**
   * Makes the object.
   *
   * @param options What to record.
   */
  constructor(options: TraceOptions = {}) {
    this.#options = options;
  }

  /** Runs `work` and records it; a step that throws is recorded too. */
  async measure<K>(step: TracedStep<K>, work: () => Promise<void>): Promise<void> {
    const startMilliseconds = performance.now();
    const timer = this.#options.gpuTimes ? step.world.deviceTimer : undefined;
    const finished = (rest: Pick<TraceRecord, "tensors" | "error">): TraceRecord => ({
      step: step.label,
      entities: [...step.entities],
      startMilliseconds,
      milliseconds: performance.now() - startMilliseconds,
      byteLength: rest.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0),
      ...rest,
    });
    let gpuMilliseconds: number | undefined;
    try {
      timer?.start();
      await work();
      gpuMilliseconds = await timer?.stop();
    } catch (error) {
      this.records.push(
        finished({ tensors: [], error: messageOf(error) }),
      );
      throw error;
    }
    const made = tensorsOf(step);
    const record = finished({ tensors: made.map(({ tensor }) => tensor) });
    const entropyBits = this.#options.entropy ? await entropyOf(step.world, made) : undefined;
    this.records.push({
      ...record,
      ...(gpuMilliseconds !== undefined && { gpuMilliseconds }),
      ...(entropyBits !== undefined && { entropyBits }),
    });
  }
}

interface MadeTensor {
  readonly tensor: TraceTensor;
  readonly ref: TensorRef;
}

/** The tensors among the fields of the produced components. */
function tensorsOf<K>({ world, entities, produced }: TracedStep<K>): MadeTensor[] {
  return entities.flatMap((entity) =>
    produced.filter((type) => world.has(entity, type)).flatMap((type) => {
      const component: Component = world.get(entity, type);
      return Object.entries(component).flatMap(([field, value]) =>
        (Array.isArray(value) ? value : [value])
          .filter((item): item is TensorRef => item instanceof TensorRef)
          .map((ref) => {
            const { shape, dtype, byteLength } = ref;
            return { tensor: { entity, component: type.name, field, shape, dtype, byteLength }, ref };
          })
      );
    })
  );
}

async function entropyOf<K>(
  world: EntityWorld<K>,
  made: readonly MadeTensor[],
): Promise<number | undefined> {
  const integers = made.filter(({ ref }) => ref.dtype !== "f32");
  if (integers.length === 0) return undefined;
  let bits = 0;
  for (const { ref } of integers) bits += orderZeroBits(await world.read(ref));
  return bits;
}

function orderZeroBits(values: TypedArrays[Dtype]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / values.length);
  return bits;
}
