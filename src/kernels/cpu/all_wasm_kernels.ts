/** Makes worlds use the module with the kernels of both directions. */
import { KERNELS_WASM } from "./kernels_wasm.ts";
import { useKernels } from "./wasm_kernels.ts";

useKernels(KERNELS_WASM);
