"""Photographs, whole in memory as u8; random crops from those for training, fixed crops of the rest for choosing."""
import glob
import os
import random

import numpy as np
import torch
from PIL import Image

HELD_OUT_EVERY = 12


def load(folder, limit=None):
    """-> (training, held-out) lists of u8 tensors (3, H, W)"""
    paths = sorted(glob.glob(os.path.join(folder, "*.jpg")))[:limit]
    images = [torch.from_numpy(np.array(Image.open(p).convert("RGB"))).permute(2, 0, 1) for p in paths]
    train = [x for i, x in enumerate(images) if i % HELD_OUT_EVERY]
    held = images[::HELD_OUT_EVERY]
    return train, held


class Crops:
    """Random square crops; half of them from a picture shrunk by up to 2, mirrored at random."""

    def __init__(self, images, size, device):
        self.images, self.size = [x.to(device) for x in images], size
        areas = [x.shape[1] * x.shape[2] for x in images]
        self.weights = areas

    def __call__(self, batch):
        out = []
        for image in random.choices(self.images, self.weights, k=batch):
            shrink = 1.0 if random.random() < 0.5 else random.uniform(1.0, 2.0)
            n = min(int(round(self.size * shrink)), *image.shape[1:])
            top = random.randrange(image.shape[1] - n + 1)
            left = random.randrange(image.shape[2] - n + 1)
            crop = image[:, top : top + n, left : left + n].float() / 255
            if n != self.size:
                crop = torch.nn.functional.interpolate(
                    crop[None], size=(self.size, self.size), mode="bilinear", antialias=True, align_corners=False
                )[0].clamp(0, 1)
            if random.random() < 0.5:
                crop = crop.flip(2)
            out.append(crop)
        return torch.stack(out)


def centre_crops(images, size, device):
    """one (1, 3, h, w) a picture, at most size x size, sides multiples of 64"""
    for image in images:
        h, w = (min(size, n) // 64 * 64 for n in image.shape[1:])
        top, left = (image.shape[1] - h) // 2, (image.shape[2] - w) // 2
        yield image[None, :, top : top + h, left : left + w].to(device).float() / 255
