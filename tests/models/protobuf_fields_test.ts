import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { assertEquals, assertThrows } from "@std/assert";
import {
  contentOf,
  fieldsOf,
  fixedBytesOf,
  integerOf,
  integersOfField,
  textOf,
} from "../../src/models/protobuf_fields.ts";

Deno.test("the fields of a message are what the Protocol Buffers library has written", () => {
  const message = new BinaryWriter()
    .tag(1, 0).int64(-5)
    .tag(2, 2).string("größe")
    .tag(3, 5).float(1.5)
    .tag(4, 1).double(-2)
    .tag(2000, 0).int64(2n ** 53n - 1n)
    .tag(5, 2).fork().int64(1).int64(-(2n ** 63n)).int64(300).join()
    .finish();
  const fields = fieldsOf(message);
  assertEquals(fields.map(({ number, wire }) => [number, wire]), [
    [1, 0],
    [2, 2],
    [3, 5],
    [4, 1],
    [2000, 0],
    [5, 2],
  ]);
  const [five, text, float, double, large, packed] = fields;
  assertEquals([integerOf(five), integerOf(large), textOf(text)], [-5, 2 ** 53 - 1, "größe"]);
  assertEquals(new DataView(fixedBytesOf(float).slice().buffer).getFloat32(0, true), 1.5);
  assertEquals(new DataView(fixedBytesOf(double).slice().buffer).getFloat64(0, true), -2);
  assertEquals(integersOfField(packed), [1n, -(2n ** 63n), 300n]);
  assertEquals(integersOfField(five), [-5n]);
  assertEquals(contentOf(text).length, 7);
});

Deno.test("bytes that are no message are refused", () => {
  const wrong = [[0x0a, 5, 1], [0x80], [0x00, 1], [0x0b, 1], [0x0d, 1, 2], [
    0x08,
    ...new Array(10).fill(0x80),
    1,
  ]];
  for (const bytes of wrong) assertThrows(() => fieldsOf(Uint8Array.from(bytes)));
});
