/** Columns of `bench/results/farm_pictures.tsv`: seconds per picture, by the clock and of processor time; the ratio is two workers' rate over one's. */
export const PICTURE_COLUMNS = [
  "round",
  "withoutQueue",
  "oneWorker",
  "twoWorkers",
  "ratioOfTwo",
  "cpuWithoutQueue",
  "cpuOneWorker",
  "cpuServer",
] as const;
