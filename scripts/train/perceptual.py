"""A masked error in a perceptual colour space, on (B, 3, H, W) sRGB in [0, 1].

A Laplacian pyramid of XYB (Alakuijala et al., "JPEG XL next-generation image compression architecture", 2019). Each band's
error is divided by the local amplitude of the source's band (a normalised Laplacian pyramid: Laparra et al., 2016), and the
error of the local deviation is added: detail that was blurred away counts once more.
"""
import torch
import torch.nn.functional as F

LMS = torch.tensor([[0.3, 0.622, 0.078], [0.23, 0.692, 0.078], [0.24342268924547819, 0.20476744424496821, 0.5518098665095536]])
BIAS = 0.0037930732552754493
TAPS = torch.tensor([1.0, 4, 6, 4, 1]) / 16
# The amplitude below which an error is not masked, per scale.
FLOORS = (0.012, 0.010, 0.010, 0.012)
CHANNEL_WEIGHTS = (0.5, 1.0, 0.25)
# A large error of one coefficient counts less than in proportion to its square.
SATURATION = 0.1


def xyb(rgb):
    """Chroma red-green (× 14), luminance, blue less luminance"""
    rgb = rgb.clamp(0, 1)
    linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    cones = torch.einsum("kc,bchw->bkhw", LMS.to(rgb.device), linear) + BIAS
    l, m, s = (cones.clamp(min=1e-6) ** (1 / 3) - BIAS ** (1 / 3)).unbind(1)
    return torch.stack([(l - m) * 7, (l + m) / 2, s - (l + m) / 2], 1)


def _blur(x):
    channels = x.shape[1]
    taps = TAPS.to(x)
    x = F.pad(x, (2, 2, 2, 2), mode="reflect")
    x = F.conv2d(x, taps.view(1, 1, 5, 1).expand(channels, 1, 5, 1), groups=channels)
    return F.conv2d(x, taps.view(1, 1, 1, 5).expand(channels, 1, 1, 5), groups=channels)


def masked_pyramid_error(source, decoded):
    """(B,): mean over the scales of the masked error and of the error of the local deviations"""
    a, b = xyb(source), xyb(decoded)
    weights = torch.tensor(CHANNEL_WEIGHTS, device=a.device).view(1, 3, 1, 1)
    total = 0
    for floor in FLOORS:
        low_a, low_b = _blur(a), _blur(b)
        band_a, band_b = a - low_a, b - low_b
        mask = floor + _blur(band_a.abs())
        square = ((band_a - band_b) / mask).pow(2)
        deviation = lambda band: _blur(band.pow(2)).add(1e-8).sqrt()
        lost = ((deviation(band_a) - deviation(band_b)) / mask).pow(2)
        total = total + (weights * (square / (1 + SATURATION * square) + lost)).mean((1, 2, 3))
        a, b = low_a[:, :, ::2, ::2], low_b[:, :, ::2, ::2]
    return total / len(FLOORS)


LUMA = torch.tensor([0.299, 0.587, 0.114])
STATISTICS_BLOCK = 8
# Added to a feature's mean variance, in levels squared: in a flat picture, noise below half a level is no texture.
FLAT_VARIANCE = 0.25


def texture_error(source, decoded):
    """(B,): the texture error of `deno task eval`, a distance of local means and deviations of fine detail (Wasserstein
    distortion of Gaussians: Qiu et al., 2023), with a floor for flat pictures"""
    luma = lambda x: torch.einsum("c,bchw->bhw", LUMA.to(x.device), x)[:, None] * 255
    y = torch.cat([luma(source), luma(decoded)])
    total, count = 0, 0
    for _ in range(3):
        low = _blur(y)
        band = y - low
        left = F.pad(band[..., 1:] - band[..., :-1], (1, 0))
        upper = F.pad(band[..., 1:, :] - band[..., :-1, :], (0, 0, 1, 0))
        features = torch.cat([band, left, upper], 1)
        mean = F.avg_pool2d(features, STATISTICS_BLOCK)
        variance = (F.avg_pool2d(features.pow(2), STATISTICS_BLOCK) - mean.pow(2)).clamp(min=0)
        deviation = (variance + 1e-3).sqrt()
        (m_a, m_b), (s_a, s_b) = mean.chunk(2), deviation.chunk(2)
        error = ((m_a - m_b).pow(2) + (s_a - s_b).pow(2)).mean((2, 3)) / (s_a.pow(2).mean((2, 3)) + FLAT_VARIANCE)
        total, count = total + error.sum(1), count + 3
        y = low[..., ::2, ::2]
    return total / count
