/** Patterns of file names, of the standard library. */
export { globToRegExp } from "npm:deno-std@1.4.0/path/glob_to_regexp.js";
