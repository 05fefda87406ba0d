/**
 * The plugin for Vite, Astro, SvelteKit and Nuxt: compresses pictures when a site is built, and gives its pages the scripts and
 * models that show them.
 *
 * @module
 */
import "../../codec/all_parts.ts";

export { vaerans, type VaeransPlugin, type VaeransPluginOptions } from "./plugin.ts";
export type { FallbackFile, VaerPicture } from "./vaer_picture.ts";
