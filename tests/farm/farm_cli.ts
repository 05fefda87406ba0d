import { findNatsServer, NatsServer } from "../../scripts/nats_server.ts";
import { encodePng } from "../../src/image/mod.ts";
import { syntheticPicture } from "../../src/cli/synthetic_picture.ts";
import { FarmQueue } from "../../src/farm/queue.ts";
import { withFolder } from "../with_folder.ts";

/** The program. */
export const FARM_MAIN: string = new URL("../../src/farm/main.ts", import.meta.url).pathname;
const program = findNatsServer();
const inCi = Deno.permissions.querySync({ name: "env", variable: "CI" }).state === "granted" &&
  Deno.env.get("CI") !== undefined;

/** A farm command against the server at an address, not started yet. */
export function farmAt(
  url: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Deno.Command {
  const permissions = [
    "--no-prompt",
    "-R",
    "-W",
    "--allow-net",
    "--allow-env",
    "--allow-sys=systemMemoryInfo",
  ];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...permissions, FARM_MAIN, ...args, "-s", url],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs a farm command to its end. */
export async function runFarm(server: { readonly url: string }, ...args: string[]) {
  return textOf(await farmAt(server.url, args).output());
}

/** What a command gave, as text. */
export function textOf({ code, stdout, stderr }: Deno.CommandOutput) {
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}

/** A test that needs servers; where there is no program in CI is a failure, elsewhere the test is skipped. */
export function farmTest(name: string, work: (folder: string) => Promise<void>): void {
  Deno.test({ name, ignore: program === undefined && !inCi, fn: () => withFolder(work) });
}

/** A test with a server of its own. */
export function withServer(
  name: string,
  work: (server: NatsServer, folder: string) => Promise<void>,
): void {
  farmTest(name, (folder) => withServerIn(folder, "", (server) => work(server, folder)));
}

/** Runs with a server whose configuration file holds `config`, too. */
export async function withServerIn(
  folder: string,
  config: string,
  work: (server: NatsServer) => Promise<void>,
): Promise<void> {
  if (program === undefined) throw new Error("There is no NATS server: apt-get install nats-server");
  const server = new NatsServer(program, `${folder}/nats`, config);
  try {
    await server.start();
    await work(server);
  } finally {
    await server.kill();
  }
}

/** Opens the queue that the commands use, closed when `work` is done. */
export async function withQueue(
  url: string,
  work: (queue: FarmQueue) => Promise<void>,
  ackWaitSeconds = 30,
): Promise<void> {
  const queue = await FarmQueue.open({ servers: url }, { name: "vaerans", ackWaitSeconds, replicas: 1 });
  try {
    await work(queue);
  } finally {
    await queue.close();
  }
}

/** Waits until something holds; ten minutes at most. */
export async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 600_000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Writes a picture made by arithmetic. */
export async function writePicture(path: string, width: number, height: number): Promise<void> {
  await Deno.writeFile(path, await encodePng(syntheticPicture(width, height)));
}
