#!/usr/bin/env python3
"""Train one family.

    OMP_NUM_THREADS=1 python3 train.py --f 8 --data DIR --out run/f8 --steps 25000 [--init weights.pt]

Loss a batch: bits a pixel + LAMBDA_STEP2 / step^2 * (mse_weight / r * MSE + ssim_weight * r * (1 - MS-SSIM) + tint_weight *
error of the colour over 8 x 8 pixels), r = (step / middle of the range)^tilt: structure counts more at coarse steps, pixels at
fine ones. The step is drawn log-uniformly, so that one model covers its family's range of rates. The distortion sees what the
codec's rate-distortion-optimised quantiser chooses, the rate uniform noise; what of it the encoder learns from, see `--proximal`.

`--out` gets weights.pt (EMA; what `export.py` reads), state.pt (to go on exactly) and log.tsv. A killed run goes on from
state.pt when started again with the same arguments.
"""
import argparse
import math
import os
import random
import time

import torch

import losses
from data import Crops, centre_crops, load
from model import Autoencoder
from muon import Muon
from perceptual import masked_pyramid_error, texture_error
from rate import RateModel
from transform import analyse, band_names, hadamard, synthesis_norm, synthesise

LEVELS = {8: 3, 4: 4}
STEP_RANGE = {8: (0.28, 1.9), 4: (0.10, 0.9)}
# bits a pixel = LAMBDA_STEP2 / step^2 * mean squared error: the slope of a uniform quantiser whose error, over three
# channels, is spread evenly (6 / ln 2 in nats of an orthonormal transform, times 3, less at low rates).
LAMBDA_STEP2 = 18.0
# What the last part of each family's training weighed.
OBJECTIVE = {
    8: dict(mse_weight=0.25, ssim_weight=0.035, masked_weight=2e-2, texture_weight=2.5e-3, tilt=0.0),
    4: dict(mse_weight=0.3, ssim_weight=0.028, masked_weight=2e-2, texture_weight=2.5e-3, tilt=0.5),
}


# What a bit is worth to the quantiser, in step^2: `DEFAULT_LAMBDA` of `src/entropy/rdo/choose_by_cost.ts`.
BIT_WEIGHT = 0.08


def straight_through(y, symbols, proximal):
    """The symbols, with y's gradient. Beside a rate that sees noise only where they are y rounded, not where the quantiser
    moved them nearer to zero: else distortion lifts such coefficients to just below where they would be kept, where they cost
    bits and show nothing. To the proximal rate they cost nothing there."""
    through = symbols + (y - y.detach())
    return through if proximal else torch.where(symbols == torch.round(y), through, symbols)


def envelope_bits(pyramid, chosen, bit_weight):
    """Nothing (B,), with the gradient of the rate's Moreau envelope: the quantiser minimises bits + squared error / bit_weight,
    so its minimum changes with a coefficient by 2 (coefficient - symbol) / bit_weight (Moreau 1965)."""
    squares = sum((y - symbols).pow(2).flatten(1).sum(1) for (_, _, y), (_, _, symbols) in zip(pyramid, chosen))
    return (squares - squares.detach()) / bit_weight


# A few times the usual norm: single batches with twenty times as much cost a run hundreds of steps.
GRADIENT_LIMIT = 0.2


class Codec(torch.nn.Module):
    def __init__(self, f, bit_weight=BIT_WEIGHT):
        super().__init__()
        self.f, self.levels, self.bit_weight = f, LEVELS[f], bit_weight
        self.autoencoder = Autoencoder(f, STEP_RANGE[f])
        self.rate = RateModel(self.levels)
        # log of each band's step against the rule `step / synthesis norm`, a channel
        self.gain = torch.nn.ParameterDict({f"{o}{level}": torch.nn.Parameter(torch.zeros(4)) for level, o in band_names(self.levels)})

    def band_steps(self, step, level, orientation):
        """step (B,) -> (B, 4, 1, 1)"""
        gain = torch.exp(self.gain[f"{orientation}{level}"]) / synthesis_norm(level, orientation)
        return (step.view(-1, 1) * gain).view(-1, 4, 1, 1)

    def forward(self, image, step, hard=False, bf16=False, proximal=False):
        """-> reconstruction (B, 3, H, W), bits a picture (B,); `hard` counts the bits of what is quantised"""
        with torch.autocast(image.device.type, dtype=torch.bfloat16, enabled=bf16):
            latent = self.autoencoder.encoder(image)
        bands = analyse(hadamard(latent.float()), self.levels)
        with torch.set_grad_enabled(torch.is_grad_enabled() and not proximal):
            # The proximal rate has no gradient by the steps: the gains stay as they are.
            steps = [self.band_steps(step, level, o) for level, o, _ in bands]
        pyramid = [(level, o, y / band_step) for (level, o, y), band_step in zip(bands, steps)]
        chosen = self.rate.choose(pyramid, torch.log(step), self.bit_weight)
        noisy = lambda y: (y.detach() if proximal else y) + torch.rand_like(y) - 0.5
        bits = self.rate(chosen if hard else [(level, o, noisy(y)) for level, o, y in pyramid], torch.log(step))
        if proximal:
            bits = bits + envelope_bits(pyramid, chosen, self.bit_weight)
        decoded = hadamard(synthesise([
            (level, o, straight_through(y, symbols, proximal) * band_step)
            for (level, o, y), (_, _, symbols), band_step in zip(pyramid, chosen, steps)
        ]))
        with torch.autocast(image.device.type, dtype=torch.bfloat16, enabled=bf16):
            image = self.autoencoder.decoder(decoded, step)
        return image.float(), bits


