"""Makes ONNX nets of TAESD's published weights (https://github.com/madebyollin/taesd, MIT).

    python3 scripts/train/taesd_onnx.py vaerans-models/taesdxl

Reads encoder.safetensors and decoder.safetensors in the folder, as `models pull taesdxl` puts them there, and writes
encoder.onnx and decoder.onnx beside them. Needs PyTorch 1.13 or newer and the onnx package.

The nets are chains of 3 x 3 convolutions of 64 channels and residual blocks of three of them; the decoder first bounds
its input by 3 tanh(x / 3).
"""
import json
import sys
from pathlib import Path

import torch
from torch import nn

WIDTH = 64


class Block(nn.Module):
    """Its parts are named as the weights are."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(conv(WIDTH, WIDTH), nn.ReLU(), conv(WIDTH, WIDTH), nn.ReLU(), conv(WIDTH, WIDTH))

    def forward(self, x):
        return torch.relu(x + self.conv(x))


class Bound(nn.Module):
    def forward(self, x):
        return torch.tanh(x / 3) * 3


def conv(inputs, outputs, **options):
    return nn.Conv2d(inputs, outputs, 3, padding=1, **options)


def blocks(count):
    return [Block() for _ in range(count)]


def encoder():
    layers = [conv(3, WIDTH), Block()]
    for _ in range(3):
        layers += [conv(WIDTH, WIDTH, stride=2, bias=False), *blocks(3)]
    return nn.Sequential(*layers, conv(WIDTH, 4))


def decoder():
    layers = [Bound(), conv(4, WIDTH), nn.ReLU()]
    for _ in range(3):
        layers += [*blocks(3), nn.Upsample(scale_factor=2), conv(WIDTH, WIDTH, bias=False)]
    return nn.Sequential(*layers, Block(), conv(WIDTH, 3))


def load_safetensors(path):
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    kinds = {"F32": torch.float32, "F16": torch.float16}
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = torch.frombuffer(bytearray(data[begin:end]), dtype=kinds[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"]).float()
    return tensors


def export(net, weights, shape, path, names):
    net.load_state_dict(load_safetensors(weights))
    axes = {name: {0: "batch", 2: f"{name}_height", 3: f"{name}_width"} for name in names}
    torch.onnx.export(
        net.eval(), torch.zeros(shape), str(path), opset_version=14,
        input_names=names[:1], output_names=names[1:], dynamic_axes=axes,
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    export(encoder(), folder / "encoder.safetensors", (1, 3, 64, 64), folder / "encoder.onnx", ["image", "latent"])
    export(decoder(), folder / "decoder.safetensors", (1, 4, 8, 8), folder / "decoder.onnx", ["latent", "image"])
