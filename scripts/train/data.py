"""Photographs, whole in memory as u8; random crops from those for training, fixed crops of the rest for choosing."""
import glob
import math
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


STRIPED_SHARE = 1 / 12


def striped(crop):
    """A band of stripes in two of the crop's own colours drawn over it: pickets, shutters, blinds. Photographs have few
    of them, and a latent at H/8 turns them into colours that are not there unless it has seen what they are."""
    size = crop.shape[1]
    y, x = torch.meshgrid(*[torch.arange(size, device=crop.device, dtype=torch.float32) - size / 2] * 2, indexing="ij")
    angle = random.choice((0, math.pi / 2)) + random.gauss(0, 0.12) if random.random() < 0.8 else random.uniform(0, math.pi)
    along, across = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
    period = math.exp(random.uniform(math.log(2.5), math.log(20)))
    # A wall seen at an angle: the period changes along it.
    phase = along / period * (1 + random.uniform(-0.3, 0.3) * along / size) + random.random()
    threshold, sharpness = random.uniform(-0.6, 0.6), period / random.uniform(1, 4)
    stripes = torch.sigmoid((torch.sin(2 * math.pi * phase) - threshold) * sharpness)
    pixel = lambda: crop[:, random.randrange(size), random.randrange(size), None, None]
    colours = [pixel(), (pixel() * random.uniform(0.2, 1)) if random.random() < 0.7 else pixel()]
    middle, half = random.uniform(-size / 3, size / 3), random.uniform(size / 10, size / 2)
    inside = torch.sigmoid((half - (across - middle).abs()) * 2)
    if random.random() < 0.5:
        colours[1] = crop  # stripes before whatever is there
    return torch.lerp(crop, colours[0] * stripes + colours[1] * (1 - stripes), inside)


class Crops:
    """Random square crops; half of them from a picture shrunk by up to 2, mirrored at random, some striped."""

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
            out.append(striped(crop) if random.random() < STRIPED_SHARE else crop)
        return torch.stack(out)


def centre_crops(images, size, device):
    """one (1, 3, h, w) a picture, at most size x size, sides multiples of 64"""
    for image in images:
        h, w = (min(size, n) // 64 * 64 for n in image.shape[1:])
        top, left = (image.shape[1] - h) // 2, (image.shape[2] - w) // 2
        yield image[None, :, top : top + h, left : left + w].to(device).float() / 255
