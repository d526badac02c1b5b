"""Passes of batch normalisation, forward and back, with one thing in them replaced."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np


def norm_with(
    axis: int | None = 0,
    ddof=0,
    root=lambda v, eps: np.sqrt(v + eps),
    centre=1,
    scale=lambda g, b: (g, b),
):
    """A forward pass with one step replaced; its cache is what `batchnorm_backward` expects."""

    def wrong(Z, gamma, beta, eps):
        mean = Z.mean(axis=axis, keepdims=True)
        s = root(
            ((Z - mean) ** 2).sum(axis=axis, keepdims=True) / (Z.size / mean.size - ddof), eps
        ) * np.ones_like(Z)
        gamma, beta = scale(gamma, beta)
        C = Z - centre * mean
        return gamma * C / s + beta, SimpleNamespace(C=C, s=s, gamma=gamma)

    return wrong


def out_with(change):
    """A forward pass whose cache is right and whose output is another: `change` makes it of the
    nodes."""

    def wrong(Z, gamma, beta, eps):
        C = Z - Z.mean(axis=0)
        s = np.sqrt((C**2).mean(axis=0) + eps)
        return change(C, s, gamma, beta, eps), SimpleNamespace(C=C, s=s, gamma=gamma)

    return wrong


def statistics_with(mean=lambda Z: Z.mean(axis=0), square=lambda Z, C: (C**2).mean(axis=0)):
    """A forward pass with another mean or another variance, which its cache holds as well."""

    def wrong(Z, gamma, beta, eps):
        C = Z - mean(Z)
        s = np.sqrt(square(Z, C) + eps)
        return gamma * C / s + beta, SimpleNamespace(C=C, s=s, gamma=gamma)

    return wrong


def running_statistics(Z, gamma, beta, eps):
    """A forward pass with averages that have seen this one batch: nine tenths of the start (0 and
    1), one tenth of the batch."""
    C, s = Z - 0.1 * Z.mean(axis=0), np.sqrt(0.9 + 0.1 * Z.var(axis=0) + eps)
    return gamma * C / s + beta, SimpleNamespace(C=C, s=s, gamma=gamma)


#: A number, or what computes it from s and n.
Factor = float | Callable[[Any, int], Any]


def back_with(
    gamma=True, mean=1.0, variance=1.0, direct=1.0, per_row=False, sums=None,
    ds: Factor = 1.0, dv: Factor = 1.0, dc: Factor = 1.0, all_units=False,
    straight: Factor = 1.0,
):  # fmt: skip
    """A backward pass with one branch weighted differently, or other sums for gamma and beta.

    `ds`, `dv` and `dc` are factors of these nodes: numbers, or functions of s and n; `straight`
    is one of the way from ẑ to c. The function that comes back gives the gradients; what `whole`
    finds of it, those of the nodes between too.
    """

    def factor(by: Factor, s, n) -> Any:
        return by(s, n) if callable(by) else by

    def every(dout, cache):
        C, s, n = cache.C, cache.s, len(dout)
        dZ_hat = dout * cache.gamma if gamma else dout
        to_s = -factor(ds, s, n) * (dZ_hat * C).sum(axis=None if all_units else 0) / s**2
        to_v = factor(dv, s, n) * to_s / (2 * s)
        dC = factor(straight, s, n) * dZ_hat / s + variance * factor(dc, s, n) * (2 / n) * C * to_v
        dmu = -mean * dC.sum(axis=0)
        found = {"gamma": (dout * C / s).sum(axis=0), "beta": dout.sum(axis=0)}
        found |= sums(dout, C, s) if sums else {}
        nodes = {"Z_hat": dZ_hat, "s": to_s, "v": to_v, "C": dC, "mu": dmu}
        return {"Z": direct * dC + dmu / (1 if per_row else n), **found, **nodes}

    def wrong(dout, cache):
        found = every(dout, cache)
        return {name: found[name] for name in ("Z", "gamma", "beta")}

    vars(wrong)["whole"] = every
    return wrong


def whole(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A pass of `back_with` that gives the gradients of the nodes between as well."""
    return vars(backward)["whole"]


MEANS = lambda dout, C, s: {"gamma": (dout * C / s).mean(axis=0), "beta": dout.mean(axis=0)}
ACROSS = lambda dout, C, s: {"gamma": (dout * C / s).sum(axis=1), "beta": dout.sum(axis=1)}
WHOLE_GAMMA = lambda dout, C, s: {"gamma": (dout * C / s).sum()}
WHOLE_BETA = lambda dout, C, s: {"beta": dout.sum()}
WHOLE = lambda dout, C, s: {**WHOLE_GAMMA(dout, C, s), **WHOLE_BETA(dout, C, s)}
