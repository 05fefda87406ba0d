// deno-doc-ignore-file private-type-ref -- other entry points of the package export these types
import { BlurRGB, MsSsim, Psnr, ReconRGB, RGB, Ssim } from "../components/mod.ts";
import { bytesOfRgb } from "../components/rgb.ts";
import { type Component, type ComponentType, type Entity, System } from "../core/mod.ts";
import { checkChoiceOption } from "../core/check_option.ts";
import { checkNames } from "../core/option_rules.ts";
import type { Kernels, KernelWorld, MetricName } from "../kernels/kernels.ts";
import { checkSameShape } from "./same_shape.ts";

/** Options of the metrics. */
export interface MetricOptions<P extends ReconRGB | BlurRGB = ReconRGB> {
  /** What is compared with the {@linkcode RGB} source; {@linkcode ReconRGB} by default. */
  readonly of?: ComponentType<P>;
}

/**
 * Compares a picture with its source, both as bytes, and leaves the score with the entity.
 *
 * Errors: `InvalidValueError` ("picture-mismatch", and "picture-dtype" for pictures of f32).
 *
 * @typeParam P What is compared with the {@linkcode RGB} source.
 * @typeParam S The score.
 */
export abstract class PictureMetric<P extends ReconRGB | BlurRGB, S extends Component>
  extends System<RGB | P, S, Kernels> {
  /** Direction: there is only one. */
  readonly mode = "measure" as const;
  /** Components every entity must have. */
  readonly required: readonly ComponentType<RGB | P>[];
  /** Components every entity has afterwards. */
  abstract override readonly produced: readonly ComponentType<S>[];
  /** Which kernel compares. */
  protected abstract readonly metric: MetricName;
  readonly #of: ComponentType<ReconRGB | BlurRGB>;

  /**
   * Makes the system.
   *
   * @param options What is compared.
   */
  constructor(options: MetricOptions<P> = {}) {
    super();
    checkNames(`make ${new.target.name}`, options, ["of"]);
    checkChoiceOption<unknown>(new.target.name, "of", options.of, [ReconRGB, BlurRGB]);
    this.#of = options.of ?? ReconRGB;
    this.required = [RGB, this.#of as ComponentType<P>];
  }

  /** Makes the component. */
  protected abstract scoreOf(value: number): S;

  /** Processes the batch; see {@linkcode System.run}. */
  async run(world: KernelWorld, entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      const source = bytesOfRgb(world.get(entity, RGB), `metric ${this.metric}`);
      const shown = world.get(entity, this.#of).pixels;
      checkSameShape(entity, source, shown);
      world.add(entity, this.scoreOf(await world.kernels.compare(this.metric, source, shown)));
    }
  }
}

/** Peak signal-to-noise ratio over red, green and blue, peak 255; see `psnr`. Gives {@linkcode Psnr}. */
export class MetricPsnr<P extends ReconRGB | BlurRGB = ReconRGB> extends PictureMetric<P, Psnr> {
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<Psnr>[] = [Psnr];
  /** Which kernel compares. */
  protected readonly metric = "psnr" as const;

  /** Makes the component. */
  protected scoreOf(value: number): Psnr {
    return new Psnr(value);
  }
}

/** Structural similarity, mean over red, green and blue; see `ssim`. Gives {@linkcode Ssim}. */
export class MetricSsim<P extends ReconRGB | BlurRGB = ReconRGB> extends PictureMetric<P, Ssim> {
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<Ssim>[] = [Ssim];
  /** Which kernel compares. */
  protected readonly metric = "ssim" as const;

  /** Makes the component. */
  protected scoreOf(value: number): Ssim {
    return new Ssim(Math.min(1, Math.max(-1, value))); // rounding may go beyond
  }
}

/** Multi-scale structural similarity, mean over red, green and blue; see `msSsim`. Gives {@linkcode MsSsim}. */
export class MetricMsSsim<P extends ReconRGB | BlurRGB = ReconRGB> extends PictureMetric<P, MsSsim> {
  /** Components every entity has afterwards. */
  readonly produced: readonly ComponentType<MsSsim>[] = [MsSsim];
  /** Which kernel compares. */
  protected readonly metric = "msSsim" as const;

  /** Makes the component. */
  protected scoreOf(value: number): MsSsim {
    return new MsSsim(Math.min(1, Math.max(0, value))); // rounding may go beyond
  }
}
