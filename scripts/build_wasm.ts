/**
 * Compiles the AssemblyScript in `wasm/` into TypeScript modules that carry it as text. With `--check`, fails if a
 * committed module is not what its source gives.
 */
import asc from "assemblyscript/asc";
import { DETAIL_ADDRESSES, DETAIL_REGIONS } from "../src/entropy/latent/detail_block.ts";
import { PRIOR_MODELS } from "../src/entropy/latent/prior_plan.ts";
import { MIXING_ADDRESSES } from "../src/entropy/mixing/mixing_block.ts";
import { TRELLIS_ADDRESSES } from "../src/entropy/rdo/trellis_kernel.ts";
import { DEFLATE_ADDRESSES, DEFLATE_LIMITS } from "../src/image/deflate/deflate_memory.ts";
import { SUBBAND_ADDRESSES } from "../src/entropy/subband/subband_block.ts";
import { wasmCharacters } from "../src/host/wasm.ts";
import { unrolledSolvers } from "./wasm_solvers.ts";

interface Target {
  /** File in `wasm/`. */
  readonly source: string;
  /** Files in `wasm/` that are put in front of it. */
  readonly includes?: readonly string[];
  /** Module it becomes. */
  readonly target: string;
  /** Text that is put in front of it, behind the includes. */
  readonly generated?: string;
  /** Addresses and other numbers that the source may name, in capitals. */
  readonly addresses?: Readonly<Record<string, number>>;
  /** What it exports. */
  readonly binaries: readonly Binary[];
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
}

/** Modules that work on memory of their caller. */
const IMPORTED_MEMORY = ["--importMemory", "--memoryBase", "0"];
const SIMD = ["--enable", "simd"];
/** Pages that hold the static state: an engine that checks addresses need not check those below. */
const ROOM = ["--initialMemory", "32"];

