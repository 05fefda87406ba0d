/**
 * The name of Deno's API for Node and Bun. It is imported at run time, by a name that bundlers do not see: bundles for browsers
 * need neither it nor the modules of Node that it imports.
 */
export const DENO_SHIM: string = "@deno/shim-deno";
