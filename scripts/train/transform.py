"""The codec's own transform, in PyTorch: Hadamard over the channels, then L levels of lifting 5/3.

Mirrors `src/kernels/cpu/` (even sizes only: crops are chosen so). A pyramid is a list, coarse to fine:
[(level, orientation, tensor (B, 4, h, w)), ...] with orientations LL, HL, LH, HH (horizontal letter first).
"""
import math

import torch

HADAMARD = 0.5 * torch.tensor(
    [[1.0, 1, 1, 1], [1, 1, -1, -1], [1, -1, -1, 1], [1, -1, 1, -1]]
)


def hadamard(x):
    """(B, 4, h, w) -> (B, 4, h, w); orthonormal and symmetric, so it is its own inverse."""
    return torch.einsum("ij,bjhw->bihw", HADAMARD.to(x), x)


def _forward_1d(x, dim):
    even, odd = (x.unflatten(dim, (-1, 2)).select(dim + 1, i) for i in (0, 1))
    n = even.shape[dim]
    right = torch.cat([even.narrow(dim, 1, n - 1), even.narrow(dim, n - 1, 1)], dim)
    high = odd - 0.5 * (even + right)
    left = torch.cat([high.narrow(dim, 0, 1), high.narrow(dim, 0, n - 1)], dim)
    return even + 0.25 * (left + high), high


def _inverse_1d(low, high, dim):
    n = low.shape[dim]
    left = torch.cat([high.narrow(dim, 0, 1), high.narrow(dim, 0, n - 1)], dim)
    even = low - 0.25 * (left + high)
    right = torch.cat([even.narrow(dim, 1, n - 1), even.narrow(dim, n - 1, 1)], dim)
    odd = high + 0.5 * (even + right)
    return torch.stack([even, odd], dim + 1).flatten(dim, dim + 1)


def analyse(x, levels):
    """(B, 4, h, w), h and w divisible by 2^levels -> pyramid."""
    fine = []
    for level in range(1, levels + 1):
        low, high = _forward_1d(x, 3)
        ll, lh = _forward_1d(low, 2)
        hl, hh = _forward_1d(high, 2)
        fine.append([(level, "HL", hl), (level, "LH", lh), (level, "HH", hh)])
        x = ll
    return [(levels, "LL", x)] + [band for bands in reversed(fine) for band in bands]


def synthesise(pyramid):
    bands = {(level, orientation): y for level, orientation, y in pyramid}
    levels = pyramid[0][0]
    x = bands[(levels, "LL")]
    for level in range(levels, 0, -1):
        low = _inverse_1d(x, bands[(level, "LH")], 2)
        high = _inverse_1d(bands[(level, "HL")], bands[(level, "HH")], 2)
        x = _inverse_1d(low, high, 3)
    return x


def synthesis_norm(level, orientation):
    """L2 norm of the band's 5/3 synthesis basis function, away from borders."""
    low, high = [0.5, 1.0, 0.5], [-0.125, -0.25, 0.75, -0.25, -0.125]

    def norm_1d(letter):
        f = low if letter == "L" else high
        for _ in range(level - 1):
            up = [0.0] * (2 * len(f) - 1)
            up[::2] = f
            out = [0.0] * (len(up) + 2)
            for i, a in enumerate(up):
                for j, b in enumerate(low):
                    out[i + j] += a * b
            f = out
        return math.sqrt(sum(a * a for a in f))

    return norm_1d(orientation[0]) * norm_1d(orientation[1])


def band_names(levels):
    return [(levels, "LL")] + [
        (level, o) for level in range(levels, 0, -1) for o in ("HL", "LH", "HH")
    ]
