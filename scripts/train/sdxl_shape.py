"""Makes a VAE of the architecture of Stable Diffusion XL's, small and with random weights, as two ONNX files.

It proves that such models load and run: group norm, swish, attention in the middle, asymmetric padding before each
stride, nearest-neighbour upsampling, a posterior of mean and log-variance, a batch of exactly one. It compresses nothing
well.

    /usr/bin/python3 scripts/train/sdxl_shape.py tests/models/sdxl_shaped

Needs PyTorch 1.13 or newer and the onnx package. The architecture is that of Rombach et al. (2022), arXiv:2112.10752,
as diffusers' AutoencoderKL has it, with 4, 4, 8, 8 channels instead of 128, 256, 512, 512.
"""
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

CHANNELS = [4, 4, 8, 8]
GROUPS = 2


class ResnetBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(GROUPS, inputs, eps=1e-6), nn.GroupNorm(GROUPS, outputs, eps=1e-6)
        self.conv1, self.conv2 = nn.Conv2d(inputs, outputs, 3, padding=1), nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x):
        y = self.conv1(F.silu(self.norm1(x)))
        return self.shortcut(x) + self.conv2(F.silu(self.norm2(y)))


class Attention(nn.Module):
    """One head over all positions."""

    def __init__(self, channels):
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, channels, eps=1e-6)
        self.query, self.key, self.value, self.out = (nn.Linear(channels, channels) for _ in range(4))
        self.scale = channels**-0.5

    def forward(self, x):
        shape = x.shape
        y = self.norm(x).flatten(2).transpose(1, 2)
        weights = (self.query(y) @ self.key(y).transpose(1, 2) * self.scale).softmax(-1)
        return x + self.out(weights @ self.value(y)).transpose(1, 2).reshape(shape)


def middle(channels):
    return [ResnetBlock(channels, channels), Attention(channels), ResnetBlock(channels, channels)]


class Downsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x):
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


def encoder():
    layers, inputs = [nn.Conv2d(3, CHANNELS[0], 3, padding=1)], CHANNELS[0]
    for level, channels in enumerate(CHANNELS):
        layers += [ResnetBlock(inputs, channels), ResnetBlock(channels, channels)]
        if level < len(CHANNELS) - 1:
            layers.append(Downsample(channels))
        inputs = channels
    layers += [*middle(inputs), nn.GroupNorm(GROUPS, inputs, eps=1e-6), nn.SiLU()]
    return nn.Sequential(*layers, nn.Conv2d(inputs, 8, 3, padding=1), nn.Conv2d(8, 8, 1))


def decoder():
    inputs = CHANNELS[-1]
    layers = [nn.Conv2d(4, 4, 1), nn.Conv2d(4, inputs, 3, padding=1), *middle(inputs)]
    for level, channels in enumerate(reversed(CHANNELS)):
        layers += [ResnetBlock(inputs, channels), *(ResnetBlock(channels, channels) for _ in range(2))]
        if level < len(CHANNELS) - 1:
            layers.append(Upsample(channels))
        inputs = channels
    layers += [nn.GroupNorm(GROUPS, inputs, eps=1e-6), nn.SiLU()]
    return nn.Sequential(*layers, nn.Conv2d(inputs, 3, 3, padding=1))


def export(net, shape, path, names):
    axes = {names[0]: {2: "height", 3: "width"}, names[1]: {2: "height_out", 3: "width_out"}}
    torch.onnx.export(
        net.eval(), torch.zeros(shape), str(path), opset_version=14,
        input_names=[names[0]], output_names=[names[1]], dynamic_axes=axes,
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    export(encoder(), (1, 3, 32, 32), folder / "encoder.onnx", ("sample", "latent_parameters"))
    export(decoder(), (1, 4, 4, 4), folder / "decoder.onnx", ("latent_sample", "sample"))
