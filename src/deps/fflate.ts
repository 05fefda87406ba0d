/** Deflate in JavaScript: the same bytes in every runtime, where `CompressionStream` has the runtime's own. */
export { deflateSync } from "npm:fflate@0.8.3";
