/** Makes context models use the module that encodes, too. */
import { useWhole } from "../../host/wasm.ts";
import { MIXING_DECODING_WASM } from "./mixing_decoding_wasm.ts";
import { MIXING_WASM } from "./mixing_wasm.ts";

useWhole(MIXING_DECODING_WASM, MIXING_WASM);
