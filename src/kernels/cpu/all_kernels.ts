/** Makes worlds use the module with the kernels of both directions, and adds their TypeScript forms. */
import { useWhole } from "../../host/wasm.ts";
import { DECODING_KERNELS_WASM } from "./decoding_kernels_wasm.ts";
import { KERNELS_WASM } from "./kernels_wasm.ts";
import { registerPlainFunctions } from "./plain_functions.ts";
import * as kernels from "./plain_kernels.ts";

useWhole(DECODING_KERNELS_WASM, KERNELS_WASM);
registerPlainFunctions(kernels);
