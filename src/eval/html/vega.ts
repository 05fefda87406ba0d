import type { TopLevelSpec } from "vega-lite";

/** Follows the page's text colour, in light and dark. */
const INK = "currentColor";
const FONT = "system-ui, sans-serif";

const CONFIG = {
  background: "transparent",
  font: FONT,
  view: { stroke: null },
  axis: {
    labelColor: INK,
    titleColor: INK,
    titleFontWeight: 500,
    gridColor: INK,
    gridOpacity: 0.12,
    domainColor: INK,
    domainOpacity: 0.4,
    tickColor: INK,
    tickOpacity: 0.4,
    labelFontSize: 12,
    titleFontSize: 12,
  },
  legend: { labelColor: INK, titleColor: INK, labelFontSize: 12 },
  title: { color: INK, anchor: "start", fontSize: 14, fontWeight: 600 },
  header: { labelColor: INK, titleColor: INK, labelFontSize: 12 },
} as const;

/**
 * Renders a Vega-Lite plot as SVG markup, the same on every machine. Loads Vega when first called.
 *
 * @param spec The plot, without `config`.
 * @param label What it shows, for those who do not see it.
 * @returns An `svg` element that scales to its container.
 */
export async function renderPlot(spec: TopLevelSpec, label: string): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const { spec: compiled } = vegaLite.compile({ ...spec, config: CONFIG } as TopLevelSpec);
  const view = new vega.View(vega.parse(compiled), { renderer: "none" });
  try {
    const svg = await view.toSVG();
    return svg.replace(
      /^<svg ([^>]*?)width="(\d+)" height="(\d+)"/,
      (_, before, width) =>
        `<svg ${before}role="img" aria-label="${label}" style="max-width:${width}px;width:100%"`,
    );
  } finally {
    view.finalize();
  }
}
