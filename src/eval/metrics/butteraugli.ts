import type { Metric } from "./metric.ts";

/** Butteraugli's 3-norm by libjxl's program, at its default intensity of the display. */
export const BUTTERAUGLI_METRIC: Metric = {
  id: "butteraugli",
  label: "Butteraugli 3-norm",
  unit: "",
  better: "lower",
  scale: "linear",
  digits: 3,
  minSide: 8,
  best: 0,
  comparesRates: true,
  anchorNames: ["butteraugli_p3"],
  tool: {
    command: "butteraugli_main",
    install: "Install Debian's libjxl-devtools, or name the program with --butteraugli COMMAND.",
  },
  async measure(source, decoded, tools) {
    const output = await tools.run(this, source, decoded);
    const norm = /3-norm:\s*([\d.eE+-]+)/.exec(output)?.[1];
    if (norm === undefined) {
      throw new Error(
        `Cannot measure ${this.label}: the program must print "3-norm:" (got ${output.slice(0, 200)})`,
      );
    }
    return Number(norm);
  },
};
