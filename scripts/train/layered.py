"""A family whose latent has four layers (16 channels) at H/4, and its rate model.

Layer 0 is coded as a latent of one layer: Hadamard, 5/3 wavelet, bands. Layers 1 to 3 hold detail: 12 planes, coded given
decoded layer 0. Both nets receive the base step. The linear paths of both overlap (12 x 12 taps).
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

import model
from rate import RateModel, laplace_bits
from train import BIT_WEIGHT, straight_through
from transform import analyse, band_names, hadamard, synthesis_norm, synthesise

LEVELS = 4
STEP_RANGE = (0.03, 0.35)
BASE, DETAIL = 4, 12
FINE, WIDE = 56, 96


def condition_of(step):
    """(B,) -> (B, 2): the logarithm of the step within the trained range, and its square"""
    low, high = torch.log(torch.tensor(STEP_RANGE, device=step.device))
    relative = ((torch.log(step) - (low + high) / 2) / ((high - low) / 2)).clamp(-1, 1)
    return torch.stack([relative, relative * relative], 1)


class Encoder(nn.Module):
    """(B, 3, H, W) in [0, 1], H and W multiples of 8, step (B,) -> latent (B, 16, H/4, W/4)"""

    def __init__(self):
        super().__init__()
        self.linear = model.conv(48, BASE + DETAIL, edge=True)
        self.stem = model.conv(48, FINE, edge=True)
        self.stem_shift = model.shift(FINE)
        self.fine = model.blocks(FINE, 3, conditioned=True)
        self.down = model.conv(FINE, WIDE, stride=2)
        self.wide = model.blocks(WIDE, 4, conditioned=True)
        self.up = nn.Conv2d(WIDE, 4 * FINE, 1)
        self.merge = model.blocks(FINE, 2, conditioned=True)
        self.head = model.conv(FINE, BASE + DETAIL, zero=True)

    def forward(self, image, step):
        condition = condition_of(step)
        patches = F.pixel_unshuffle(image - 0.5, 4)
        fine = self.stem(patches) + self.stem_shift(condition)[:, :, None, None]
        for block in self.fine:
            fine = block(fine, condition)
        x = self.down(fine)
        for block in self.wide:
            x = block(x, condition)
        x = fine + F.pixel_shuffle(self.up(x), 2)
        for block in self.merge:
            x = block(x, condition)
        return self.linear(patches) + self.head(model.act(x))


class Decoder(nn.Module):
    """latent (B, 16, H/4, W/4), step (B,) -> (B, 3, H, W), not clipped"""

    def __init__(self):
        super().__init__()
        self.linear = model.conv(BASE + DETAIL, 48, edge=True)
        self.stem = model.conv(4 * (BASE + DETAIL), WIDE, edge=True)
        self.stem_shift = model.shift(WIDE)
        self.wide = model.blocks(WIDE, 2, conditioned=True)
        self.up = model.conv(WIDE, 4 * FINE)
        self.skip = model.conv(BASE + DETAIL, FINE, edge=True)
        self.fine = model.blocks(FINE, 4, conditioned=True)
        self.head = model.conv(FINE, 48, edge=True, zero=True)

    def forward(self, latent, step):
        condition = condition_of(step)
        x = self.stem(F.pixel_unshuffle(latent, 2)) + self.stem_shift(condition)[:, :, None, None]
        for block in self.wide:
            x = block(x, condition)
        x = F.pixel_shuffle(self.up(model.act(x)), 2) + self.skip(latent)
        for block in self.fine:
            x = block(x, condition)
        return F.pixel_shuffle(self.linear(latent) + self.head(model.act(x)), 4) + 0.5


class DetailRate(nn.Module):
    """Laplacian scales of the detail planes: from causal neighbours, planes coded before, and decoded layer 0 with its
    local differences"""

    HIDDEN = 8

    def __init__(self):
        super().__init__()
        mask = torch.zeros(DETAIL, self.HIDDEN, DETAIL, 5, 5)
        for c in range(DETAIL):
            mask[c, :, :c] = 1
            mask[c, :, c, :2] = 1
            mask[c, :, c, 2, :2] = 1
        self.register_buffer("mask", mask.flatten(0, 1), persistent=False)
        self.causal = nn.Conv2d(DETAIL, DETAIL * self.HIDDEN, 5, padding=2)
        self.k1 = nn.Conv2d(3 * BASE + 1, 24, 3, padding=1)
        self.k2 = nn.Conv2d(24, DETAIL * self.HIDDEN, 3, padding=1)
        self.out = nn.Conv2d(DETAIL * self.HIDDEN, DETAIL, 1, groups=DETAIL)

    def forward(self, y, base, log_step):
        """y (B, 12, h, w) in steps; base (B, 4, h, w), decoded layer 0 over the base step"""
        right = F.pad(base[:, :, :, 1:] - base[:, :, :, :-1], (0, 1))
        below = F.pad(base[:, :, 1:] - base[:, :, :-1], (0, 0, 0, 1))
        condition = log_step.view(-1, 1, 1, 1).expand(-1, 1, *y.shape[2:])
        known = torch.cat([*(torch.log1p(x.abs()) for x in (base, right, below)), condition], 1)
        hidden = F.conv2d(torch.log1p(y.abs()), self.causal.weight * self.mask, self.causal.bias, padding=2)
        return self.out(F.relu(hidden + self.k2(F.relu(self.k1(known))))).clamp(-6, 7).exp()

    @torch.no_grad()
    def choose(self, y, base, log_step, bit_weight):
        """The nearest value or the next one nearer to zero, whichever costs less"""
        nearest = torch.round(y)
        nearer = nearest - nearest.sign()
        scale = self(nearest, base, log_step)
        cost = lambda value: (y - value).pow(2) + bit_weight * laplace_bits(value, scale)
        return torch.where(cost(nearer) < cost(nearest), nearer, nearest)


class LayeredCodec(nn.Module):
    def __init__(self, bit_weight=BIT_WEIGHT):
        super().__init__()
        self.bit_weight = bit_weight
        self.encoder, self.decoder = Encoder(), Decoder()
        self.rate, self.detail_rate = RateModel(LEVELS), DetailRate()
        # Logarithms of each band's, and each detail plane's, step over the rule.
        self.gain = nn.ParameterDict({f"{o}{level}": nn.Parameter(torch.zeros(BASE)) for level, o in band_names(LEVELS)})
        self.detail_gain = nn.Parameter(torch.zeros(DETAIL))

    def band_steps(self, step, level, orientation):
        gain = torch.exp(self.gain[f"{orientation}{level}"]) / synthesis_norm(level, orientation)
        return (step.view(-1, 1) * gain).view(-1, BASE, 1, 1)

    def forward(self, image, step, hard=False, bf16=False):
        """-> reconstruction (B, 3, H, W), bits (B,), bits of the detail layers (B,)"""
        log_step = torch.log(step)
        with torch.autocast(image.device.type, dtype=torch.bfloat16, enabled=bf16):
            latent = self.encoder(image, step)
        latent = latent.float()
        bands = analyse(hadamard(latent[:, :BASE]), LEVELS)
        steps = [self.band_steps(step, level, o) for level, o, _ in bands]
        pyramid = [(level, o, y / s) for (level, o, y), s in zip(bands, steps)]
        chosen = self.rate.choose(pyramid, log_step, self.bit_weight)
        noisy = lambda y: y + torch.rand_like(y) - 0.5
        bits = self.rate(chosen if hard else [(level, o, noisy(y)) for level, o, y in pyramid], log_step)
        base = hadamard(synthesise([
            (level, o, straight_through(y, symbols, False) * s)
            for (level, o, y), (_, _, symbols), s in zip(pyramid, chosen, steps)
        ]))
        detail_steps = (step.view(-1, 1) * torch.exp(self.detail_gain)).view(-1, DETAIL, 1, 1)
        y = latent[:, BASE:] / detail_steps
        known = base.detach() / step.view(-1, 1, 1, 1)
        symbols = self.detail_rate.choose(y, known, log_step, self.bit_weight)
        coded = symbols if hard else noisy(y)
        detail_bits = laplace_bits(coded, self.detail_rate(coded, known, log_step)).flatten(1).sum(1)
        decoded = torch.cat([base, straight_through(y, symbols, False) * detail_steps], 1)
        with torch.autocast(image.device.type, dtype=torch.bfloat16, enabled=bf16):
            out = self.decoder(decoded, step)
        return out.float(), bits + detail_bits, detail_bits


def from_planning(weights):
    """The state of the planning run's `fine.py`, by the names of this file"""
    out = {}
    for name, value in weights.items():
        value = value.float()
        if name.startswith(("rate.", "gain.")):
            out[name] = value
        elif name.startswith("drate."):
            out["detail_rate." + name[6:]] = value
        elif name == "dgain":
            out["detail_gain"] = value
        elif name.startswith(("enc.base.patch", "dec.base.patch")):
            pass  # the linear paths took their place
        else:
            side, rest = name.split(".", 1)
            rest = rest.removeprefix("base.").replace("lin.", "linear.")
            out[{"enc": "encoder.", "dec": "decoder."}[side] + rest] = value
    for kind in ("weight", "bias"):
        head, head2 = out.pop(f"encoder.head.{kind}"), out.pop(f"encoder.head2.{kind}")
        out[f"encoder.head.{kind}"] = torch.cat([head, head2])
    for name, other in (("stem", "stem2"), ("skip", "skip2")):
        out[f"decoder.{name}.weight"] = torch.cat([out[f"decoder.{name}.weight"], out.pop(f"decoder.{other}.weight")], 1)
        out[f"decoder.{name}.bias"] = out[f"decoder.{name}.bias"] + out.pop(f"decoder.{other}.bias")
    return out
