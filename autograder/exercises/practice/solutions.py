"""The trusted functions of lesson 8, and the same computed by other means."""

# pyright: reportPossiblyUnboundVariable=false
# The loops here run at least once, and a solution stands as a student may write it.

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from autograder.exercises.numeric import slope

# ---------------------------------------------------------------------------------------- solutions


def initialise_scaled(sizes, rng, kind="xavier"):
    """Weights from N(0, 2/(fan_in + fan_out)) for "xavier", N(0, 2/fan_in) for "he"; biases 0."""
    pairs = list(zip(sizes[:-1], sizes[1:], strict=True))
    variance = {"xavier": lambda i, o: 2 / (i + o), "he": lambda i, o: 2 / i}[kind]
    return [rng.normal(0, np.sqrt(variance(i, o)), (i, o)) for i, o in pairs], [
        np.zeros(o) for _, o in pairs
    ]


def momentum_step(p, g, state, eta, beta):
    """p after one step, and the velocity v ← βv + g."""
    v = beta * (0 if state is None else state.v) + g  # v ← βv + g
    return p - eta * v, SimpleNamespace(v=v)


def rmsprop_step(p, g, state, eta, rho, eps):
    """p after one step, and the running mean s of g²."""
    s = rho * (0 if state is None else state.s) + (1 - rho) * g**2  # s ← ρs + (1-ρ)g²
    return p - eta * g / (np.sqrt(s) + eps), SimpleNamespace(s=s)


def adam_step(p, g, state, eta, beta1, beta2, eps, t):
    """p after one step, and both running means; t is 1 in the first step."""
    state = state or SimpleNamespace(m=0, v=0)
    m, v = beta1 * state.m + (1 - beta1) * g, beta2 * state.v + (1 - beta2) * g**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return p - eta * m_hat / (np.sqrt(v_hat) + eps), SimpleNamespace(m=m, v=v)


def batchnorm_forward(Z, gamma, beta, eps):
    """γẑ + β, (n, d), and what the way back needs: C = Z − μ, s, and γ."""
    C = Z - Z.mean(axis=0)
    s = np.sqrt((C**2).mean(axis=0) + eps)
    return gamma * C / s + beta, SimpleNamespace(C=C, s=s, gamma=gamma)


def batchnorm_backward(dout, cache):
    """The gradients on Z (n, d), gamma (d,) and beta (d,)."""
    C, s, n = cache.C, cache.s, len(dout)
    dZ_hat = dout * cache.gamma
    ds = -(dZ_hat * C).sum(axis=0) / s**2  # s divides every row
    dC = dZ_hat / s + (2 / n) * C * ds / (2 * s)  # c_i goes into ẑ_i and into the variance
    return {
        "Z": dC - dC.mean(axis=0),
        "gamma": (dout * C / s).sum(axis=0),
        "beta": dout.sum(axis=0),
    }


def batchnorm_backward_by_nodes(dout, cache):
    """The same, with the gradients of the nodes between: ẑ, s, v, C and μ."""
    C, s, n = cache.C, cache.s, len(dout)
    dZ_hat = dout * cache.gamma
    ds = -(dZ_hat * C).sum(axis=0) / s**2
    dv = ds / (2 * s)
    dC = dZ_hat / s + (2 / n) * C * dv
    dmu = -dC.sum(axis=0)
    found = {"Z": dC + dmu / n, "gamma": (dout * C / s).sum(axis=0), "beta": dout.sum(axis=0)}
    return {**found, "Z_hat": dZ_hat, "s": ds, "v": dv, "C": dC, "mu": dmu}


def train_validation_test(n, fractions, rng):
    """Three index arrays, disjoint, together 0 … n − 1, cut at the rounded fractions."""
    first, second = np.round(np.cumsum(fractions)[:2] * n).astype(int)
    return np.split(rng.permutation(n), [first, second])


def best_epoch(validation_losses, patience):
    """(stop, best), counted from 0: it stops once `patience` epochs have not been better than the
    best."""
    best = 0
    for epoch, loss in enumerate(validation_losses):
        if loss < validation_losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return epoch, best


# -------------------------------------------------------------------------- oracles, by other means


def initialise_uniform(sizes, rng, kind="xavier"):
    """The same variances from a uniform distribution, number by number."""
    weights = []
    for i, o in zip(sizes, sizes[1:], strict=False):
        limit = (6 / (i + o if kind == "xavier" else i)) ** 0.5  # U(-a, a) has the variance a²/3
        weights.append([[limit * (2 * rng.random() - 1) for _ in range(o)] for _ in range(i)])
    return weights, [[0.0] * o for o in sizes[1:]]


def momentum_sum(p, g, state, eta, beta):
    """A momentum step from all gradients so far, each with its power of β."""
    seen = [*(state or []), g]
    return p - eta * sum(beta ** (len(seen) - 1 - k) * old for k, old in enumerate(seen)), seen


def rmsprop_sum(p, g, state, eta, rho, eps):
    """An RMSprop step from all gradients so far."""
    seen = [*(state or []), g]
    s = sum((1 - rho) * rho ** (len(seen) - 1 - k) * old * old for k, old in enumerate(seen))
    return p - eta * g / (s**0.5 + eps), seen


def adam_sum(p, g, state, eta, beta1, beta2, eps, t):
    """An Adam step from weighted means of all gradients so far: the corrections are built in."""
    seen = [*(state or []), g]
    average = lambda beta, values: np.average(
        values, axis=0, weights=[beta ** (t - 1 - k) for k in range(t)]
    )
    return (
        p - eta * average(beta1, seen) / (average(beta2, [old * old for old in seen]) ** 0.5 + eps),
        seen,
    )


def batchnorm_loops(Z, gamma, beta, eps):
    """Batch normalisation, column by column and number by number."""
    out = np.zeros_like(Z)
    for j, column in enumerate(Z.T):
        mean = sum(column) / len(column)
        variance = sum((z - mean) ** 2 for z in column) / len(column)
        out[:, j] = [gamma[j] * (z - mean) / (variance + eps) ** 0.5 + beta[j] for z in column]
    return out, (Z, gamma, beta, eps)


def batchnorm_numeric(dout, cache):
    """Its gradients by central differences."""
    Z, gamma, beta, eps = cache
    loss = lambda x, scale, shift: float(np.sum(dout * batchnorm_forward(x, scale, shift, eps)[0]))
    return {
        "beta": slope(lambda v: loss(Z, gamma, v), beta),
        "gamma": slope(lambda v: loss(Z, v, beta), gamma),
        "Z": slope(lambda v: loss(v, gamma, beta), Z),
    }


def split_by_drawing(n, fractions, rng):
    """Three lists of indices, drawn one by one from those that are left."""
    left, parts = list(range(n)), []
    for size in (round(n * fractions[0]), round(n * fractions[1])):
        parts.append([left.pop(int(rng.integers(len(left)))) for _ in range(size)])
    return (*parts, [left.pop(int(rng.integers(len(left)))) for _ in range(len(left))])


def best_epoch_by_definition(validation_losses, patience):
    """The first epoch whose best so far is `patience` epochs old, or the last one, and that
    best."""
    lowest_first = lambda stop: validation_losses.index(min(validation_losses[: stop + 1]))
    last = len(validation_losses) - 1
    stop = next((e for e in range(last + 1) if e - lowest_first(e) == patience), last)
    return stop, lowest_first(stop)
