import { assertEquals, assertThrows } from "@std/assert";
import { InvalidValueError } from "../../mod.ts";
import { ArenaFullError, CpuArena, StaleTensorError } from "../../src/core/mod.ts";

Deno.test("allocate() gives aligned tensors that do not overlap", () => {
  const arena = new CpuArena(2 ** 16);
  const a = arena.allocate([3], "u8"), b = arena.allocate([2, 2], "f32"), c = arena.allocate([5], "i16");
  for (const ref of [a, b, c]) assertEquals(ref.offsetBytes % 16, 0);
  arena.view(a).fill(255);
  arena.view(c).fill(-1);
  assertEquals([...arena.view(b)], [0, 0, 0, 0]);
});

Deno.test("a ref says shape, strides, elements and bytes", () => {
  const ref = new CpuArena(2 ** 16).allocate([2, 3, 5], "i16");
  assertEquals([ref.strides, ref.elementCount, ref.byteLength], [[15, 5, 1], 30, 60]);
});

Deno.test("subref() is a slice of axis 0 on the same memory", () => {
  const arena = new CpuArena(2 ** 16);
  const ref = arena.allocate([3, 2], "i32");
  arena.write(ref, Int32Array.of(1, 2, 3, 4, 5, 6));
  const second = arena.subref(ref, 1);
  assertEquals([...arena.view(second)], [3, 4]);
  arena.view(second)[0] = 9;
  assertEquals(arena.view(ref)[2], 9);
  assertThrows(() => arena.subref(ref, 3), InvalidValueError, "(got 3)");
  assertThrows(() => arena.subref(arena.allocate([], "u8"), 0), InvalidValueError);
});

Deno.test("refs from before a reset are refused by name of their generation", () => {
  const arena = new CpuArena(2 ** 16);
  const ref = arena.allocate([4], "u8");
  assertEquals(arena.isAlive(ref), true);
  arena.reset();
  assertEquals(arena.isAlive(ref), false);
  const error = assertThrows(() => arena.view(ref), StaleTensorError, "generation, 1 (got 0");
  assertEquals(error.code, "tensor-stale");
});

Deno.test("refs of another arena are refused", () => {
  const ref = new CpuArena(2 ** 16).allocate([4], "u8");
  assertEquals(assertThrows(() => new CpuArena(2 ** 16).view(ref), StaleTensorError).code, "tensor-foreign");
});

Deno.test("a full arena says what was asked and what is there", () => {
  const arena = new CpuArena(2 ** 16);
  const error = assertThrows(() => arena.allocate([2 ** 16], "f32"), ArenaFullError, "(got 262144)");
  assertEquals(error.code, "arena-full");
  arena.allocate([2 ** 16 - 16], "u8");
  assertThrows(() => arena.allocate([1], "u8"), ArenaFullError);
});

Deno.test("shapes and capacities that make no sense are refused", () => {
  const arena = new CpuArena(2 ** 16);
  assertThrows(() => arena.allocate([-1], "u8"), InvalidValueError, "[-1]");
  assertThrows(() => arena.allocate([1.5], "u8"), InvalidValueError);
  assertThrows(() => new CpuArena(0), InvalidValueError);
  assertThrows(() => arena.write(arena.allocate([2], "u8"), Uint8Array.of(1)), InvalidValueError, "(got 1)");
});

Deno.test("stats() follow use, peak and resets", () => {
  const arena = new CpuArena(2 ** 16);
  arena.allocate([100], "u8");
  assertEquals(arena.stats(), { usedBytes: 112, peakBytes: 112, capacityBytes: 65536, generation: 0 });
  arena.reset();
  arena.allocate([1], "u8");
  assertEquals(arena.stats(), { usedBytes: 16, peakBytes: 112, capacityBytes: 65536, generation: 1 });
});

Deno.test("an arena of 512 MiB takes memory only as it is used", () => {
  const before = Deno.memoryUsage().rss;
  const arenas = Array.from({ length: 4 }, () => new CpuArena());
  for (const arena of arenas) arena.view(arena.allocate([1000], "f32")).fill(1);
  const grown = Deno.memoryUsage().rss - before;
  assertEquals(grown < 64 * 2 ** 20, true, `resident memory grew by ${grown} bytes`);
});

Deno.test("read() copies", async () => {
  const arena = new CpuArena(2 ** 16);
  const ref = arena.allocate([2], "f32");
  const copy = await arena.read(ref);
  arena.view(ref)[0] = 5;
  assertEquals([...copy], [0, 0]);
});

Deno.test("join() undoes subref(), and only where slices lie one after the other", () => {
  const arena = new CpuArena(2 ** 16);
  const batch = arena.allocate([3, 2], "i32");
  const slices = [0, 1, 2].map((i) => arena.subref(batch, i));
  assertEquals(arena.join(slices), batch);
  assertEquals(arena.join(slices.slice(1))?.shape, [2, 2]);
  assertEquals(arena.join([slices[0], slices[2]]), undefined);
  assertEquals(arena.join([slices[1], slices[0]]), undefined);
  assertEquals(arena.join([slices[0], arena.allocate([2], "i32")]), undefined);
  arena.reset();
  assertThrows(() => arena.join(slices), StaleTensorError);
});
