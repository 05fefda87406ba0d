import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InvalidValueError } from "../../../mod.ts";
import { ArenaFullError, GpuError, pyramidLayout, StaleTensorError } from "../../../src/core/mod.ts";
import { openGpu } from "../../../src/kernels/gpu/device.ts";
import { GpuArena } from "../../../src/kernels/gpu/gpu_arena.ts";
import { gpuTest } from "../../gpu.ts";
import { onBoth } from "./both_kernels.ts";

gpuTest(
  "allocate() gives tensors where a binding may begin, and values come back as they were written",
  async (gpu) => {
    const arena = new GpuArena(gpu.queue, 2 ** 20);
    const bytes = arena.allocate([7], "u8"), shorts = arena.allocate([3], "i16");
    const floats = arena.allocate([2, 3], "f32"), none = arena.allocate([0], "i32");
    for (const ref of [bytes, shorts, floats]) {
      assertEquals(ref.offsetBytes % gpu.device.limits.minStorageBufferOffsetAlignment, 0);
      assertEquals(arena.bindingOf(ref).shiftBytes, 0);
    }
    arena.write(bytes, Uint8Array.of(1, 2, 3, 4, 5, 6, 7));
    arena.write(shorts, Int16Array.of(-1, 300, -300));
    arena.write(floats, Float32Array.of(1, 2, 3, 4, 5, 6.5));
    assertEquals([...await arena.read(bytes)], [1, 2, 3, 4, 5, 6, 7]);
    assertEquals([...await arena.read(shorts)], [-1, 300, -300]);
    assertEquals([...await arena.read(arena.subref(floats, 1))], [4, 5, 6.5]);
    assertEquals((await arena.read(none)).length, 0);
    arena.destroy();
  },
);

gpuTest("slices within a word can be read but not written, since words would be torn", async (gpu) => {
  const arena = new GpuArena(gpu.queue, 2 ** 20);
  const batch = arena.allocate([3, 5], "u8");
  arena.write(batch, Uint8Array.from({ length: 15 }, (_, i) => i));
  assertEquals([...await arena.read(arena.subref(batch, 1))], [5, 6, 7, 8, 9]);
  for (const slice of [0, 1]) {
    const error = assertThrows(
      () => arena.write(arena.subref(batch, slice), new Uint8Array(5)),
      InvalidValueError,
    );
    assertEquals(error.code, "tensor-alignment");
  }
  arena.destroy();
});

gpuTest("an arena takes memory as it grows, keeps it over resets, and gives it back", async (gpu) => {
  const arena = new GpuArena(gpu.queue, 2 ** 26);
  assertEquals([arena.bufferCount, arena.bufferBytes], [0, 0]);
  const fill = async () => {
    const refs = Array.from({ length: 6 }, () => arena.allocate([2 ** 19], "f32"));
    refs.forEach((ref, i) => arena.write(ref, new Float32Array(2 ** 19).fill(i)));
    for (const [i, ref] of refs.entries()) {
      const values = await arena.read(ref);
      assertEquals([values[0], values[2 ** 19 - 1]], [i, i]);
    }
    return refs;
  };
  const [first] = await fill();
  const held = [arena.bufferCount, arena.bufferBytes];
  assertEquals(held[0] > 1, true);
  for (let round = 0; round < 2; round++) {
    arena.reset();
    assertThrows(() => arena.bindingOf(first), StaleTensorError);
    await fill();
    assertEquals([arena.bufferCount, arena.bufferBytes], held);
  }
  arena.destroy();
  assertEquals([arena.bufferCount, arena.bufferBytes], [0, 0]);
});

gpuTest("a full arena, and a tensor that no binding holds, are errors that say so", async (gpu) => {
  const arena = new GpuArena(gpu.queue, 2 ** 16);
  assertEquals(assertThrows(() => arena.allocate([2 ** 15], "f32"), ArenaFullError).code, "arena-full");
  const large = new GpuArena(gpu.queue, 2 ** 32);
  const error = assertThrows(() => large.allocate([large.maxTensorBytes + 1], "u8"), InvalidValueError);
  assertEquals(error.code, "gpu-tensor-size");
  assertEquals(large.bufferCount, 0);
  await Promise.resolve();
});

gpuTest("a lost device is an error that says so, and a fresh one works", async (shared) => {
  const gpu = await openGpu(), arena = new GpuArena(gpu.queue, 2 ** 20);
  const ref = arena.allocate([4], "f32");
  arena.write(ref, Float32Array.of(1, 2, 3, 4));
  gpu.device.destroy();
  const error = await assertRejects(() => arena.read(ref), GpuError);
  assertEquals(error.code, "gpu-lost");
  assertEquals(gpu.queue.failure?.code, "gpu-lost");
  const layout = pyramidLayout("haar", 1, { channels: 1, width: 2, height: 1 });
  const { actual, expected } = await onBoth(shared, ({ kernels, tensor }) => {
    const target = tensor([2], "f32");
    kernels.waveletForward(tensor([1, 1, 2], "f32", Float32Array.of(3, 5)), target, layout);
    return target;
  });
  assertEquals(actual, expected);
});

gpuTest("a command that the device refuses is an error in the next read", async () => {
  const gpu = await openGpu(), arena = new GpuArena(gpu.queue, 2 ** 20);
  const ref = arena.allocate([4], "f32"), { binding } = arena.bindingOf(ref);
  gpu.queue.copy(binding.buffer, 0, binding.buffer, 0, 16); // onto itself: not allowed
  const error = await assertRejects(() => arena.read(ref), GpuError);
  assertEquals(error.code, "gpu-failed");
  gpu.device.destroy();
});
