/** Makes lossless sections use the modules that encode, too: those of samples also decode faster. */
import { useWhole } from "../../host/wasm.ts";
import { GRAPHICS_DECODING_WASM } from "../graphics/graphics_decoding_wasm.ts";
import { GRAPHICS_SIMD_WASM } from "../graphics/graphics_wasm.ts";
import { SAMPLES_DECODING_WASM } from "./samples_decoding_wasm.ts";
import { SAMPLES_SIMD_WASM } from "./samples_wasm.ts";

useWhole(SAMPLES_DECODING_WASM, SAMPLES_SIMD_WASM);
useWhole(GRAPHICS_DECODING_WASM, GRAPHICS_SIMD_WASM);
