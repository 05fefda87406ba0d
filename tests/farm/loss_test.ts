import { assert, assertEquals, assertMatch } from "@std/assert";
import { compress, decodePicture, decompress } from "../../mod.ts";
import { CutWire } from "./cut_wire.ts";
import { farmAt, runFarm, until, withQueue, withServer, writePicture } from "./farm_cli.ts";

const PICTURES = 500;
const OPTIONS = { model: "pixels", quality: 80, entropy: "static" } as const;
const ACK_WAIT_SECONDS = 2;

withServer(
  "500 pictures: the farm loses nothing to a killed worker, a killed server, a worker cut off and a frozen one",
  async (server, folder) => {
    const [input, output] = [`${folder}/in`, `${folder}/out`];
    await Deno.mkdir(input);
    for (let i = 0; i < PICTURES; i++) {
      await writePicture(`${input}/${i}.png`, 8 + i % 25, 8 + Math.floor(i / 25));
    }
    await Deno.writeTextFile(`${input}/poison.png`, "no picture");
    const { model, quality, entropy } = OPTIONS;
    const asked = ["--model", model, "-q", String(quality), "--entropy", entropy];
    const submit = [
      "submit",
      input,
      "-d",
      output,
      ...asked,
      "--ack-wait",
      String(ACK_WAIT_SECONDS),
      "--json",
    ];
    const total = PICTURES + 1;
    assertEquals(JSON.parse((await runFarm(server, ...submit)).out), {
      added: total,
      duplicates: 0,
      missing: [],
    });
    assertEquals(JSON.parse((await runFarm(server, ...submit)).out).duplicates, total);

    const wire = new CutWire(server.port);
    const workers: { child: Deno.ChildProcess; end: Promise<Deno.CommandOutput> }[] = [];
    const worker = (url: string) => {
      const child = farmAt(url, ["work", "-j", "1", "--quiet"]).spawn();
      workers.push({ child, end: child.output() });
      return child;
    };
    try {
      await withQueue(server.url, async (queue) => {
        const done = (count: number) =>
          until(async () => (await queue.status()).done >= count, `${count} are done`);
        const [victim, remote] = [worker(server.url), worker(wire.url)];
        await done(60);
        victim.kill("SIGKILL");
        const helper = worker(server.url);
        await done(140);
        await server.kill();
        await server.start();
        await done(220);
        wire.cut();
        await new Promise((resolve) => setTimeout(resolve, 1500 * ACK_WAIT_SECONDS));
        await done(300);
        wire.mend();
        helper.kill("SIGSTOP");
        await new Promise((resolve) => setTimeout(resolve, 1500 * ACK_WAIT_SECONDS));
        await done(380);
        helper.kill("SIGCONT");
        await until(() => queue.isEmpty(), "the queue is empty");
        const { done: all, failed, workers: reports } = await queue.status();
        assertEquals([all, failed], [PICTURES, 1]);
        assertEquals(reports.length, 3);
        // Whoever has nothing to do leaves, connected or not.
        wire.cut();
        for (const child of [remote, helper]) child.kill("SIGTERM");
        const codes = (await Promise.all(workers.map(({ end }) => end))).map(({ code }) => code);
        assertEquals(codes.slice(1), [0, 0]);
      }, ACK_WAIT_SECONDS);
    } finally {
      for (const { child } of workers) killed(child);
      wire.close();
    }

    const status = JSON.parse((await runFarm(server, "status", "--json")).out);
    assertEquals(status.letters.length, 1);
    // Three are allowed. If the letter of the third went down with its worker or with the server, a fourth buries the job.
    const { deliveries, reason } = status.letters[0];
    assertMatch(
      reason,
      deliveries === 3
        ? /poison\.png: Cannot read the picture/
        : /this job was delivered 3 times and no worker finished it/,
    );
    assert(deliveries >= 3, `${deliveries} deliveries`);

    const names = [...Deno.readDirSync(output)].map(({ name }) => name).filter((n) => n.endsWith(".vaer"));
    assertEquals(names.length, PICTURES);
    for (const name of names) {
      const bytes = await Deno.readFile(`${output}/${name}`);
      const picture = await decodePicture(await Deno.readFile(`${input}/${name.replace(".vaer", ".png")}`));
      // However often it was done, and by whom: these are the bytes.
      assertEquals(bytes, await compress(picture, OPTIONS), name);
      assertEquals((await decompress(bytes)).width, picture.width);
    }

    // The picture is mended, and the dead letter sent again.
    await writePicture(`${input}/poison.png`, 20, 20);
    assertEquals((await runFarm(server, "retry")).out, "1 sent again\n");
    assertEquals((await runFarm(server, "work", "-j", "1", "--until-empty")).code, 0);
    assertEquals(JSON.parse((await runFarm(server, "status", "--json")).out).failed, 0);
    assert((await decompress(await Deno.readFile(`${output}/poison.vaer`))).width === 20);
  },
);

function killed(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}
