/** Makes subband engines use the module that encodes, too. */
import { useWhole } from "../../host/wasm.ts";
import { SUBBAND_DECODING_WASM } from "./subband_decoding_wasm.ts";
import { SUBBAND_WASM } from "./subband_wasm.ts";

useWhole(SUBBAND_DECODING_WASM, SUBBAND_WASM);