@torch.no_grad()
def evaluate(codec, crops, steps):
    """-> rows (step, bpp by the proxy, psnr, ms-ssim, masked error) over the crops"""
    rows = []
    for step in steps:
        total = []
        for image in crops:
            out, bits = codec(image, torch.full((1,), step, device=image.device), hard=True)
            out = (out.clamp(0, 1) * 255).round() / 255
            mse = (out - image).pow(2).mean().item()
            total.append((bits.item() / image[0, 0].numel(), -10 * math.log10(mse), losses.ms_ssim(out, image, 5).item(), masked_pyramid_error(image, out).item()))
        rows.append((step, *[sum(t) / len(t) for t in zip(*total)]))
    return rows


@torch.no_grad()
def residual_share(encoder, crops):
    """RMS of what the encoder adds to its linear path, in parts of the latent's: near 0, its deep path has died."""
    latents = [(encoder(image), encoder.patch(image - 0.5)) for image in crops]
    energy = sum((a - b).pow(2).mean().item() for a, b in latents) / sum(a.pow(2).mean().item() for a, _ in latents)
    return math.sqrt(energy)


# Held-out pictures per evaluation: four base steps on 14 crops take seconds, on all of them minutes.
EVALUATED_PICTURES = 14

# Narrower matrices have few directions to tell apart.
LEAST_MATRIX_SIDE = 32


