"""Distortions on (B, 3, H, W) in [0, 1]."""
import torch
import torch.nn.functional as F

# Wang, Simoncelli, Bovik 2003; the fifth scale needs crops of 176 pixels, the fourth of 88.
SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def _window(device, dtype):
    x = torch.arange(11, device=device, dtype=dtype) - 5
    g = torch.exp(-(x**2) / (2 * 1.5**2))
    return g / g.sum()


def _blur(x, window):
    channels = x.shape[1]
    w = window.expand(channels, 1, 11)
    x = F.conv2d(x, w.unsqueeze(3), groups=channels)
    return F.conv2d(x, w.unsqueeze(2), groups=channels)


def tint_each(x, y):
    """Mean squared error of BT.601 Cb and Cr averaged over 8 x 8 pixels, (B,): colour where the picture has none."""
    difference = F.avg_pool2d(x - y, 8, 4)
    chroma = torch.tensor([[-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], device=x.device)
    return torch.einsum("kc,bchw->bkhw", chroma, difference).pow(2).mean((1, 2, 3))


GRID_CELLS = 6


def grid_each(x, y):
    """Mean squared error that repeats with a period of 4 or 8 pixels over 6 x 6 periods, (B,): the grid of a synthesis from
    patches, which errors of detail alone do not count."""
    total = 0
    for period in (4, 8):
        b, c, h, w = x.shape
        side = period * GRID_CELLS
        error = (x - y)[:, :, : h // side * side, : w // side * side]
        cells = error.reshape(b, c, h // side, GRID_CELLS, period, w // side, GRID_CELLS, period).mean((3, 6))
        total = total + (cells - cells.mean((3, 5), keepdim=True)).pow(2).mean((1, 2, 3, 4, 5))
    return total


def ms_ssim(x, y, scales=4):
    return ms_ssim_each(x, y, scales).mean()


def ms_ssim_each(x, y, scales=4):
    """MS-SSIM a picture, mean over RGB, (B,), with the first `scales` weights renormalised to sum 1"""
    window = _window(x.device, x.dtype)
    c1, c2 = 0.01**2, 0.03**2
    weights = torch.tensor(SCALE_WEIGHTS[:scales], device=x.device)
    weights = weights / weights.sum()
    score = 1
    for i in range(scales):
        n = x.shape[1]
        mx, my, sxx, syy, sxy = _blur(torch.cat([x, y, x * x, y * y, x * y], 1), window).split(n, 1)
        contrast = (2 * (sxy - mx * my) + c2) / (sxx - mx * mx + syy - my * my + c2)
        if i == scales - 1:
            contrast = contrast * (2 * mx * my + c1) / (mx * mx + my * my + c1)
        score = score * contrast.mean((2, 3)).clamp(min=1e-4) ** weights[i]
        if i < scales - 1:
            x, y = F.avg_pool2d(x, 2), F.avg_pool2d(y, 2)
    return score.mean(1)
