"""Muon (K. Jordan and others, 2024): momentum made orthogonal, so that every direction of a matrix learns at one rate.

For the inner convolutions, as matrices of outputs by inputs and taps. Adam's elementwise rates leave the weak directions of
such a matrix behind; what comes in and goes out, biases and shifts stay with Adam.
"""
import torch

MOMENTUM = 0.95
# An orthogonal matrix of the shape (a, b) has a mean square of 1 / max(a, b); Adam's steps one of 0.2^2, about. At this
# scale one learning rate serves both (J. Liu and others, "Muon is scalable for LLM training", 2025).
ADAM_RMS = 0.2
# Of the odd polynomial that brings singular values from (0, 1] to about 1, in five rounds.
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)


def orthogonal(matrix):
    """The nearest matrix, about, whose singular values are alike."""
    a, b, c = NEWTON_SCHULZ
    x = matrix / (matrix.norm() + 1e-7)
    if is_tall := x.shape[0] > x.shape[1]:
        x = x.T
    # All rounds are polynomials of x x^T, and so take place at its size: the result is `factor @ x`.
    square = x @ x.T
    factor = identity = torch.eye(len(x), device=x.device)
    for _ in range(5):
        step = a * identity + b * square + c * square @ square
        factor, square = step @ factor, step @ square @ step
    x = factor @ x
    return x.T if is_tall else x


class Muon(torch.optim.Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, dict(lr=lr))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["momentum"] = torch.zeros_like(p)
                momentum = state["momentum"]
                momentum.lerp_(p.grad, 1 - MOMENTUM)
                direction = orthogonal(p.grad.lerp(momentum, MOMENTUM).flatten(1).float())
                p.add_(direction.view_as(p), alpha=-group["lr"] * ADAM_RMS * max(direction.shape) ** 0.5)
