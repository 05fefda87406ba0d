import { assertEquals, assertRejects } from "@std/assert";
import { BitstreamError, compress, inspect } from "../../mod.ts";
import { runJob } from "../../src/batch/run_job.ts";
import { openFile, readWhole } from "../../src/batch/whole_file.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { withFolder } from "../with_folder.ts";

const metadata = { user: "a note" };
const file = await compress(syntheticPicture(800, 500), {
  nearLossless: 2,
  tileSide: 256,
  entropy: "static",
  metadata,
});

/** A source that counts what is read of it. */
function counted(bytes: Uint8Array) {
  const source = {
    byteLength: bytes.length,
    bytesRead: 0,
    read(offset: number, byteLength: number): Promise<Uint8Array> {
      source.bytesRead += byteLength;
      return Promise.resolve(bytes.subarray(offset, offset + byteLength));
    },
  };
  return source;
}

Deno.test("inspect() tells the same of bytes, of a Blob and of any other source, and reads little of it", async () => {
  const info = inspect(file), source = counted(file);
  assertEquals(await inspect(source), info);
  assertEquals(await inspect(new Blob([file])), info);
  assertEquals(source.bytesRead < 0.6 * file.length, true, `${source.bytesRead} of ${file.length}`);
});

Deno.test("inspect() of a source tells of the beginning of a file only if that will do", async () => {
  const half = file.subarray(0, file.length >> 1);
  const error = await assertRejects(() => inspect(counted(half)), BitstreamError);
  assertEquals(error.code, "file-truncated");
  assertEquals(await inspect(counted(half), { partial: true }), inspect(half, { partial: true }));
  const noise = await assertRejects(() => inspect(counted(file.subarray(9))), BitstreamError);
  assertEquals(noise.code, "file-magic");
  await assertRejects(
    () => inspect(counted(file), { signal: AbortSignal.abort(new RangeError("stop")) }),
    RangeError,
  );
});

Deno.test("a job for a region reads what the region needs where it may open the file", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/a.vaer`, file);
    const job = {
      action: "decompress",
      source: `${folder}/a.vaer`,
      target: `${folder}/a.png`,
      options: { region: { x: 700, y: 400, width: 20, height: 10 } },
      models: { "my-own": "nowhere" },
    } as const;
    const written: Uint8Array[] = [];
    const files = {
      read: readWhole,
      write: (_: string, bytes: Uint8Array) => Promise.resolve(void written.push(bytes)),
    };
    const whole = await runJob(job, files), part = await runJob(job, { ...files, open: openFile });
    assertEquals(written[1], written[0]);
    assertEquals([part.bytes, part.width], [whole.bytes, 20]);
    assertEquals(whole.sourceBytes, file.length);
    assertEquals(part.sourceBytes < 0.8 * file.length, true, `${part.sourceBytes} of ${file.length}`);
    await assertRejects(
      () => runJob({ ...job, source: folder }, { ...files, open: openFile }),
      Error,
      "folder",
    );
  });
});

Deno.test("inspect() of the beginning of a lossless file says that it is lossless", async () => {
  const bytes = await compress(syntheticPicture(24, 16), { lossless: true });
  assertEquals(inspect(bytes.subarray(0, 30), { partial: true }).content, "lossless");
});
