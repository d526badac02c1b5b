"""Lesson 8, step by step: each quantity from what was given (`at`) and from the student's own
quantities before it (`own`)."""

from __future__ import annotations

import numpy as np

from autograder.exercises.practice.solutions import batchnorm_forward

OUT, TO_Z, TO_GAMMA, TO_BETA = (
    "batchnorm_forward: out",
    "batchnorm_backward: Z",
    "batchnorm_backward: gamma",
    "batchnorm_backward: beta",
)


def z_hat(at, own):
    """The normalised values that went into the student's out = γẑ + β."""
    return (own[OUT] - at.beta) / at.gamma


def gradient_of_z(at, own):
    """The nodes of the graph in one line: ∂Z = (γ/s) (∂out - (∂β + ẑ ∂γ)/n)."""
    normal = z_hat(at, own)
    s = np.std(at.Z, axis=0) / np.std(normal, axis=0)  # ẑ = (z - μ)/s
    return at.gamma / s * (at.dout - (own[TO_BETA] + normal * own[TO_GAMMA]) / len(at.dout))


BATCHNORM = {
    OUT: lambda at, own: batchnorm_forward(at.Z, at.gamma, at.beta, at.eps)[0],
    TO_GAMMA: lambda at, own: np.sum(at.dout * z_hat(at, own), axis=0),  # ∂γ = Σ ∂out ẑ
    TO_BETA: lambda at, own: np.sum(at.dout, axis=0),
    TO_Z: gradient_of_z,
}


def statistics(Z, gamma, beta, eps):
    """What the lesson names on the way: mean, variance and s (d,), ẑ (n, d), and n."""
    mean, v = Z.mean(axis=0), Z.var(axis=0)
    return {
        "μ": mean,
        "v": v,
        "s": np.sqrt(v + eps),
        "ẑ": (Z - mean) / np.sqrt(v + eps),
        "n": len(Z),
    }
