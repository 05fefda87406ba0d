#!/usr/bin/env python3
"""Train the family of `layered.py`.

    OMP_NUM_THREADS=1 python3 train_layered.py --data DIR --out run/layered --minutes 150 [--init weights.pt]

Loss per picture: bits per pixel + LAMBDA_STEP2 / step^2 * (mse / r * MSE + ssim * r * (1 - MS-SSIM) + tint * error of the
colour over 8 x 8 pixels + masked * error of `perceptual.py`), r = (step / middle of the range)^0.5. `--out` gets weights.pt
(moving average), state.pt (to go on exactly) and log.tsv.
"""
import argparse
import math
import os
import random
import time

import torch

import losses
from data import Crops, centre_crops, load
from layered import STEP_RANGE, LayeredCodec, from_planning
from muon import Muon
from perceptual import masked_pyramid_error
from train import GRADIENT_LIMIT, LAMBDA_STEP2, LEAST_MATRIX_SIDE

EVALUATED_STEPS = (0.04, 0.07, 0.12, 0.22)
HELD_OUT = 14


def optimizers_of(codec, rate):
    is_linear = lambda name: ".linear." in name or "gain" in name
    is_inner = lambda name, p: (
        name.startswith(("encoder.", "decoder.")) and p.dim() == 4 and min(p.flatten(1).shape) >= LEAST_MATRIX_SIDE
        and not any(part in name for part in ("linear", "stem", "head", "skip"))
    )
    groups = dict(linear=[], inner=[], rest=[])
    for name, p in codec.named_parameters():
        groups["linear" if is_linear(name) else "inner" if is_inner(name, p) else "rest"].append(p)
    return [
        torch.optim.Adam([dict(params=groups["linear"], share=0.2), dict(params=groups["rest"], share=1.0)], lr=rate),
        Muon([dict(params=groups["inner"], share=1.0)], lr=rate),
    ]


@torch.no_grad()
def evaluate(codec, crops):
    """-> rows (step, bits per pixel, of the detail layers, PSNR, MS-SSIM, masked error)"""
    for step in EVALUATED_STEPS:
        total = []
        for image in crops:
            out, bits, detail = codec(image, torch.full((1,), step), hard=True)
            out = (out.clamp(0, 1) * 255).round() / 255
            pixels = image[0, 0].numel()
            total.append((
                bits.item() / pixels, detail.item() / pixels, -10 * math.log10((out - image).pow(2).mean().item()),
                losses.ms_ssim(out, image, 5).item(), masked_pyramid_error(image, out).item(),
            ))
        yield step, *[sum(t) / len(t) for t in zip(*total)]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--init", help="weights.pt to start from, or the planning run's")
    p.add_argument("--minutes", type=float, default=150)
    p.add_argument("--rate", type=float, default=5e-4, help="peak learning rate, cosine to 1%% over the minutes")
    p.add_argument("--mse", type=float, default=0.5)
    p.add_argument("--ssim", type=float, default=0.02)
    p.add_argument("--tint", type=float, default=3.0)
    p.add_argument("--masked", type=float, default=1e-3)
    p.add_argument("--batch", type=int, default=4)
    p.add_argument("--crop", type=int, default=160)
    p.add_argument("--evaluate-every", type=int, default=1000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--limit", type=int)
    args = p.parse_args()
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    os.makedirs(args.out, exist_ok=True)
    train_images, held_images = load(args.data, args.limit)
    crops = Crops(train_images, args.crop, "cpu")
    held = list(centre_crops(held_images[:HELD_OUT], 256, "cpu"))
    codec = LayeredCodec()
    if args.init:
        weights = torch.load(args.init, map_location="cpu")
        print(codec.load_state_dict(from_planning(weights) if "dgain" in weights else weights, strict=False))
    codec = codec.to(memory_format=torch.channels_last)
    ema = LayeredCodec()
    ema.load_state_dict(codec.state_dict())
    optimizers = optimizers_of(codec, args.rate)
    i, minutes_before, state_path = 0, 0.0, os.path.join(args.out, "state.pt")
    if os.path.exists(state_path):
        state = torch.load(state_path)
        codec.load_state_dict(state["codec"])
        ema.load_state_dict(state["ema"])
        for optimizer, saved in zip(optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        i, minutes_before = state["step"], state["minutes"]
    log = open(os.path.join(args.out, "log.tsv"), "a")

    def report(minutes):
        for row in evaluate(ema, held):
            print(i, *[f"{v:.4f}" for v in row], sep="\t", file=log, flush=True)
        torch.save(ema.state_dict(), os.path.join(args.out, "weights.pt"))
        torch.save(dict(codec=codec.state_dict(), ema=ema.state_dict(), optimizers=[o.state_dict() for o in optimizers], step=i, minutes=minutes), state_path + ".part")
        os.replace(state_path + ".part", state_path)

    low, high = STEP_RANGE
    sums, began, first = [0.0] * 4, time.time(), i
    report(minutes_before)
    while True:
        minutes = minutes_before + (time.time() - began) / 60
        if minutes >= args.minutes:
            break
        warm = min(1.0, (i - first + 1) / 300)
        for group in (group for optimizer in optimizers for group in optimizer.param_groups):
            group["lr"] = group["share"] * args.rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * minutes / args.minutes)))
        image = crops(args.batch).contiguous(memory_format=torch.channels_last)
        step = torch.exp(torch.empty(args.batch).uniform_(math.log(low), math.log(high)))
        out, bits, _ = codec(image, step, bf16=True)
        weight = LAMBDA_STEP2 / step**2
        tilt = (step / math.sqrt(low * high)) ** 0.5
        mse = (out - image).pow(2).mean((1, 2, 3))
        dissimilarity = 1 - losses.ms_ssim_each(out, image, 4)
        masked = masked_pyramid_error(image, out) if args.masked else torch.zeros_like(mse)
        bpp = bits / image[0, 0].numel()
        distortion = args.mse / tilt * mse + args.ssim * tilt * dissimilarity + args.tint * losses.tint_each(out, image) + args.masked * masked
        loss = ((bpp / weight + distortion) * weight**0.5).mean()
        codec.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(codec.parameters(), GRADIENT_LIMIT)
        if torch.isfinite(norm):
            for optimizer in optimizers:
                optimizer.step()
        i += 1
        decay = min(0.999, (i + 1) / (i + 10))
        with torch.no_grad():
            for a, b in zip(ema.parameters(), codec.parameters()):
                a.lerp_(b, 1 - decay)
        for k, v in enumerate((bpp, mse, dissimilarity, masked)):
            sums[k] += v.detach().mean().item()
        if i % 100 == 0:
            print(f"{i} bpp {sums[0] / 100:.4f} mse {sums[1] / 100:.6f} 1-ms-ssim {sums[2] / 100:.4f} masked {sums[3] / 100:.4f} {(time.time() - began) / (i - first):.3f} s/step", flush=True)
            sums = [0.0] * 4
        if i % args.evaluate_every == 0:
            report(minutes)
    report(minutes)


if __name__ == "__main__":
    main()
