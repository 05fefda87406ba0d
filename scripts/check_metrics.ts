/**
 * Checks our metrics against independent implementations, on the Kodak pictures:
 *
 * - PSNR and MS-SSIM against the anchors' `rd_eval.py` (numpy and SciPy), and SSIM against the same window functions;
 * - texture error and fine energy against the anchors' `texture.py` (numpy);
 * - SSIMULACRA2 against the scores of the authors' C++ program that `kodak.json` holds, on pictures that Pillow's
 *   libwebp and libjpeg-turbo make again (a pair counts only if its PSNR is the recorded one to 1e-9 dB);
 * - BD-rates, with points joined by lines, against `rd_table.py`, over all pairs of anchor curves.
 *
 * Needs python3 with numpy, scipy and Pillow (Debian: python3-numpy python3-scipy python3-pil).
 *
 * ```sh
 * deno run -R -W --allow-run scripts/check_metrics.ts [kodak folder] [anchors folder] [python]
 * ```
 *
 * Prints the largest difference of each metric; exits with 1 when one is over its bound.
 *
 * @module
 */
import { bdRate } from "../src/eval/bd_rate.ts";
import { ssimulacra2 } from "../src/kernels/cpu/metrics/ssimulacra2.ts";
import { fineEnergy, textureError } from "../src/eval/texture/compare.ts";
import { decodePicture } from "../src/image/mod.ts";
import { msSsim, msSsimDecibels, psnr, ssim } from "../src/kernels/cpu/metrics/mod.ts";

const [
  kodak = new URL("../../shared/data/kodak", import.meta.url).pathname,
  anchors = new URL("../../shared/data/anchors", import.meta.url).pathname,
  python = "python3",
] = Deno.args;

/** Makes the distorted pictures and the reference values; prints them as JSON. */
const REFERENCE_PROGRAM = `
import io, json, sys
kodak, anchors, out = sys.argv[1:4]
sys.path.insert(0, anchors)
import numpy as np
import rd_eval, rd_table, texture
from PIL import Image

def ssim(x, y):
    x, y, blur = x.astype(float), y.astype(float), rd_eval._blur
    mx, my = blur(x), blur(y)
    sxx, syy, sxy = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
    c1, c2 = 2.55 ** 2, 7.65 ** 2
    return ((2 * mx * my + c1) * (2 * sxy + c2) / ((mx * mx + my * my + c1) * (sxx + syy + c2))).mean()

recorded = json.load(open(anchors + "/kodak.json"))["codecs"]
pairs = []
for codec, kind, options in (("webp", "WEBP", {"method": 6}),
                             ("jpeg (libjpeg-turbo)", "JPEG", {"optimize": True, "progressive": True, "subsampling": 2})):
    for point in recorded[codec]["points"][1::3]:
        for name in ("kodim01", "kodim04", "kodim08", "kodim13", "kodim20", "kodim23"):
            source = Image.open(f"{kodak}/{name}.png").convert("RGB")
            file = io.BytesIO()
            source.save(file, kind, quality=int(point["setting"]), **options)
            distorted = Image.open(file).convert("RGB")
            path = f"{out}/{kind}-{point['setting']}-{name}.png"
            distorted.save(path, compress_level=1)
            a, b = np.asarray(source), np.asarray(distorted)
            pairs.append({
                "source": f"{kodak}/{name}.png", "distorted": path, "psnr": rd_eval.psnr_rgb(a, b),
                "msssim": rd_eval.ms_ssim_rgb(a, b),
                **texture.compare(f"{kodak}/{name}.png", path),
                "ssim": float(np.mean([ssim(a[..., c], b[..., c]) for c in range(3)])),
                "recorded": {k: point["images"][name][k] for k in ("psnr", "ssimulacra2")},
            })

curves, _ = rd_table.load(anchors + "/kodak.json")
bd = [{"reference": r, "tested": t, "metric": m, "value": rd_table.bd_rate(curves[r], curves[t], m)}
      for r in curves for t in curves for m in ("psnr", "msssim", "ssimulacra2")]
print(json.dumps({"pairs": pairs, "bd": bd, "curves": curves}))
`;

interface Reference {
  pairs: {
    source: string;
    distorted: string;
    psnr: number;
    ssim: number;
    msssim: number;
    texture: number;
    fine: number;
    recorded: { psnr: number; ssimulacra2: number };
  }[];
  bd: {
    reference: string;
    tested: string;
    metric: "psnr" | "msssim" | "ssimulacra2";
    value: number | null;
  }[];
  curves: Record<string, { bpp: number; psnr: number; msssim: number; ssimulacra2: number }[]>;
}

/** The largest difference seen, and how many there were. */
class Worst {
  difference = 0;
  count = 0;
  constructor(readonly label: string, readonly bound: number) {}

  see(ours: number, theirs: number): void {
    this.count++;
    this.difference = Math.max(this.difference, Math.abs(ours - theirs));
  }

  report(): boolean {
    const good = this.count > 0 && this.difference <= this.bound;
    const verdict = good ? "ok" : "TOO FAR";
    console.log(
      `${this.label}: ${this.count} compared, worst ${
        this.difference.toExponential(2)
      } (bound ${this.bound}) ${verdict}`,
    );
    return good;
  }
}

async function makeReference(folder: string): Promise<Reference> {
  const { code, stdout, stderr } = await new Deno.Command(python, {
    args: ["-c", REFERENCE_PROGRAM, kodak, anchors, folder],
  }).output();
  if (code !== 0) {
    throw new Error(`Cannot compute the references: ${new TextDecoder().decode(stderr).trim()}`);
  }
  return JSON.parse(new TextDecoder().decode(stdout));
}

const folder = await Deno.makeTempDir({ prefix: "vaerans-metrics-" });
try {
  const { pairs, bd, curves } = await makeReference(folder);
  const worst = {
    psnr: new Worst("PSNR, dB", 1e-6),
    ssim: new Worst("SSIM", 1e-4),
    msssim: new Worst("MS-SSIM", 1e-4),
    texture: new Worst("texture error", 1e-3),
    fine: new Worst("fine energy", 1e-3),
    ssimulacra2: new Worst("SSIMULACRA2", 0.1),
    bd: new Worst("BD-rate, percentage points", 0.2),
  };
  for (const pair of pairs) {
    const a = await decodePicture(await Deno.readFile(pair.source));
    const b = await decodePicture(await Deno.readFile(pair.distorted));
    worst.psnr.see(psnr(a, b), pair.psnr);
    worst.ssim.see(ssim(a, b), pair.ssim);
    worst.msssim.see(msSsim(a, b), pair.msssim);
    worst.texture.see(textureError(a, b), pair.texture);
    worst.fine.see(fineEnergy(a, b), pair.fine);
    if (Math.abs(pair.recorded.psnr - pair.psnr) < 1e-9) {
      worst.ssimulacra2.see(ssimulacra2(a, b), pair.recorded.ssimulacra2);
    }
  }
  for (const { reference, tested, metric, value } of bd) {
    const curve = (name: string) =>
      curves[name].map((point) => ({
        bpp: point.bpp,
        quality: metric === "msssim" ? msSsimDecibels(point.msssim) : point[metric],
      }));
    const ours = bdRate(curve(reference), curve(tested), { minBpp: 0.1, maxBpp: 1, interpolation: "linear" });
    if (value === null || ours === undefined) {
      worst.bd.see(value === null ? 0 : Infinity, ours === undefined ? 0 : Infinity);
    } else worst.bd.see(ours, value);
  }
  const good = Object.values(worst).map((metric) => metric.report());
  Deno.exitCode = good.every(Boolean) ? 0 : 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}
