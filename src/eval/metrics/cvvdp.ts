import type { Metric } from "./metric.ts";

/** ColorVideoVDP of a still picture on a full-HD desktop display (`standard_fhd`), in units of just objectionable differences. */
export const CVVDP_METRIC: Metric = {
  id: "cvvdp",
  label: "CVVDP",
  unit: "JOD",
  better: "higher",
  scale: "linear",
  digits: 3,
  minSide: 8,
  best: 10,
  comparesRates: true,
  anchorNames: ["fhd"],
  tool: {
    install: 'Install the Python package cvvdp and give --cvvdp "python3 scripts/train/cvvdp_pairs.py".',
  },
  async measure(source, decoded, tools) {
    const { fhd } = await tools.ask(this, source, decoded);
    if (typeof fhd !== "number") {
      throw new Error(`Cannot measure ${this.label}: the answer must hold "fhd", a number (got ${fhd})`);
    }
    return fhd;
  },
};
