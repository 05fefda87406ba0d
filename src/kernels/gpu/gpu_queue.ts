import { messageOf } from "../../core/error_message.ts";
import { GpuError } from "../../core/mod.ts";
import { GpuTimer } from "./gpu_timer.ts";
import type { Pipeline } from "./pipelines.ts";

/** Uniforms and tables of dispatches that wait to be submitted. */
const STAGED_BYTES = 2 ** 18;

/** A dispatch. */
export interface Dispatch {
  /** What runs. */
  readonly pipeline: Pipeline;
  /** Bindings 0 and up, the one before `parameters`. */
  readonly buffers: readonly GPUBufferBinding[];
  /** The uniform after them. */
  readonly parameters: Uint8Array<ArrayBuffer>;
  /** Read-only storage after it. */
  readonly table?: Uint8Array<ArrayBuffer>;
  /** Bindings after that. */
  readonly more?: readonly GPUBufferBinding[];
  /** Workgroups along x, y and z. */
  readonly workgroups: readonly [number, number, number];
}

/**
 * Commands for a device, recorded and submitted together: at the latest when something is read back, or written from the
 * CPU. They run in the order in which they were recorded.
 *
 * A lost device, and errors that WebGPU reports out of band, come up in the next `read`: `GpuError` ("gpu-lost",
 * "gpu-failed").
 */
export class GpuQueue {
  /** Where the commands run. */
  readonly device: GPUDevice;
  /** Times the passes, when it is asked to. */
  readonly timer: GpuTimer = new GpuTimer(this);
  readonly #alignmentBytes: number;
  readonly #stage: GPUBuffer;
  readonly #staged = new Uint8Array(STAGED_BYTES);
  #stagedBytes = 0;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #failure: GpuError | undefined;

  /** @param device Where the commands run. */
  constructor(device: GPUDevice) {
    this.device = device;
    const { minStorageBufferOffsetAlignment, minUniformBufferOffsetAlignment } = device.limits;
    this.#alignmentBytes = Math.max(minStorageBufferOffsetAlignment, minUniformBufferOffsetAlignment);
    this.#stage = device.createBuffer({
      label: "vaerans parameters",
      size: STAGED_BYTES,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    device.lost.then(({ message }) => {
      this.#failure ??= new GpuError(
        "gpu-lost",
        `Cannot use the GPU device: it must be available (got device lost${
          message && `: ${message}`
        }). Create a new world, which opens a new device.`,
      );
    });
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#failure ??= new GpuError(
        "gpu-failed",
        `Cannot use the GPU device: its commands must be valid (got ${
          (event as GPUUncapturedErrorEvent).error.message
        }). Create a new world.`,
      );
    });
  }

  /** Why the device cannot be used any more. */
  get failure(): GpuError | undefined {
    return this.#failure;
  }

  /** Records a dispatch. */
  dispatch({ pipeline, buffers, parameters, table, more = [], workgroups }: Dispatch): void {
    const [uniform, tables] = this.#place([parameters, ...(table ? [table] : [])]);
    const bindings = [...buffers, uniform, ...(tables ? [tables] : []), ...more];
    this.#pass ??= this.#open().beginComputePass({ label: pipeline.label, ...this.timer.nextPass() });
    this.#pass.setPipeline(pipeline.compute);
    this.#pass.setBindGroup(
      0,
      this.device.createBindGroup({
        label: pipeline.label,
        layout: pipeline.layout,
        entries: bindings.map((resource, binding) => ({ binding, resource })),
      }),
    );
    this.#pass.dispatchWorkgroups(...workgroups);
  }

  /** Records a copy between different buffers; offsets and size in bytes, multiples of 4. */
  copy(from: GPUBuffer, fromBytes: number, to: GPUBuffer, toBytes: number, byteLength: number): void {
    this.#endPass();
    this.#open().copyBufferToBuffer(from, fromBytes, to, toBytes, byteLength);
  }

  /** Records the first `count` results of a query set for a buffer. */
  resolve(queries: GPUQuerySet, count: number, to: GPUBuffer): void {
    this.#endPass();
    this.#open().resolveQuerySet(queries, 0, count, to, 0);
  }

  /** Records zeros for part of a buffer; offset and size in bytes, multiples of 4. */
  clear(buffer: GPUBuffer, offsetBytes: number, byteLength: number): void {
    this.#endPass();
    this.#open().clearBuffer(buffer, offsetBytes, byteLength);
  }

  /** Writes from the CPU, after all that was recorded; the offset a multiple of 4, the size rounded up to one. */
  write(buffer: GPUBuffer, offsetBytes: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.submit();
    const whole = bytes.length & ~3;
    if (whole > 0) this.device.queue.writeBuffer(buffer, offsetBytes, bytes, 0, whole);
    if (whole === bytes.length) return;
    const rest = new Uint8Array(4);
    rest.set(bytes.subarray(whole));
    this.device.queue.writeBuffer(buffer, offsetBytes + whole, rest);
  }

  /** Copies bytes to the CPU once all that was recorded has run; offset and size multiples of 4. */
  async read(buffer: GPUBuffer, offsetBytes: number, byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
    if (byteLength === 0) return new Uint8Array(0);
    const landing = this.device.createBuffer({
      label: "vaerans readback",
      size: byteLength,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    try {
      this.copy(buffer, offsetBytes, landing, 0, byteLength);
      this.submit();
      await landing.mapAsync(GPUMapMode.READ);
      this.#check();
      return new Uint8Array(landing.getMappedRange()).slice();
    } catch (cause) {
      // A lost device resolves its promise only after the map was refused.
      await Promise.race([this.device.lost, new Promise((resolve) => setTimeout(resolve, 50))]);
      this.#check();
      throw new GpuError(
        "gpu-failed",
        "Cannot read from the GPU: it must complete its work (got: " +
          `${messageOf(cause)}). Make a new world, which opens a new device.`,
        {
          cause,
        },
      );
    } finally {
      landing.destroy();
    }
  }

  /** Hands what was recorded to the device. */
  submit(): void {
    this.#endPass();
    if (!this.#encoder) return;
    if (this.#stagedBytes > 0) {
      this.device.queue.writeBuffer(this.#stage, 0, this.#staged, 0, this.#stagedBytes);
    }
    this.device.queue.submit([this.#encoder.finish()]);
    this.#encoder = undefined;
    this.#stagedBytes = 0;
  }

  #check(): void {
    if (this.#failure) throw this.#failure;
  }

  #open(): GPUCommandEncoder {
    return this.#encoder ??= this.device.createCommandEncoder({ label: "vaerans" });
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }

  /** Lays out the bytes so that all are there when the commands run. */
  #place(parts: readonly Uint8Array<ArrayBuffer>[]): GPUBufferBinding[] {
    const aligned = (bytes: number) => Math.ceil(bytes / this.#alignmentBytes) * this.#alignmentBytes;
    const total = parts.reduce((sum, { length }) => sum + aligned(length), 0);
    if (this.#stagedBytes + total > STAGED_BYTES) this.submit();
    return parts.map((part) => {
      const offset = this.#stagedBytes;
      this.#staged.set(part, offset);
      this.#stagedBytes += aligned(part.length);
      return { buffer: this.#stage, offset, size: Math.ceil(part.length / 16) * 16 };
    });
  }
}
