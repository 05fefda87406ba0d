import { VaeransError } from "../core/errors.ts";

type PlainForms = typeof import("./plain_coders.ts");

let registered: PlainForms | undefined;

/** Adds the forms; `all_plain_forms.ts` does. Without them, programs that only decode are smaller. */
export function registerPlainForms(forms: PlainForms): void {
  registered = forms;
}

/** The forms; errors: `VaeransError` ("simd-missing") if they were not added. */
export function plainForms(): PlainForms {
  if (registered) return registered;
  throw new VaeransError(
    "simd-missing",
    "Cannot decode: the JavaScript runtime must have WebAssembly SIMD (got none). Update it, or import the package's main entry " +
      "point, which works without.",
  );
}
