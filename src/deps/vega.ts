/** Vega and Vega-Lite, which draw the plots of reports; each loads when it is called for. */
export type { TopLevelSpec } from "npm:vega-lite@6.5.0";

/** Draws what Vega-Lite has compiled. */
export const importVega = () => import("npm:vega@6.4.0");

/** Compiles a plot's description. */
export const importVegaLite = () => import("npm:vega-lite@6.5.0");
