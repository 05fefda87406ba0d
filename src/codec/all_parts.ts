/** Adds all parts that an entry point may add: encoder, metrics, GPU, previews, workers that encode, models of `vaerans.toml`. */
import "../entropy/all_plain_forms.ts";
import "../models/named_models.ts";
import "../kernels/cpu/metrics/mod.ts";
import "./streams/gpu_jobs.ts";
import "./latent_preview.ts";
import "./run/tile_worker_start.ts";
