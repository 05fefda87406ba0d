/**
 * Compiles the AssemblyScript in `wasm/` into TypeScript modules that carry it as text. With `--check`, fails if a
 * committed module is not what its source gives.
 */
import asc from "assemblyscript/asc";
import { DETAIL_ADDRESSES } from "../src/entropy/latent/detail_block.ts";
import { DETAIL_REGIONS } from "../src/entropy/latent/detail_regions.ts";
import { PRIOR_MODELS } from "../src/entropy/latent/prior_plan.ts";
import { MIXING_ADDRESSES } from "../src/entropy/mixing/mixing_block.ts";
import { TRELLIS_ADDRESSES } from "../src/entropy/rdo/trellis_kernel.ts";
import { DEFLATE_ADDRESSES, DEFLATE_LIMITS } from "../src/image/deflate/deflate_memory.ts";
import { SUBBAND_ADDRESSES } from "../src/entropy/subband/subband_block.ts";
import { wasmCharacters } from "../src/host/wasm.ts";
import { unrolledSolvers } from "./wasm_solvers.ts";

/** A source in `wasm/` and the modules that are made of it. */
interface Source {
  /** File in `wasm/`. */
  readonly source: string;
  /** Files in `wasm/` that are put in front of it. */
  readonly includes?: readonly string[];
  /** Text that is put in front of it, behind the includes. */
  readonly generated?: string;
  /** Addresses and other numbers that the source may name, in capitals. */
  readonly addresses?: Readonly<Record<string, number>>;
  /** Folder of the modules, ending with a slash. */
  readonly folder: string;
  /** By file in the folder. */
  readonly modules: Readonly<Record<string, readonly Binary[]>>;
}

interface Binary {
  /** The constant, and what it is. */
  readonly constant: string;
  readonly what: string;
  readonly options: readonly string[];
  /** Functions of the source that it does not export; what nothing uses is left out. */
  readonly without?: RegExp;
  /** Variables of the source that are constant in it, with their values, so that the compiler leaves out the other cases. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Whether its bytes matter: pages load it. It is inlined less; decoding takes the same time. */
  readonly isSmall?: boolean;
  /** Whether the compiler alone decides what it inlines, which gives the fewest bytes. */
  readonly ignoresInline?: boolean;
}

const SIMD = ["--enable", "simd"], NO_SIMD = ["--disable", "simd"];
/** Modules that work on memory of their caller. */
const CALLERS_MEMORY = ["--importMemory", "--memoryBase", "0", ...SIMD];
/** The same, with as much as the subband coder's state takes: an engine that checks addresses need not check those. */
const SUBBAND_MEMORY = [
  ...CALLERS_MEMORY,
  "--initialMemory",
  `${Math.ceil(SUBBAND_ADDRESSES.planes / 65536)}`,
];
/** Pages that hold the static state: an engine that checks addresses need not check those below. */
const ROOM = ["--initialMemory", "32"];

/** A module on memory of its caller. */
function shared(constant: string, what: string, smaller: Partial<Binary> = {}): readonly Binary[] {
  return [{ constant, what, options: CALLERS_MEMORY, ...smaller }];
}