def optimizers_of(codec, rate):
    """Adam, and Muon for the inner convolutions; the group's `share` is its part of the learning rate."""
    # The linear paths sum up to 192 coherent inputs: at the full rate they shake the whole latent at every step.
    is_linear = lambda name: ".patch." in name or name.startswith("gain.")
    is_inner = lambda name, p: (
        name.startswith("autoencoder.") and p.dim() == 4 and min(p.flatten(1).shape) >= LEAST_MATRIX_SIDE
        and not any(part in name for part in (".patch.", ".stem.", ".head."))
    )
    groups = dict(linear=[], inner=[], rest=[])
    for name, p in codec.named_parameters():
        if not p.requires_grad:
            continue
        groups["linear" if is_linear(name) else "inner" if is_inner(name, p) else "rest"].append(p)
    return [
        torch.optim.Adam([dict(params=groups["linear"], share=0.1), dict(params=groups["rest"], share=1.0)], lr=rate),
        Muon([dict(params=groups["inner"], share=1.0)], lr=rate),
    ]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--f", type=int, choices=[8, 4], required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--init", help="weights.pt to start from")
    p.add_argument("--steps", type=int, default=25000)
    p.add_argument("--batch", type=int, default=8)
    p.add_argument("--crop", type=int, default=128)
    p.add_argument("--rate", type=float, default=5e-4, help="peak learning rate, cosine to 1%%")
    p.add_argument("--mse-weight", type=float, help="by default the family's last, as are the next four")
    p.add_argument("--ssim-weight", type=float)
    p.add_argument("--masked-weight", type=float)
    p.add_argument("--texture-weight", type=float)
    p.add_argument("--tilt", type=float)
    p.add_argument("--tint-weight", type=float, default=3.0)
    p.add_argument("--grid-weight", type=float, default=20.0, help="of the error that repeats every 4 or 8 pixels")
    p.add_argument("--decoder-only", action="store_true", help="keep encoder, rates and steps: files keep their bytes")
    p.add_argument("--proximal", action="store_true", help="the encoder learns the rate from what the quantiser did, not from noise: for weights that have learned")
    p.add_argument("--fp32", action="store_true", help="no bfloat16 autocast")
    p.add_argument("--evaluate-every", type=int, default=1000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--limit", type=int, help="read only so many photographs (a dry run)")
    args = p.parse_args()
    for name, value in OBJECTIVE[args.f].items():
        if getattr(args, name) is None:
            setattr(args, name, value)

    device = "cuda" if torch.cuda.is_available() else "cpu"
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    os.makedirs(args.out, exist_ok=True)
    train_images, held_images = load(args.data, args.limit)
    crops = Crops(train_images, args.crop, device)
    held = list(centre_crops(held_images[:EVALUATED_PICTURES], 320, device))
    codec = Codec(args.f)
    if args.init:
        # Shallower weights will do: blocks and shifts that they lack begin as identities.
        print(codec.load_state_dict(torch.load(args.init, map_location="cpu"), strict=False))
    else:
        patches = crops(512).cpu()
        codec.autoencoder.init_from_patches(torch.nn.functional.unfold(patches, args.f, stride=args.f).transpose(1, 2).reshape(-1, 3, args.f, args.f))
    codec = codec.to(device, memory_format=torch.channels_last)
    ema = Codec(args.f).to(device)
    ema.load_state_dict(codec.state_dict())
    if args.decoder_only:
        for name, parameter in codec.named_parameters():
            parameter.requires_grad_(name.startswith("autoencoder.decoder."))
    optimizers = optimizers_of(codec, args.rate)
    start, state_path = 0, os.path.join(args.out, "state.pt")
    if os.path.exists(state_path):
        state = torch.load(state_path, map_location=device)
        codec.load_state_dict(state["codec"])
        ema.load_state_dict(state["ema"])
        for optimizer, saved in zip(optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        start = state["step"]

    low, high = STEP_RANGE[args.f]
    log = open(os.path.join(args.out, "log.tsv"), "a")
    sums, worst, began = [0.0] * 4, 0.0, time.time()
    for i in range(start, args.steps):
        warm = min(1.0, (i + 1) / 500)
        for group in (group for optimizer in optimizers for group in optimizer.param_groups):
            group["lr"] = group["share"] * args.rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * i / args.steps)))
        image = crops(args.batch).contiguous(memory_format=torch.channels_last)
        step = torch.exp(torch.empty(args.batch, device=device).uniform_(math.log(low), math.log(high)))
        out, bits = codec(image, step, bf16=not args.fp32, proximal=args.proximal)
        # One distortion weight a picture: normalised by its mean over the range, so that no rate drowns the others.
        weight = LAMBDA_STEP2 / step**2
        mse = (out - image).pow(2).mean((1, 2, 3))
        dissimilarity = 1 - losses.ms_ssim_each(out, image, 5 if args.crop >= 176 else 4)
        bpp = bits / image[0, 0].numel()
        tint = losses.tint_each(out, image)
        tilt = (step / math.sqrt(low * high)) ** args.tilt
        distortion = args.mse_weight / tilt * mse + args.ssim_weight * tilt * dissimilarity + args.tint_weight * tint
        if args.masked_weight:
            distortion = distortion + args.masked_weight * masked_pyramid_error(image, out)
        if args.grid_weight:
            distortion = distortion + args.grid_weight * losses.grid_each(out, image)
        if args.texture_weight:
            distortion = distortion + args.texture_weight * texture_error(image, out)
        loss = ((bpp / weight + distortion) * weight**0.5).mean()
        codec.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(codec.parameters(), GRADIENT_LIMIT)
        worst = max(worst, norm.item())
        if torch.isfinite(norm):
            for optimizer in optimizers:
                optimizer.step()
        decay = min(0.999, (i + 1) / (i + 10))
        with torch.no_grad():
            for a, b in zip(ema.parameters(), codec.parameters()):
                a.lerp_(b, 1 - decay)
        for k, v in enumerate((bpp, mse, dissimilarity, tint)):
            sums[k] += v.detach().mean().item()
        if (i + 1) % 100 == 0:
            seconds = (time.time() - began) / (i + 1 - start)
            print(f"{i + 1} bpp {sums[0] / 100:.4f} mse {sums[1] / 100:.5f} 1-ms-ssim {sums[2] / 100:.4f} tint {sums[3] * 1e4:.3f}e-6 norm <= {worst:.2f} {seconds:.3f} s/step", flush=True)
            sums, worst = [0.0] * 4, 0.0
        if (i + 1) % args.evaluate_every == 0 or i + 1 == args.steps:
            span = [low * (high / low) ** (k / 3) for k in range(4)]
            for row in evaluate(ema, held, span):
                print(i + 1, *[f"{v:.4f}" for v in row], sep="\t", file=log, flush=True)
            print(f"{i + 1} encoder's residual share {residual_share(ema.autoencoder.encoder, held):.3f}", flush=True)
            torch.save(ema.state_dict(), os.path.join(args.out, "weights.pt"))
            torch.save(dict(codec=codec.state_dict(), ema=ema.state_dict(), optimizers=[o.state_dict() for o in optimizers], step=i + 1), state_path + ".part")
            os.replace(state_path + ".part", state_path)


if __name__ == "__main__":
    main()
