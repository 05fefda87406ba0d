/** Webpack would look up a name in `resolve()` by conditions that the package's `exports` do not have. */
const NAME: string = "npm:jxl-oxide-wasm@0.12.5";

/** jxl-oxide, a decoder of JPEG XL in Rust, as WebAssembly; it loads when it is called for. */
export const JXL_OXIDE = {
  load: () => import("npm:jxl-oxide-wasm@0.12.5"),
  resolve: () => import.meta.resolve(NAME),
};
