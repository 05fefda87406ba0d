#!/usr/bin/env python3
"""weights.pt -> models/NAME/{encoder,decoder}.onnx and manifest.json.

    python3 export.py --f 8 --weights run/f8/weights.pt --out ../../models/vaerans-8 --quality 1:2.0,50:0.3,100:0.1

Weights are stored as float16 and cast to float32 when a session is made; the manifest says what the codec must know.
"""
import argparse
import hashlib
import json
import math
import os

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from train import LAMBDA_STEP2, STEP_RANGE, Codec
from transform import band_names, synthesis_norm

OPSET = 17
# What encoders refine a latent for: what was trained, but for vaerans-8 a quarter less of structure, which saved more bytes
# at equal MS-SSIM, too.
OBJECTIVE = {
    8: dict(meanSquaredError=0.35, structure=0.03, tilt=0.0),
    4: dict(meanSquaredError=0.45, structure=0.034, tilt=0.5),
}

# Pixels around an output that the nets read, as `tests/models/net_reach_test.ts` derives them; a test compares both.
DECODER_HALO_PIXELS = {8: 96, 4: 80}
ENCODER_HALO_PIXELS = {8: 128, 4: 120}
# How fine the trellis of the coefficients is (`halfSteps` of the manifest): vaerans-8's as measured
# best on held-out photographs; vaerans-4's between 0.85 of those and those, by cost on five crops of training photographs.
HALF_STEPS = {8: [[0.4, 0.7], [1.0, 0.67]], 4: [[0.36, 0.72], [0.6, 0.51]]}


class ClippedDecoder(torch.nn.Module):
    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, latent, step):
        return self.decoder(latent, step).clamp(0, 1)


def halve_weights(path):
    """Large float32 initialisers become float16 behind a Cast, which runtimes fold at load."""
    model = onnx.load(path)
    graph = model.graph
    casts = []
    for tensor in list(graph.initializer):
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < 64:
            continue
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name + "_f16")
        graph.initializer.remove(tensor)
        graph.initializer.append(half)
        casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend(casts + nodes)
    model.producer_name, model.producer_version = "vaerans", ""
    for node in graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model)
    onnx.save(model, path)


def attributes_of(node):
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def evaluate(node, inputs):
    """What a node makes of constants; None for operators that PyTorch does not spell widths of padding with"""
    attributes = attributes_of(node)
    if node.op_type == "Constant":
        return numpy_helper.to_array(attributes["value"])
    if node.op_type == "ConstantOfShape":
        return np.full(inputs[0], numpy_helper.to_array(attributes["value"])[0])
    if node.op_type == "Concat":
        return np.concatenate(inputs, attributes["axis"])
    if node.op_type == "Reshape":
        return inputs[0].reshape(inputs[1])
    if node.op_type == "Slice":
        x, starts, ends, axes, steps = inputs
        cuts = [slice(None)] * x.ndim
        for start, end, axis, step in zip(starts, ends, axes, steps):
            cuts[axis] = slice(start, end if end > np.iinfo(np.int64).min + 1 else None, step)
        return x[tuple(cuts)]
    if node.op_type == "Transpose":
        return inputs[0].transpose(attributes["perm"])
    if node.op_type == "Cast" and attributes["to"] == TensorProto.INT64:
        return inputs[0].astype(np.int64)
    return None


def fold_constants(path):
    """PyTorch spells the widths of a padding as a chain of ten operations on constants: they become one."""
    model = onnx.load(path)
    graph = model.graph
    known, kept = {}, []
    for node in graph.node:
        value = evaluate(node, [known[i] for i in node.input]) if all(i in known for i in node.input) else None
        if value is None:
            kept.append(node)
        else:
            known[node.output[0]] = value
    read = {name for node in kept for name in node.input}
    del graph.node[:]
    graph.node.extend(kept)
    graph.initializer.extend(numpy_helper.from_array(v, k) for k, v in known.items() if k in read)
    onnx.save(model, path)


