"""The two nets of a family. Latents have 4 channels at H/f; the trunk always works at H/8.

Encoder: linear f x f patches (PCA) + a residual branch: H/4 features, trunk at H/8, back to H/f.
Decoder: overlapping linear synthesis (3x3 taps of f x f patches) + a residual branch: trunk at H/8, narrow features at
H/4, overlapping 12x12 synthesis. Nothing but pixel shuffles happens at full resolution.

Padding: edge-replicating where pixels or latents come in and where pixels go out; zero inside the trunk.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from transform import HADAMARD


def conv(cin, cout, stride=1, edge=False, zero=False):
    layer = nn.Conv2d(cin, cout, 3, stride, 1, padding_mode="replicate" if edge else "zeros")
    if zero:
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
    return layer


class Block(nn.Module):
    """x + conv(act(conv(act(x)) + shift)); the shift is linear in a condition (B, CONDITIONS), if there is one"""

    def __init__(self, width, conditioned=False):
        super().__init__()
        self.a, self.b = conv(width, width), conv(width, width, zero=True)
        if conditioned:
            self.shift = shift(width)

    def forward(self, x, condition=None):
        hidden = self.a(act(x))
        if condition is not None:
            hidden = hidden + self.shift(condition)[:, :, None, None]
        return x + self.b(act(hidden))


CONDITIONS = 2


def shift(width):
    layer = nn.Linear(CONDITIONS, width, bias=False)
    nn.init.zeros_(layer.weight)
    return layer


def act(x):
    """A plain ReLU left units that never fired again: at worst an encoder whose whole residual path was dead."""
    return F.leaky_relu(x, 0.1)


def blocks(width, count, conditioned=False):
    return nn.Sequential(*[Block(width, conditioned) for _ in range(count)])


class Encoder(nn.Module):
    """(B, 3, H, W) in [0, 1], H and W multiples of 8 -> latent (B, 4, H/f, W/f)"""

    def __init__(self, f, fine=48, wide=96, fine_blocks=2, wide_blocks=5, merge_blocks=2):
        super().__init__()
        self.f = f
        self.patch = nn.Conv2d(3, 4, f, f)
        self.stem = conv(48, fine, edge=True)
        self.fine = blocks(fine, fine_blocks)
        self.down = conv(fine, wide, stride=2)
        self.wide = blocks(wide, wide_blocks)
        if f == 8:
            self.head = conv(wide, 4, zero=True)
        else:
            self.up = nn.Conv2d(wide, 4 * fine, 1)
            self.merge = blocks(fine, merge_blocks)
            self.head = conv(fine, 4, zero=True)

    def forward(self, image):
        fine = self.fine(self.stem(F.pixel_unshuffle(image - 0.5, 4)))
        x = self.wide(self.down(fine))
        if self.f == 4:
            x = self.merge(fine + F.pixel_shuffle(self.up(x), 2))
        return self.patch(image - 0.5) + self.head(act(x))


class Decoder(nn.Module):
    """latent (B, 4, H/f, W/f), step (B,) -> (B, 3, H, W), not clipped

    The step is the base step that the latent was quantised with: how much of what arrives is noise. It shifts the
    hidden units, as a quadratic of its logarithm, and counts as the nearest one of the range that was trained.
    """

    def __init__(self, f, step_range, fine=32, wide=96, fine_blocks=2, wide_blocks=3):
        super().__init__()
        self.f = f
        self.patch = conv(4, 3 * f * f, edge=True)
        low, high = (math.log(step) for step in step_range)
        self.log_step_middle, self.log_step_half = (low + high) / 2, (high - low) / 2
        self.stem = conv(4 * (8 // f) ** 2, wide, edge=True)
        self.stem_shift = shift(wide)
        self.wide = blocks(wide, wide_blocks, conditioned=True)
        self.up = conv(wide, 4 * fine)
        if f == 4:
            self.skip = conv(4, fine, edge=True)
        self.fine = blocks(fine, fine_blocks, conditioned=True)
        self.head = conv(fine, 48, edge=True, zero=True)

    def forward(self, latent, step):
        relative = ((torch.log(step) - self.log_step_middle) / self.log_step_half).clamp(-1, 1)
        condition = torch.stack([relative, relative * relative], 1)
        x = latent if self.f == 8 else F.pixel_unshuffle(latent, 2)
        x = self.stem(x) + self.stem_shift(condition)[:, :, None, None]
        for block in self.wide:
            x = block(x, condition)
        x = F.pixel_shuffle(self.up(act(x)), 2)
        if self.f == 4:
            x = x + self.skip(latent)
        for block in self.fine:
            x = block(x, condition)
        x = self.head(act(x))
        return F.pixel_shuffle(self.patch(latent), self.f) + F.pixel_shuffle(x, 4) + 0.5


class Autoencoder(nn.Module):
    # Per family: a fine-grained model spends more at H/4, where its latents live.
    WIDTHS = {
        8: dict(encoder=dict(wide_blocks=6), decoder=dict(fine_blocks=3)),
        4: dict(encoder=dict(fine_blocks=3, wide_blocks=4), decoder=dict(fine=40, fine_blocks=3, wide_blocks=2)),
    }

    def __init__(self, f, step_range):
        super().__init__()
        self.f = f
        self.encoder = Encoder(f, **self.WIDTHS[f]["encoder"])
        self.decoder = Decoder(f, step_range, **self.WIDTHS[f]["decoder"])

    @torch.no_grad()
    def init_from_patches(self, patches):
        """patches (N, 3, f, f) in [0, 1]: the linear paths become their first four principal components,
        rotated so that the codec's Hadamard gives the components themselves."""
        flat = patches.reshape(len(patches), -1) - 0.5
        _, _, basis = torch.linalg.svd(flat - flat.mean(0), full_matrices=False)
        basis = HADAMARD @ basis[:4]
        patch = self.decoder.patch
        self.encoder.patch.weight.copy_(basis.reshape(4, 3, self.f, self.f))
        self.encoder.patch.bias.zero_()
        nn.init.zeros_(patch.weight)
        nn.init.zeros_(patch.bias)
        patch.weight[:, :, 1, 1] = basis.T
