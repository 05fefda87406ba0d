import { type ContainerHeader, PLAIN_HEADER } from "../../src/format/mod.ts";

/** The header of a latent stream. */
export const HEADER: ContainerHeader = {
  ...PLAIN_HEADER,
  width: 768,
  height: 512,
  modelId: 1,
  modelName: "",
  modelFingerprint: 0xdeadbeef,
  wavelet: "cdf53",
  levels: 3,
  stepCode: 913,
  quality: 50,
};