const SOURCES: readonly Source[] = [
  {
    source: "kernels.ts",
    folder: "src/kernels/cpu/",
    modules: {
      "kernels_wasm.ts": shared("KERNELS_WASM", "The SIMD kernels"),
      "decoding_kernels_wasm.ts": shared("DECODING_KERNELS_WASM", "The SIMD kernels that decoding uses", {
        isSmall: true,
        // Files have neither Haar's wavelet in integers nor the 5/3; the TypeScript kernels take both.
        without: /^(?:forward|quantize|inverse(?:Haar|Cdf53I32))/,
      }),
    },
  },
  {
    source: "convolution.ts",
    folder: "src/kernels/cpu/net/",
    modules: {
      "convolution_wasm.ts": shared("CONVOLUTION_WASM", "The convolutions and what their derivatives take"),
      "convolution_decoding_wasm.ts": shared("CONVOLUTION_DECODING_WASM", "The convolutions", {
        without: /^(?:saveSigns|addBehindSigns|gatherPlaces|surround|foldEdges)$/,
      }),
    },
  },
  {
    source: "net.ts",
    folder: "src/entropy/latent/",
    modules: { "net_wasm.ts": shared("NET_WASM", "The context net") },
  },
  {
    source: "detail.ts",
    includes: ["binary_coder.ts", "mixing.ts", "prior.ts"],
    addresses: {
      ...MIXING_ADDRESSES,
      ...DETAIL_ADDRESSES,
      ...DETAIL_REGIONS,
      ...PRIOR_MODELS,
      priorModels: DETAIL_ADDRESSES.planes,
    },
    folder: "src/entropy/mixing/",
    modules: {
      "mixing_wasm.ts": shared("MIXING_WASM", "The mixing model and the coder of detail bands"),
      "mixing_decoding_wasm.ts": shared(
        "MIXING_DECODING_WASM",
        "The mixing model and the decoder of detail bands",
        {
          isSmall: true,
          without: /^(?:beginEncoding|beginLearning|searchPlaces)$/,
          fixed: { mode: "DECODE" },
        },
      ),
    },
  },
  {
    source: "subband.ts",
    includes: ["binary_coder.ts"],
    addresses: SUBBAND_ADDRESSES,
    folder: "src/entropy/subband/",
    modules: {
      "subband_wasm.ts": shared("SUBBAND_WASM", "The subband coder", { options: SUBBAND_MEMORY }),
      "subband_decoding_wasm.ts": shared("SUBBAND_DECODING_WASM", "The subband decoder", {
        options: SUBBAND_MEMORY,
        isSmall: true,
        without: /^(?:beginEncoding|beginChoosing)$/,
        fixed: { mode: "DECODE", chooses: "false" },
      }),
    },
  },
  {
    source: "trellis.ts",
    addresses: TRELLIS_ADDRESSES,
    folder: "src/entropy/rdo/",
    modules: { "trellis_wasm.ts": shared("TRELLIS_WASM", "The trellis search") },
  },
  {
    source: "samples.ts",
    includes: ["decision_stream.ts", "windows.ts"],
    generated: unrolledSolvers(),
    folder: "src/entropy/lossless/",
    modules: {
      "samples_wasm.ts": [
        {
          constant: "SAMPLES_SIMD_WASM",
          what: "The coder of samples, with SIMD,",
          options: [...SIMD, ...ROOM],
        },
        {
          constant: "SAMPLES_PLAIN_WASM",
          what: "The coder of samples, without SIMD,",
          options: [...NO_SIMD, ...ROOM],
        },
      ],
      "default_samples_wasm.ts": [{
        constant: "DEFAULT_SAMPLES_WASM",
        what: "The coder of samples for level 1 alone, with SIMD,",
        options: [...SIMD, ...ROOM],
        fixed: { level: "1", windows: "1", predictors: "2", opinions: "2", tapBytes: "MAIN_BYTES" },
      }],
      "samples_decoding_wasm.ts": [{
        constant: "SAMPLES_DECODING_WASM",
        what: "The decoder of samples, with SIMD,",
        options: [...SIMD, ...ROOM],
        isSmall: true,
        ignoresInline: true,
        without: /^encoded?$/,
        fixed: { encoding: "false", isUnrolled: "false" },
      }],
    },
  },
  {
    source: "graphics.ts",
    includes: ["decision_stream.ts"],
    folder: "src/entropy/graphics/",
    modules: {
      "graphics_wasm.ts": [
        { constant: "GRAPHICS_SIMD_WASM", what: "The coder of graphics, with SIMD,", options: SIMD },
        { constant: "GRAPHICS_PLAIN_WASM", what: "The coder of graphics, without SIMD,", options: NO_SIMD },
      ],
      "graphics_decoding_wasm.ts": [{
        constant: "GRAPHICS_DECODING_WASM",
        what: "The decoder of graphics, with SIMD,",
        options: SIMD,
        isSmall: true,
        without: /^encoded?$/,
        fixed: { encoding: "false" },
      }],
    },
  },
  {
    source: "deflate.ts",
    addresses: { ...DEFLATE_ADDRESSES, ...DEFLATE_LIMITS },
    folder: "src/image/deflate/",
    modules: { "deflate_wasm.ts": shared("DEFLATE_WASM", "Row filters and deflate") },
  },
];

