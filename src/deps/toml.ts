/** TOML: smol-toml, which is small, so that importing the package downloads little. */
export { parse as parseToml, TomlError } from "npm:smol-toml@1.9.1";
