/** Base64, of the standard library. */
export { encodeBase64 } from "npm:deno-std@1.4.0/encoding/base64.js";