def export_net(net, examples, path, output_name):
    """`examples`: inputs by name, the picture-shaped one first"""
    inputs = {name: {0: "n", 2: "h", 3: "w"} if tensor.dim() == 4 else {0: "n"} for name, tensor in examples.items()}
    options = dict(
        opset_version=OPSET,
        input_names=list(examples),
        output_names=[output_name],
        dynamic_axes={**inputs, output_name: {0: "n", 2: "oh", 3: "ow"}},
    )
    if int(torch.__version__.split(".")[0]) >= 2:
        options["dynamo"] = False
    torch.onnx.export(net, tuple(examples.values()), path, **options)
    fold_constants(path)
    halve_weights(path)


@torch.no_grad()
def band_gains(codec):
    """In coding order, from the steps that training took: the order of a ParameterDict is alphabetical in older versions."""
    return [
        round(gain, 5)
        for level, o in band_names(codec.levels)
        for gain in (codec.band_steps(torch.ones(1), level, o).flatten() * synthesis_norm(level, o)).tolist()
    ]


def file_entry(path):
    data = open(path, "rb").read()
    return dict(path=os.path.basename(path), byteLength=len(data), sha256=hashlib.sha256(data).hexdigest())


def macs(net, examples):
    """multiply-accumulates of all convolutions for the examples"""
    total = 0

    def count(layer, _, out):
        nonlocal total
        total += out.numel() * layer.weight[0].numel()

    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, torch.nn.Conv2d)]
    with torch.no_grad():
        net(*examples.values())
    for hook in hooks:
        hook.remove()
    return total


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--f", type=int, choices=[8, 4], required=True)
    p.add_argument("--weights", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--quality", required=True, help="QUALITY:STEP,… ; between them the step's logarithm is linear")
    p.add_argument("--auto", required=True, help="LOW,HIGH: the qualities for which this model is chosen by default")
    p.add_argument("--version", default="0")
    p.add_argument("--keep-prior", action="store_true", help="name the folder's prior.bin, as it is, in the manifest")
    args = p.parse_args()
    codec = Codec(args.f)
    codec.load_state_dict(torch.load(args.weights, map_location="cpu"))
    codec.eval()
    os.makedirs(args.out, exist_ok=True)
    image = dict(image=torch.rand(1, 3, 64, 128))
    latent = dict(latent=torch.randn(1, 4, 64 // args.f, 128 // args.f), step=torch.ones(1))
    encoder, decoder = codec.autoencoder.encoder, ClippedDecoder(codec.autoencoder.decoder)
    paths = {k: os.path.join(args.out, f"{k}.onnx") for k in ("encoder", "decoder")}
    export_net(encoder, image, paths["encoder"], "latent")
    export_net(decoder, latent, paths["decoder"], "image")
    pixels = 64 * 128
    prior_path = os.path.join(args.out, "prior.bin")
    prior = {"prior": prior_path} if args.keep_prior and os.path.exists(prior_path) else {}
    manifest = dict(
        name=f"vaerans-{args.f}",
        version=args.version,
        licence="MIT",
        downsampling=args.f,
        latentChannels=4,
        paddingMultiple=8,
        latentScale=1,
        latentShift=0,
        haloPixels=DECODER_HALO_PIXELS[args.f],
        encoderHaloPixels=ENCODER_HALO_PIXELS[args.f],
        inputRange="0_1",
        outputRange="0_1",
        stepInput="step",
        wavelet="cdf53",
        levels=codec.levels,
        bandGains=band_gains(codec),
        halfSteps=HALF_STEPS[args.f],
        qualitySteps=[[float(x) for x in pair.split(":")] for pair in args.quality.split(",")],
        autoQuality=[int(q) for q in args.auto.split(",")],
        kiloMacsPerPixel=dict(encoder=round(macs(encoder, image) / pixels / 1e3, 2), decoder=round(macs(decoder, latent) / pixels / 1e3, 2)),
        objective=dict(
            rateSlope=LAMBDA_STEP2,
            **OBJECTIVE[args.f],
            middleStep=round(math.sqrt(math.prod(STEP_RANGE[args.f])), 5),
        ),
        files={k: file_entry(v) for k, v in {**paths, **prior}.items()},
    )
    with open(os.path.join(args.out, "manifest.json"), "w") as f:
        json.dump(manifest, f, indent=2)
        f.write("\n")
    print(json.dumps(manifest["kiloMacsPerPixel"]), {k: v["byteLength"] for k, v in manifest["files"].items()})


if __name__ == "__main__":
    main()
