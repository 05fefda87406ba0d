/**
 * The stages put together by hand: a Haar wavelet of four levels instead of the model's own 5/3, from pixels to a file and
 * back to scored pixels, with a table of what each step did.
 *
 *     deno run -R examples/custom_pipeline.ts
 */
import { World } from "@vaerans/vaerans";
import { ANSBitstream, MSSSIM, PSNR, VaerFile } from "@vaerans/vaerans/components";
import {
  ANSDecode,
  ANSEncode,
  Hadamard4,
  MetricMSSSIM,
  MetricPSNR,
  OnnxVAEDecode,
  OnnxVAEEncode,
  QuantizeU8,
  VaerRead,
  VaerWrite,
  WaveletHaar,
} from "@vaerans/vaerans/systems";
import { chromeTrace, traceTable } from "@vaerans/vaerans/core";
import { loadModel } from "@vaerans/vaerans/models";
import { drawn } from "./picture.ts";

const model = await loadModel("vaerans-8");
const world = new World({ trace: { entropy: true } });

const encoded = await world.pipe(world.spawnImage(drawn(192, 128)))
  .to(new OnnxVAEEncode(model))
  .to(new Hadamard4("forward"))
  .to(new WaveletHaar("forward", { levels: 4 }))
  .to(new QuantizeU8("forward", { step: 0.3 }))
  .to(new ANSEncode())
  .to(new VaerWrite())
  .run();

const { sections } = world.get(encoded, ANSBitstream), { bytes } = world.get(encoded, VaerFile);
console.log(`sections: ${sections.map((section) => section.byteLength).join(" + ")} bytes`);
console.log(`file: ${bytes.byteLength} bytes`);

const scored = await world.pipe(encoded)
  .to(new VaerRead())
  .to(new ANSDecode())
  .to(new QuantizeU8("inverse"))
  .to(new WaveletHaar("inverse"))
  .to(new Hadamard4("inverse"))
  .to(new OnnxVAEDecode(model))
  .through(new MetricPSNR(), new MetricMSSSIM())
  .run();

console.log(
  `${world.get(scored, PSNR).decibels.toFixed(2)} dB, MS-SSIM ${world.get(scored, MSSSIM).value.toFixed(4)}`,
);
console.log(traceTable(world.trace.records));
const [traceFile] = Deno.args; // for chrome://tracing or Perfetto; with -W=FILE
if (traceFile !== undefined) await Deno.writeTextFile(traceFile, chromeTrace(world.trace.records));
