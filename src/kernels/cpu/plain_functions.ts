import { VaeransError } from "../../core/mod.ts";

type PlainFunctions = typeof import("./plain_kernels.ts");

let registered: PlainFunctions | undefined;

/** Adds them; `all_kernels.ts` does. Programs that only decode are smaller without them. */
export function registerPlainFunctions(functions: PlainFunctions): void {
  registered = functions;
}

/** The functions; errors: `VaeransError` ("encoder-missing") if they were not added. */
export function plainFunctions(): PlainFunctions {
  if (registered) return registered;
  throw new VaeransError(
    "encoder-missing",
    "Cannot run this kernel: the program must have the encoder (got the decoder only). Import the package's main entry point.",
  );
}
