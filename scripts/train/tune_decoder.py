#!/usr/bin/env python3
"""Go on with a decoder alone, on the latents that the encoder really codes.

    OMP_NUM_THREADS=1 python3 tune_decoder.py --f 8 --data PHOTOS --dumps DUMPS --init weights.pt --out tuned.pt --steps 8000

The training loop quantises coefficient by coefficient; the codec looks for its way through a trellis, whose errors look
different. `scripts/dump_latents.ts` writes what a decoder is handed, this script shows it to the decoder. The encoder, the
gains and the files' bits stay as they are. Same distortion as in `train.py`; weights are averaged, too.
"""
import argparse
import glob
import json
import math
import os
import random
import time

import numpy as np
import torch
from PIL import Image

import losses
from train import GRADIENT_LIMIT, LAMBDA_STEP2, OBJECTIVE, STEP_RANGE, Codec, optimizers_of

# Pictures are padded to whole multiples of this; the decoder's coarsest places are as large.
PLACE = 8


def halved(image):
    """(H, W, 3) u8 -> half the size, each sample the mean of four, as `dump_latents.ts` does"""
    h, w = image.shape[0] // 2, image.shape[1] // 2
    return np.rint(image[: 2 * h, : 2 * w].reshape(h, 2, w, 2, 3).astype(np.float32).mean((1, 3))).astype(np.uint8)


def load_pairs(photos, dumps):
    """-> list of (picture u8 (3, H, W), latent f16 (4, h, w), step)"""
    pictures, pairs = {}, []

    def picture_of(stem):
        if stem not in pictures:
            if stem.endswith("-half-mirrored"):
                return picture_of(stem[: -len("-mirrored")]).flip(2)
            if stem.endswith("-half"):
                image = halved(np.array(Image.open(os.path.join(photos, stem[: -len("-half")] + ".jpg")).convert("RGB")))
            else:
                image = np.array(Image.open(os.path.join(photos, stem + ".jpg")).convert("RGB"))
            pictures[stem] = torch.from_numpy(image).permute(2, 0, 1).contiguous()
        return pictures[stem]

    for path in sorted(glob.glob(os.path.join(dumps, "q*", "*.json"))):
        with open(path) as f:
            about = json.load(f)
        latent = np.fromfile(path[: -len("json")] + "lat", dtype="<f4").reshape(4, about["height"], about["width"])
        stem = os.path.basename(path)[: -len(".json")]
        pairs.append((picture_of(stem), torch.from_numpy(latent.astype(np.float16)), about["step"]))
    return pairs


class PairCrops:
    """Random crops of pictures and of the latents under them, mirrored never: a latent has no mirror image."""

    def __init__(self, pairs, f, size):
        self.pairs, self.f, self.size = [p for p in pairs if min(p[0].shape[1:]) >= size + PLACE], f, size
        self.weights = [p[0].shape[1] * p[0].shape[2] for p in self.pairs]

    def __call__(self, batch):
        images, latents, steps = [], [], []
        for picture, latent, step in random.choices(self.pairs, self.weights, k=batch):
            top, left = (random.randrange((n - self.size) // PLACE + 1) * PLACE for n in picture.shape[1:])
            images.append(picture[:, top : top + self.size, left : left + self.size].float() / 255)
            y, x, n = top // self.f, left // self.f, self.size // self.f
            latents.append(latent[:, y : y + n, x : x + n].float())
            steps.append(step)
        return torch.stack(images), torch.stack(latents), torch.tensor(steps)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--f", type=int, choices=[8, 4], required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--dumps", required=True)
    p.add_argument("--init", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--steps", type=int, default=8000)
    p.add_argument("--batch", type=int, default=4)
    p.add_argument("--crop", type=int, default=192)
    p.add_argument("--rate", type=float, default=2e-4, help="peak learning rate, cosine to 1%%")
    p.add_argument("--tint-weight", type=float, default=3.0)
    p.add_argument("--seed", type=int, default=1)
    args = p.parse_args()
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    crops = PairCrops(load_pairs(args.data, args.dumps), args.f, args.crop)
    weights = torch.load(args.init, map_location="cpu")
    codec, averaged = Codec(args.f), Codec(args.f)
    codec.load_state_dict(weights)
    averaged.load_state_dict(weights)
    codec = codec.to(device, memory_format=torch.channels_last)
    averaged = averaged.to(device)
    decoder, mean = codec.autoencoder.decoder, averaged.autoencoder.decoder
    optimizers = optimizers_of(codec, args.rate)
    objective, middle = OBJECTIVE[args.f], math.sqrt(math.prod(STEP_RANGE[args.f]))
    sums, began = [0.0] * 3, time.time()
    for i in range(args.steps):
        warm = min(1.0, (i + 1) / 200)
        for group in (group for optimizer in optimizers for group in optimizer.param_groups):
            group["lr"] = group["share"] * args.rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * i / args.steps)))
        image, latent, step = (t.to(device) for t in crops(args.batch))
        image = image.contiguous(memory_format=torch.channels_last)
        with torch.autocast(device, dtype=torch.bfloat16):
            out = decoder(latent, step)
        out = out.float()
        mse = (out - image).pow(2).mean((1, 2, 3))
        dissimilarity = 1 - losses.ms_ssim_each(out, image, 5)
        tint = losses.tint_each(out, image)
        tilt = (step / middle) ** objective["tilt"]
        distortion = objective["mse_weight"] / tilt * mse + objective["ssim_weight"] * tilt * dissimilarity + args.tint_weight * tint
        loss = (distortion * (LAMBDA_STEP2 / step**2) ** 0.5).mean()
        codec.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(decoder.parameters(), GRADIENT_LIMIT)
        if torch.isfinite(norm):
            for optimizer in optimizers:
                optimizer.step()
        decay = min(0.999, (i + 1) / (i + 10))
        with torch.no_grad():
            for a, b in zip(mean.parameters(), decoder.parameters()):
                a.lerp_(b, 1 - decay)
        for k, v in enumerate((loss, mse.mean(), dissimilarity.mean())):
            sums[k] += v.item()
        if (i + 1) % 250 == 0:
            print(f"{i + 1} loss {sums[0] / 250:.5f} mse {sums[1] / 250:.5f} 1-ms-ssim {sums[2] / 250:.4f} {(time.time() - began) / (i + 1):.3f} s/step", flush=True)
            sums = [0.0] * 3
            torch.save(averaged.state_dict(), args.out)
    torch.save(averaged.state_dict(), args.out)


if __name__ == "__main__":
    main()
