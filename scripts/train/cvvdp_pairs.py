#!/usr/bin/env python3
"""ColorVideoVDP for `deno task eval --cvvdp "python3 scripts/train/cvvdp_pairs.py"`.

Reads lines "SOURCE<tab>DECODED" (paths of pictures) from standard input and answers each with one line of JSON: {"fhd": JOD} for a
full-HD desktop display, where 10 means no visible difference, or {"error": MESSAGE}. With paths as arguments, SOURCE DECODED SOURCE
DECODED ..., it answers those instead. Loading takes seconds, one picture of 768 x 512 about one second on one core.

Needs the PyPI packages cvvdp, torch, numpy and pillow. A Gaussian blur stands in for torchvision where that is not installed.
"""
import json
import sys
import types

import numpy as np
import torch
from PIL import Image


class GaussianBlur:
    """Separable Gaussian blur of (..., C, H, W); edges are mirrored."""

    def __init__(self, kernel_size, sigma):
        self.taps, self.sigma = int(kernel_size), float(sigma)

    def __call__(self, x):
        reach = self.taps // 2
        at = torch.arange(self.taps, dtype=x.dtype, device=x.device) - (self.taps - 1) / 2
        weights = torch.exp(-at * at / (2 * self.sigma * self.sigma))
        weights = (weights / weights.sum()).reshape(1, 1, 1, -1)
        planes = torch.nn.functional.pad(x.reshape(-1, 1, *x.shape[-2:]), [reach] * 4, mode="reflect")
        across = torch.nn.functional.conv2d(planes, weights)
        return torch.nn.functional.conv2d(across, weights.transpose(2, 3)).reshape(x.shape)

    forward = __call__


def stand_in_for_torchvision():
    """Gives cvvdp the two names that it imports from torchvision; its still-picture metric uses the blur alone."""
    module, transforms, ops = (types.ModuleType(name) for name in ("torchvision", "torchvision.transforms", "torchvision.ops"))
    transforms.GaussianBlur, ops.MLP = GaussianBlur, type("MLP", (), {})
    module.transforms, module.ops = transforms, ops
    sys.modules.update({part.__name__: part for part in (module, transforms, ops)})


def pairs():
    if len(sys.argv) > 1:
        yield from zip(sys.argv[1::2], sys.argv[2::2])
    else:
        for line in sys.stdin:
            source, _, decoded = line.rstrip("\n").partition("\t")
            yield source, decoded


def main():
    try:
        import torchvision.ops
        import torchvision.transforms
    except ImportError:
        stand_in_for_torchvision()
    import pycvvdp

    torch.set_num_threads(1)
    metric = pycvvdp.cvvdp(display_name="standard_fhd", heatmap=None, quiet=True)
    read = lambda path: np.array(Image.open(path).convert("RGB"))
    for source, decoded in pairs():
        try:
            score, _ = metric.predict(read(decoded), read(source), dim_order="HWC")
            answer = {"fhd": float(score)}
        except Exception as error:  # whatever the metric refuses is an answer, not the end
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