const root = new URL("../", import.meta.url);
for (const { source, includes = [], generated = "", folder, addresses = {}, modules } of SOURCES) {
  const [own, ...before] = await Promise.all(
    [source, ...includes].map((name) => Deno.readTextFile(new URL(`wasm/${name}`, root))),
  );
  const text = constants(addresses) + before.join("") + generated + own;
  const host = "../".repeat(folder.split("/").length - 2) + "host/wasm.ts";
  for (const [file, binaries] of Object.entries(modules)) {
    const parts = [
      `// Generated by \`deno task wasm\` from wasm/${source}: do not edit.`,
      "// deno-fmt-ignore-file",
      "",
      `import type { WasmText } from "${host}";`,
      "",
    ];
    for (const binary of binaries) {
      const options = [binary.isSmall ? "-O3s" : "-O3", ...binary.options];
      parts.push(...moduleText(await compile(source, ownText(text, binary), options), binary));
    }
    await writeOrCheck(folder + file, parts.join("\n"), source);
  }
}

/** Writes a module, or with `--check` fails if it is another one. */
async function writeOrCheck(path: string, module: string, source: string): Promise<void> {
  const url = new URL(path, root);
  if (!Deno.args.includes("--check")) return await Deno.writeTextFile(url, module);
  if (await Deno.readTextFile(url) === module) return;
  console.error(`${path} is not what wasm/${source} gives: run deno task wasm`);
  Deno.exit(1);
}

async function compile(source: string, text: string, options: readonly string[]): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([
    source,
    "--outFile",
    "out.wasm",
    "--noAssert",
    "--runtime",
    "stub",
    ...options,
    "--enable",
    "bulk-memory",
    "--enable",
    "nontrapping-f2i",
  ], {
    readFile: (name: string) => name === source ? text : null,
    writeFile: (name: string, contents: Uint8Array | string) => {
      if (name === "out.wasm") binary = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`Cannot compile wasm/${source}: ${stderr.toString()}`);
  return binary;
}

/** The text of a binary: some of its functions are no exports, and some of its variables are constants. */
function ownText(text: string, { without, fixed = {}, ignoresInline }: Binary): string {
  let own = text.replace(/^export (function (\w+))/gm, (all, kept, name) => without?.test(name) ? kept : all);
  if (ignoresInline) own = own.replaceAll(/^\/\/ @ts-ignore: decorator\n@inline$/gm, "//\n");
  for (const [name, value] of Object.entries(fixed)) {
    const declaration = new RegExp(`^let (${name}: \\w+) = .*;$`, "m");
    if (!declaration.test(own)) throw new Error(`Cannot make ${name} constant: no line declares it`);
    own = own.replace(declaration, `const $1 = ${value};`).replace(new RegExp(`^ +${name} = .*;$`, "gm"), "");
  }
  return own;
}

/** `counterRate` becomes `COUNTER_RATE`. All on one line, so that errors name the source's lines but for one and the includes'. */
function constants(addresses: Readonly<Record<string, number>>): string {
  const lines = Object.entries(addresses).map(([name, address]) =>
    `const ${name.replace(/[A-Z]/g, "_$&").toUpperCase()}: usize = ${address};`
  );
  return lines.length === 0 ? "" : `${lines.join(" ")}\n`;
}

function moduleText(binary: Uint8Array, { constant, what }: Binary): string[] {
  const name = constant.replace("_WASM", "").toLowerCase().replaceAll("_", "-");
  return [
    `/** ${what} as a WebAssembly module of ${binary.length} bytes. */`,
    `export const ${constant}: WasmText = { name: "${name}", characters: "${wasmCharacters(binary)}" };`,
    "",
  ];
}
