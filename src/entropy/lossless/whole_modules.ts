/** Makes lossless sections use the modules that encode, too: those of samples also decode faster, most of all the one of level 1. */
import { useWhole } from "../../host/wasm.ts";
import { GRAPHICS_DECODING_WASM } from "../graphics/graphics_decoding_wasm.ts";
import { GRAPHICS_SIMD_WASM } from "../graphics/graphics_wasm.ts";
import { DEFAULT_SAMPLES_WASM } from "./default_samples_wasm.ts";
import { useForLevel } from "./samples.ts";
import { SAMPLES_DECODING_WASM } from "./samples_decoding_wasm.ts";
import { SAMPLES_SIMD_WASM } from "./samples_wasm.ts";

useWhole(SAMPLES_DECODING_WASM, SAMPLES_SIMD_WASM);
useForLevel(1, DEFAULT_SAMPLES_WASM);
useWhole(GRAPHICS_DECODING_WASM, GRAPHICS_SIMD_WASM);
