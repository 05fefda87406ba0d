/** What `vaerans.toml` may hold. */
import { v } from "../deps/valibot.ts";
import { NET_RUNTIMES } from "../kernels/kernels.ts";
import { LATENT_WAVELETS } from "../wavelets/mod.ts";
import { checked, choice, flag, list, number, type SchemaIssue, table, text, whole } from "./schema.ts";

const RANGES = ["0_1", "-1_1"] as const;
const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};
const BYTES_RULE = 'it must be bytes up to 4 GiB, like 536870912 or "512 MiB"';

/** A number of bytes, or a text like `512 MiB`. */
const bytes = v.pipe(
  v.union([v.number(), v.string()], BYTES_RULE),
  v.check((size) => bytesOf(size) >= 1 && bytesOf(size) <= 2 ** 32, BYTES_RULE),
  v.transform(bytesOf),
);

function bytesOf(size: number | string): number {
  if (typeof size === "number") return Math.floor(size);
  const match = size.match(/^(\d+(?:\.\d+)?)\s*(KiB|MiB|GiB|kB|MB|GB|B)?$/);
  return match ? Math.floor(Number(match[1]) * UNITS[match[2] ?? "B"]) : NaN;
}

const model = v.pipe(
  table({
    encoder: text,
    decoder: text,
    description: v.exactOptional(text),
    licence: v.exactOptional(text),
    downsampling: v.exactOptional(whole(1, 64)),
    padding_multiple: v.exactOptional(whole(1, 4096)),
    latent_scale: v.exactOptional(number(1e-6, 1e6)),
    latent_shift: v.exactOptional(number(-1e6, 1e6)),
    input_range: v.exactOptional(choice(RANGES)),
    output_range: v.exactOptional(choice(RANGES)),
    decoder_expects_scaled_latent: v.exactOptional(flag),
    wavelet: v.exactOptional(choice(LATENT_WAVELETS)),
    levels: v.exactOptional(whole(0, 10)),
    step_input: v.exactOptional(text),
    latent_output: v.exactOptional(text),
    runtime: v.exactOptional(choice(NET_RUNTIMES)),
  }),
  v.transform((given) => camelCased(given)),
);

const ROOT = table({
  models: v.exactOptional(v.record(v.string(), model, "it must be a table"), {}),
  memory: v.exactOptional(
    v.pipe(
      table({ arena_size: v.exactOptional(bytes) }),
      v.transform(({ arena_size }) => arena_size === undefined ? {} : { arenaBytes: arena_size }),
    ),
    {},
  ),
  compression: v.exactOptional(
    v.pipe(
      table({
        model: v.exactOptional(text),
        quality: v.exactOptional(number(1, 100)),
        effort: v.exactOptional(whole(1, 9)),
        entropy: v.exactOptional(choice(["context", "static"])),
        wavelet: v.exactOptional(choice(LATENT_WAVELETS)),
        levels: v.exactOptional(whole(0, 10)),
        runtime: v.exactOptional(choice(NET_RUNTIMES)),
        jobs: v.exactOptional(whole(1, 256)),
        keep_smaller: v.exactOptional(flag),
      }),
      v.transform((given) => camelCased(given)),
    ),
    {},
  ),
  evaluation: v.exactOptional(
    table({
      qualities: v.exactOptional(
        list((rule) => number(1, 100, rule), "it must be a list of numbers from 1 to 100"),
      ),
      peers: v.exactOptional(list((rule) => v.string(rule), "it must be a list of names")),
      metrics: v.exactOptional(list((rule) => v.string(rule), "it must be a list of names")),
    }),
    {},
  ),
  visualization: v.exactOptional(
    v.pipe(
      table({
        show: v.exactOptional(whole(0, 1000)),
        show_bpp: v.exactOptional(
          list((rule) => number(1e-6, 1000, rule), "it must be a list of rates above 0"),
        ),
      }),
      v.transform((given) => camelCased(given)),
    ),
    {},
  ),
});

/** `show_bpp` as `showBpp`. */
type CamelCase<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<CamelCase<B>>}` : S;
type CamelCased<T> = { [K in keyof T as CamelCase<K & string>]: T[K] };

function camelCased<T extends Record<string, unknown>>(given: T): CamelCased<T> {
  const entries = Object.entries(given).map((
    [key, value],
  ) => [key.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), value]);
  return Object.fromEntries(entries);
}

/** The tables of a configuration, checked; keys in camel case, sizes in bytes. */
export type ConfigTables = v.InferOutput<typeof ROOT>;

/**
 * Checks a parsed `vaerans.toml`.
 *
 * @param root What TOML gave.
 * @param errorOf Makes the error of what does not fit.
 */
export function checkedTables(root: unknown, errorOf: (issue: SchemaIssue) => Error): ConfigTables {
  return checked(ROOT, root, errorOf);
}