const TARGETS: readonly Target[] = [
  {
    source: "kernels.ts",
    target: "src/kernels/cpu/kernels_wasm.ts",
    binaries: [{
      constant: "KERNELS_WASM",
      what: "The SIMD kernels",
      options: [...IMPORTED_MEMORY, ...SIMD],
    }],
  },
  {
    source: "kernels.ts",
    target: "src/kernels/cpu/decoding_kernels_wasm.ts",
    binaries: [{
      constant: "DECODING_KERNELS_WASM",
      what: "The SIMD kernels that decoding uses",
      options: [...IMPORTED_MEMORY, ...SIMD],
      isSmall: true,
      // Files have neither Haar's wavelet in integers nor the 5/3; the TypeScript kernels take both.
      without: /^(?:forward|quantize|inverse(?:Haar|Cdf53I32))/,
    }],
  },
  {
    source: "convolution.ts",
    target: "src/kernels/cpu/net/convolution_wasm.ts",
    binaries: [{
      constant: "CONVOLUTION_WASM",
      what: "The convolutions and what their derivatives take",
      options: [...IMPORTED_MEMORY, ...SIMD],
    }],
  },
  {
    source: "convolution.ts",
    target: "src/kernels/cpu/net/convolution_decoding_wasm.ts",
    binaries: [{
      constant: "CONVOLUTION_DECODING_WASM",
      what: "The convolutions",
      options: [...IMPORTED_MEMORY, ...SIMD],
      without: /^(?:saveSigns|addBehindSigns|gatherPlaces|surround|foldEdges)$/,
    }],
  },
  {
    source: "net.ts",
    target: "src/entropy/latent/net_wasm.ts",
    binaries: [{
      constant: "NET_WASM",
      what: "The context net",
      options: [...IMPORTED_MEMORY, ...SIMD],
    }],
  },
  {
    source: "detail.ts",
    includes: ["binary_coder.ts", "mixing.ts", "prior.ts"],
    target: "src/entropy/mixing/mixing_wasm.ts",
    addresses: {
      ...MIXING_ADDRESSES,
      ...DETAIL_ADDRESSES,
      ...DETAIL_REGIONS,
      ...PRIOR_MODELS,
      priorModels: DETAIL_ADDRESSES.planes,
    },
    binaries: [{
      constant: "MIXING_WASM",
      what: "The mixing model and the coder of detail bands",
      options: [...IMPORTED_MEMORY, ...SIMD],
    }],
  },
  {
    source: "detail.ts",
    includes: ["binary_coder.ts", "mixing.ts", "prior.ts"],
    target: "src/entropy/mixing/mixing_decoding_wasm.ts",
    addresses: {
      ...MIXING_ADDRESSES,
      ...DETAIL_ADDRESSES,
      ...DETAIL_REGIONS,
      ...PRIOR_MODELS,
      priorModels: DETAIL_ADDRESSES.planes,
    },
    binaries: [{
      constant: "MIXING_DECODING_WASM",
      what: "The mixing model and the decoder of detail bands",
      options: [...IMPORTED_MEMORY, ...SIMD],
      isSmall: true,
      without: /^(?:beginEncoding|beginLearning|searchPlaces)$/,
      fixed: { mode: "DECODE" },
    }],
  },
  {
    source: "subband.ts",
    includes: ["binary_coder.ts"],
    target: "src/entropy/subband/subband_wasm.ts",
    addresses: SUBBAND_ADDRESSES,
    binaries: [{
      constant: "SUBBAND_WASM",
      what: "The subband coder",
      options: [...IMPORTED_MEMORY, ...SIMD],
    }],
  },
  {
    source: "subband.ts",
    includes: ["binary_coder.ts"],
    target: "src/entropy/subband/subband_decoding_wasm.ts",
    addresses: SUBBAND_ADDRESSES,
    binaries: [{
      constant: "SUBBAND_DECODING_WASM",
      what: "The subband decoder",
      options: [...IMPORTED_MEMORY, ...SIMD],
      isSmall: true,
      without: /^(?:beginEncoding|beginChoosing)$/,
      fixed: { mode: "DECODE" },
    }],
  },
  {
    source: "trellis.ts",
    target: "src/entropy/rdo/trellis_wasm.ts",
    addresses: TRELLIS_ADDRESSES,
    binaries: [{
      constant: "TRELLIS_WASM",
      what: "The trellis search",
      options: [...IMPORTED_MEMORY, ...SIMD],
    }],
  },
  {
    source: "samples.ts",
    includes: ["decision_stream.ts", "windows.ts"],
    generated: unrolledSolvers(),
    target: "src/entropy/lossless/samples_wasm.ts",
    binaries: [
      {
        constant: "SAMPLES_SIMD_WASM",
        what: "The coder of samples, with SIMD,",
        options: [...SIMD, ...ROOM],
      },
      {
        constant: "SAMPLES_PLAIN_WASM",
        what: "The coder of samples, without SIMD,",
        options: ["--disable", "simd", ...ROOM],
      },
    ],
  },
  {
    source: "samples.ts",
    includes: ["decision_stream.ts", "windows.ts"],
    generated: unrolledSolvers(),
    target: "src/entropy/lossless/samples_decoding_wasm.ts",
    binaries: [{
      constant: "SAMPLES_DECODING_WASM",
      what: "The decoder of samples, with SIMD,",
      options: [...SIMD, ...ROOM],
      isSmall: true,
      without: /^encoded?$/,
      fixed: { encoding: "false", isUnrolled: "false" },
    }],
  },
  {
    source: "graphics.ts",
    includes: ["decision_stream.ts"],
    target: "src/entropy/graphics/graphics_wasm.ts",
    binaries: [
      { constant: "GRAPHICS_SIMD_WASM", what: "The coder of graphics, with SIMD,", options: SIMD },
      {
        constant: "GRAPHICS_PLAIN_WASM",
        what: "The coder of graphics, without SIMD,",
        options: ["--disable", "simd"],
      },
    ],
  },
  {
    source: "graphics.ts",
    includes: ["decision_stream.ts"],
    target: "src/entropy/graphics/graphics_decoding_wasm.ts",
    binaries: [{
      constant: "GRAPHICS_DECODING_WASM",
      what: "The decoder of graphics, with SIMD,",
      options: SIMD,
      isSmall: true,
      without: /^encoded?$/,
      fixed: { encoding: "false" },
    }],
  },
  {
    source: "deflate.ts",
    target: "src/image/deflate/deflate_wasm.ts",
    addresses: { ...DEFLATE_ADDRESSES, ...DEFLATE_LIMITS },
    binaries: [{
      constant: "DEFLATE_WASM",
      what: "Row filters and deflate",
      options: [...IMPORTED_MEMORY, ...SIMD],
    }],
  },
];

const root = new URL("../", import.meta.url);
for (const { source, includes = [], generated = "", target, addresses = {}, binaries } of TARGETS) {
  const [own, ...before] = await Promise.all(
    [source, ...includes].map((name) => Deno.readTextFile(new URL(`wasm/${name}`, root))),
  );
  const text = constants(addresses) + before.join("") + generated + own;
  const host = "../".repeat(target.split("/").length - 2) + "host/wasm.ts";
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
  const module = parts.join("\n"), path = new URL(target, root);
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(path, module);
  } else if (await Deno.readTextFile(path) !== module) {
    console.error(`${target} is not what wasm/${source} gives: run deno task wasm`);
    Deno.exit(1);
  }
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
function ownText(text: string, { without, fixed = {} }: Binary): string {
  let own = text.replace(/^export (function (\w+))/gm, (all, kept, name) => without?.test(name) ? kept : all);
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
