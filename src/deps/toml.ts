/** TOML, of the standard library. */
export { parse as parseToml } from "npm:deno-std@1.4.0/toml/mod.js";
