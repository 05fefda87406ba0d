"""Rate proxy: what a context-modelling coder would spend, differentiable.

Each band's coefficients (in units of their step) are Laplacian; a small masked net reads what a decoder already has
(causal neighbours, channels coded before, the sibling bands, the parent) and gives scale and, for LL, mean. Only for
training: the codec's own coder is integer and adaptive.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from transform import band_names

HIDDEN = 8


def _causal_mask():
    """(4*HIDDEN, 4, 5, 5): group c sees channels < c fully, channel c causally, no later channel."""
    mask = torch.zeros(4, HIDDEN, 4, 5, 5)
    for c in range(4):
        mask[c, :, :c] = 1
        mask[c, :, c, :2] = 1
        mask[c, :, c, 2, :2] = 1
    return mask.flatten(0, 1)


class BandModel(nn.Module):
    def __init__(self, known_channels, predict_mean):
        super().__init__()
        self.register_buffer("mask", _causal_mask(), persistent=False)
        self.causal = nn.Conv2d(8 if predict_mean else 4, 4 * HIDDEN, 5, padding=2)
        if predict_mean:
            self.mask = self.mask.repeat(1, 2, 1, 1)
        self.known = nn.Conv2d(known_channels + 1, 4 * HIDDEN, 3, padding=1)
        self.out = nn.Conv2d(4 * HIDDEN, 8, 1, groups=4)
        nn.init.zeros_(self.out.bias)
        self.predict_mean = predict_mean

    def forward(self, y, known, log_step):
        """-> scale and mean of y (B, 4, h, w); `known` (B, k, h, w) are magnitudes already decoded"""
        seen = torch.log1p(y.abs())
        if self.predict_mean:
            # LL is also read with its sign, compressed so that large values do not saturate the net.
            seen = torch.cat([seen, y.sign() * seen], 1)
        condition = log_step.view(-1, 1, 1, 1).expand(-1, 1, *y.shape[2:])
        known = condition if known is None else torch.cat([known, condition], 1)
        h = F.conv2d(seen, self.causal.weight * self.mask, self.causal.bias, padding=2) + self.known(known)
        out = self.out(F.relu(h)).unflatten(1, (4, 2))
        scale = out[:, :, 0].clamp(-6, 7).exp()
        mean = torch.sinh(out[:, :, 1].clamp(-7, 7)) if self.predict_mean else torch.zeros_like(y)
        return scale, mean


def laplace_bits(y, scale):
    """-log2 of the probability of the unit interval around y, y already noisy or rounded"""
    upper, lower = y.abs() + 0.5, y.abs() - 0.5
    tail = torch.exp(-upper / scale)
    inside = 1 - 0.5 * torch.exp(lower.clamp(max=0) / scale) - 0.5 * tail
    outside = 0.5 * (torch.exp(-lower.clamp(min=0) / scale) - tail)
    return -torch.log2(torch.where(lower < 0, inside, outside).clamp(min=1e-9))


class RateModel(nn.Module):
    def __init__(self, levels):
        super().__init__()
        self.levels = levels
        known = {"LL": 0, "HL": 4, "LH": 8, "HH": 12}
        self.bands = nn.ModuleDict({
            f"{o}{level}": BandModel(known[o], o == "LL") for level, o in band_names(levels)
        })

    def forward(self, pyramid, log_step):
        """pyramid of coefficients in steps, noisy -> bits an image (B,)"""
        laplacians = self.laplacians(pyramid, log_step)
        return sum(laplace_bits(y - mean, scale).flatten(1).sum(1) for (_, _, y), (scale, mean) in zip(pyramid, laplacians))

    @torch.no_grad()
    def choose(self, pyramid, log_step, bit_weight):
        """Rounds as the codec's encoder does (`src/entropy/rdo/optimise.ts`): the nearest value or the next one nearer to zero,
        whichever costs less in squared error + bit_weight * bits, both in steps."""
        rounded = [(level, o, torch.round(y)) for level, o, y in pyramid]
        if bit_weight == 0:
            return rounded
        chosen = []
        for (level, o, nearest), (_, _, y), (scale, mean) in zip(rounded, pyramid, self.laplacians(rounded, log_step)):
            nearer = nearest - nearest.sign()
            cost = lambda value: (y - value).pow(2) + bit_weight * laplace_bits(value - mean, scale)
            chosen.append((level, o, torch.where(cost(nearer) < cost(nearest), nearer, nearest)))
        return chosen

    def laplacians(self, pyramid, log_step):
        """(scale, mean) of every band's coefficients, as a decoder would know them"""
        found, magnitudes, coarser = [], {}, {}
        for level, o, y in pyramid:
            if o in ("LL", "HL"):
                coarser, magnitudes = magnitudes, {}
            known = list(magnitudes.values())
            if o != "LL":
                # At the coarsest level LL itself stands in for the parent.
                parent = coarser.get(o, coarser.get("LL"))
                if parent.shape != y.shape:
                    parent = F.interpolate(parent, size=y.shape[2:], mode="nearest")
                known.insert(0, parent)
            found.append(self.bands[f"{o}{level}"](y, torch.cat(known, 1) if known else None, log_step))
            magnitudes[o] = torch.log1p(y.abs())
        return found
