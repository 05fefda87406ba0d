/**
 * Compares static rANS decoding with a native C decoder of the same kind (`bench/native/rans.c`), compiled here:
 *
 *     deno run -R -W --allow-run scripts/native_rans.ts [COMPILER FLAGS…]      (default: cc -O3 -march=native)
 */
import { frequencyTableFromCounts, ransDecodeU8, ransEncodeU8 } from "../src/entropy/mod.ts";
import { RandomNumbers } from "./random.ts";

const SYMBOL_COUNT = 1 << 18;
const RUNS = 400;
/** Both run by turns, so that a busy machine disturbs both; the best of each counts. */
const ROUNDS = 6;

const [compiler = "cc", ...flags] = Deno.args.length > 0 ? Deno.args : ["cc", "-O3", "-march=native"];
const program = await Deno.makeTempFile();
await run(compiler, [...flags, "-o", program, new URL("../bench/native/rans.c", import.meta.url).pathname]);

const random = new RandomNumbers(1);
const symbols = Uint8Array.from({ length: SYMBOL_COUNT }, () => {
  let magnitude = 0;
  while (magnitude < 100 && random.below(100) < 55) magnitude++;
  return 128 + (random.below(2) === 0 ? magnitude : -magnitude);
});
const counts = new Uint32Array(256);
for (const symbol of symbols) counts[symbol]++;
const table = frequencyTableFromCounts(counts);
const stream = ransEncodeU8(symbols, table);
let native = 0, own = 0;
for (let round = 0; round < ROUNDS; round++) {
  native = Math.max(native, Number(await run(program, [])));
  own = Math.max(own, ownRate());
}
await Deno.remove(program);
console.log(
  `${own.toFixed(1)} Msym/s here, ${native} in C (${compiler} ${flags.join(" ")}): ${
    (own / native).toFixed(3)
  }`,
);

/** Best of many runs, in millions of symbols a second, as the C program has it. */
function ownRate(): number {
  let best = Infinity;
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    ransDecodeU8(stream, SYMBOL_COUNT, table);
    best = Math.min(best, performance.now() - start);
  }
  return SYMBOL_COUNT / best / 1000;
}

async function run(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}
