/** Paths of the system's own kind, of the standard library. */
export { basename } from "npm:deno-std@1.4.0/path/basename.js";
export { SEPARATOR_PATTERN } from "npm:deno-std@1.4.0/path/constants.js";
export { dirname } from "npm:deno-std@1.4.0/path/dirname.js";
export { extname } from "npm:deno-std@1.4.0/path/extname.js";
export { isAbsolute } from "npm:deno-std@1.4.0/path/is_absolute.js";
export { isGlob } from "npm:deno-std@1.4.0/path/is_glob.js";
