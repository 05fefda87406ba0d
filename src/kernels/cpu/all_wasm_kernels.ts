/** Makes worlds use the module with the kernels of both directions. */
import { useWhole } from "../../host/wasm.ts";
import { DECODING_KERNELS_WASM } from "./decoding_kernels_wasm.ts";
import { KERNELS_WASM } from "./kernels_wasm.ts";

useWhole(DECODING_KERNELS_WASM, KERNELS_WASM);
