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


NODES = ("Z_hat", "s", "v", "C", "mu")
TO_Z_HAT, TO_S, TO_V, TO_C, TO_MU = (f"batchnorm_backward: {name}" for name in NODES)


def centred(at):
    """C = Z − μ, (n, d)."""
    return at.Z - at.Z.mean(axis=0)


def gradient_of_s(at, own):
    """∂s = -Σ ∂ẑ c/s²."""
    return -np.sum(own[TO_Z_HAT] * centred(at), axis=0) / at.s**2


def gradient_of_c(at, own):
    """∂c = ∂ẑ/s + (2/n) c ∂v, a branch."""
    return own[TO_Z_HAT] / at.s + 2 / len(at.dout) * centred(at) * own[TO_V]


# in the order of the walk back: the first wrong one is where the trouble begins
BY_NODES = {
    **{row: BATCHNORM[row] for row in (OUT, TO_GAMMA, TO_BETA)},
    TO_Z_HAT: lambda at, own: at.dout * at.gamma,  # ∂ẑ = γ ∂out
    TO_S: gradient_of_s,
    TO_V: lambda at, own: own[TO_S] / (2 * at.s),  # s = √(v + ε)
    TO_C: gradient_of_c,
    TO_MU: lambda at, own: -np.sum(own[TO_C], axis=0),
    TO_Z: lambda at, own: own[TO_C] + own[TO_MU] / len(at.dout),
}
