"""Makes ONNX nets of TAESD's published weights (https://github.com/madebyollin/taesd, MIT).

    python3 scripts/train/taesd_onnx.py vaerans-models/taesdxl

Reads encoder.safetensors and decoder.safetensors in the folder, as `models pull taesdxl` puts them there, and writes
encoder.onnx and decoder.onnx beside them. Needs PyTorch 1.13 or newer and the onnx package.

    python3 scripts/train/taesd_onnx.py tests/models/taesd_shaped --random 4

first puts random weights there, of the same architecture with so many channels instead of 64. They prove that such nets
load and run, and compress nothing well.

The nets are chains of 3 x 3 convolutions of 64 channels and residual blocks of three of them; the decoder first bounds
its input by 3 tanh(x / 3).
"""
import argparse
import json
from pathlib import Path

import torch
from torch import nn


class Block(nn.Module):
    """Its parts are named as the weights are."""

    def __init__(self, width):
        super().__init__()
        self.conv = nn.Sequential(conv(width, width), nn.ReLU(), conv(width, width), nn.ReLU(), conv(width, width))

    def forward(self, x):
        return torch.relu(x + self.conv(x))


class Bound(nn.Module):
    def forward(self, x):
        return torch.tanh(x / 3) * 3


def conv(inputs, outputs, **options):
    return nn.Conv2d(inputs, outputs, 3, padding=1, **options)


def blocks(width, count):
    return [Block(width) for _ in range(count)]


def encoder(width):
    layers = [conv(3, width), Block(width)]
    for _ in range(3):
        layers += [conv(width, width, stride=2, bias=False), *blocks(width, 3)]
    return nn.Sequential(*layers, conv(width, 4))


def decoder(width):
    layers = [Bound(), conv(4, width), nn.ReLU()]
    for _ in range(3):
        layers += [*blocks(width, 3), nn.Upsample(scale_factor=2), conv(width, width, bias=False)]
    return nn.Sequential(*layers, Block(width), conv(width, 3))


def save_safetensors(tensors, path):
    header, parts, end = {}, [], 0
    for name, tensor in tensors.items():
        part = tensor.float().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [end, end + len(part)]}
        parts.append(part)
        end += len(part)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(parts))


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


def export(make, weights, shape, path, names):
    tensors = load_safetensors(weights)
    net = make(max(tensor.shape[0] for tensor in tensors.values()))
    net.load_state_dict(tensors)
    axes = {name: {0: "batch", 2: f"{name}_height", 3: f"{name}_width"} for name in names}
    torch.onnx.export(
        net.eval(), torch.zeros(shape), str(path), opset_version=14,
        input_names=names[:1], output_names=names[1:], dynamic_axes=axes,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--random", type=int, metavar="WIDTH")
    options = parser.parse_args()
    folder, nets = options.folder, {"encoder": encoder, "decoder": decoder}
    if options.random:
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(1)
        for name, make in nets.items():
            save_safetensors(make(options.random).state_dict(), folder / f"{name}.safetensors")
    shapes = {"encoder": (1, 3, 64, 64), "decoder": (1, 4, 8, 8)}
    tensor_names = {"encoder": ["image", "latent"], "decoder": ["latent", "image"]}
    for name, make in nets.items():
        export(make, folder / f"{name}.safetensors", shapes[name], folder / f"{name}.onnx", tensor_names[name])
