/** Adds what does the coders' work without WebAssembly SIMD. */
import * as coders from "./plain_coders.ts";
import { registerPlainForms } from "./plain_forms.ts";

registerPlainForms(coders);
