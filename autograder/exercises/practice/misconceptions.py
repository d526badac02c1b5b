"""What goes wrong in lesson 8, and what a tutor says about it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np


def momentum_with(velocity, step=lambda eta, g, v, beta: eta * v):
    def wrong(p, g, state, eta, beta):
        old = np.zeros_like(g) if state is None else state
        v = velocity(beta, old, g, eta)
        return p - step(eta, g, v, beta), v

    return wrong


def alone(step):
    """The new parameters without the state beside them."""
    return lambda *arguments: step(*arguments)[0]


def old_average(p, g, state, eta, rho, eps):
    """RMSprop that divides by the average as it came in."""
    s = np.zeros_like(g) if state is None else state
    return p - eta * g / (np.sqrt(s) + eps), rho * s + (1 - rho) * g**2


def rmsprop_with(
    average=lambda rho, s, g: rho * s + (1 - rho) * g**2,
    divisor=lambda s, eps: np.sqrt(s) + eps,
    sign=1,
):
    def wrong(p, g, state, eta, rho, eps):
        s = average(rho, state, g) if state is not None else average(rho, np.zeros_like(g), g)
        return p - sign * eta * g / divisor(s, eps), s

    return wrong


def adam_with(
    first=lambda b, m, g: b * m + (1 - b) * g,
    correct=(1, 1),
    shift=0,
    divisor=lambda v, eps: np.sqrt(v) + eps,
    keep=False,
    swap=False,
    power=True,
    root_first=False,
):
    def wrong(p, g, state, eta, beta1, beta2, eps, t):
        m, v = state or (0 * g, 0 * g)
        beta1, beta2 = (beta2, beta1) if swap else (beta1, beta2)
        m, v = first(beta1, m, g), beta2 * v + (1 - beta2) * g**2
        t = t + shift if power else 1
        m_hat = m / (1 - beta1**t) if correct[0] else m
        v_hat = v / (1 - beta2**t) ** (2 if root_first else 1) if correct[1] else v
        return p - eta * m_hat / divisor(v_hat, eps), (m_hat, v_hat) if keep else (m, v)

    return wrong


def norm_with(
    axis=0, ddof=0, root=lambda v, eps: np.sqrt(v + eps), centre=1, scale=lambda g, b: (g, b)
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


def running_statistics(Z, gamma, beta, eps):
    """A forward pass with averages that have seen this one batch: nine tenths of the start (0 and
    1), one tenth of the batch."""
    C, s = Z - 0.1 * Z.mean(axis=0), np.sqrt(0.9 + 0.1 * Z.var(axis=0) + eps)
    return gamma * C / s + beta, SimpleNamespace(C=C, s=s, gamma=gamma)


def back_with(gamma=True, mean=1.0, variance=1.0, direct=1.0, per_row=False, sums=None, ds=1.0, dv=1.0,
              dc=1.0, all_units=False):  # fmt: skip
    """A backward pass with one branch weighted differently, or other sums for gamma and beta.

    `ds`, `dv` and `dc` are factors of these nodes: numbers, or functions of s and n. The function
    that comes back gives the gradients; its `whole` gives those of the nodes between as well.
    """
    factor = lambda by, s, n: by(s, n) if callable(by) else by

    def whole(dout, cache):
        C, s, n = cache.C, cache.s, len(dout)
        dZ_hat = dout * cache.gamma if gamma else dout
        to_s = -factor(ds, s, n) * (dZ_hat * C).sum(axis=None if all_units else 0) / s**2
        to_v = factor(dv, s, n) * to_s / (2 * s)
        dC = dZ_hat / s + variance * factor(dc, s, n) * (2 / n) * C * to_v
        dmu = -mean * dC.sum(axis=0)
        found = {"gamma": (dout * C / s).sum(axis=0), "beta": dout.sum(axis=0)}
        found |= sums(dout, C, s) if sums else {}
        nodes = {"Z_hat": dZ_hat, "s": to_s, "v": to_v, "C": dC, "mu": dmu}
        return {"Z": direct * dC + dmu / (1 if per_row else n), **found, **nodes}

    def wrong(dout, cache):
        found = whole(dout, cache)
        return {name: found[name] for name in ("Z", "gamma", "beta")}

    wrong.whole = whole
    return wrong


def stopping(
    better=lambda losses, e, best: losses[e] < losses[best],
    late=0,
    waits=False,
    answer=lambda stop, best, losses: (stop, best),
):
    def wrong(validation_losses, patience):
        best = waited = 0
        for e in range(len(validation_losses)):
            improved = e == 0 or better(validation_losses, e, best)
            best, waited = (e if improved else best), waited + (not improved)
            if (waited if waits else e - best) == patience + late:
                break
        return answer(e, best, validation_losses)

    return wrong


def best_of_all(validation_losses, patience):
    best = int(np.argmin(validation_losses))
    return min(best + patience, len(validation_losses) - 1), best


ALONE = ("the state not returned", "Your step returns p alone. What it has to remember, v or s, "
                                   "goes out beside it, return p, state, and comes back "
         "with the next call.")  # fmt: skip
OPTIMISER_BUGS = (
    (*ALONE, (alone(momentum_with(lambda b, v, g, eta: b * v + g)), None, None)),
    (*ALONE, (None, alone(rmsprop_with()), None)),
    (
        "RMSprop: the old s in the step",
        (
            "You divide by the s that came in. The new gradient "
            "belongs to its own step: first s = ρs + (1-ρ)g², then "
            "p - ηg/(√s + ε). At the first step the old s is 0, and g is divided by ε alone."
        ),
        (None, old_average, None),
    ),
    (
        "Adam: 1 - β without the power t",
        (
            "You divided by 1-β at every step. What is missing "
            "shrinks with time: 1-β₁ᵗ and 1-β₂ᵗ. Only at t = 1 "
            "are the two the same."
        ),
        (None, None, adam_with(power=False)),
    ),
    (
        "Adam: root taken before the correction",
        "You corrected √v instead of v. First v̂ = v/(1-β₂ᵗ), then its root: √v̂ = √v / √(1-β₂ᵗ).",
        (None, None, adam_with(root_first=True)),
    ),
    (
        "momentum as an average",
        (
            "You averaged: v = βv + (1-β)g. Here momentum adds up, v = βv + g, so a steady gradient"
            " makes steps up to 1/(1-β) times longer."
        ),
        (momentum_with(lambda b, v, g, eta: b * v + (1 - b) * g), None, None),
    ),
    (
        "momentum without a memory",
        (
            "Each of your steps is η·g: the velocity of the steps before is not there. Return v as"
            " the state, and start from the state that comes in: v = βv + g."
        ),
        (momentum_with(lambda b, v, g, eta: g), None, None),
    ),
    (
        "learning rate twice",
        "η is in your velocity already, and then once more in the step. v = βv + g, p - ηv.",
        (momentum_with(lambda b, v, g, eta: b * v + eta * g), None, None),
    ),
    (
        "Nesterov's step",
        (
            "You stepped by g + βv with the new v. That is Nesterov's variant; plain momentum steps"
            " by v."
        ),
        (
            momentum_with(lambda b, v, g, eta: b * v + g, lambda eta, g, v, b: eta * (g + b * v)),
            None,
            None,
        ),
    ),
    (
        "momentum uphill",
        "You added the velocity. It is made of gradients, which point uphill: p - ηv.",
        (momentum_with(lambda b, v, g, eta: b * v + g, lambda eta, g, v, b: -eta * v), None, None),
    ),
    (
        "RMSprop: ε inside the root",
        (
            "You wrote √(s + ε). Here ε is added after the root, √s + ε; inside it weighs like √ε, "
            "which for ε = 10⁻⁸ is 10⁻⁴."
        ),
        (None, rmsprop_with(divisor=lambda s, eps: np.sqrt(s + eps)), None),
    ),
    (
        "RMSprop: ε forgotten",
        "You divided by √s alone. Where every gradient so far was 0 that is 0/0. Add ε: √s + ε.",
        (None, rmsprop_with(divisor=lambda s, eps: np.sqrt(s)), None),
    ),
    (
        "RMSprop: root forgotten",
        "You divided by s, a mean of squares. Its root has the unit of g: divide by √s + ε.",
        (None, rmsprop_with(divisor=lambda s, eps: s + eps), None),
    ),
    (
        "RMSprop: squares added up",
        (
            "You added all squares, s = s + g² (AdaGrad). Then s only grows and the steps die out."
            " RMSprop forgets: s = ρs + (1-ρ)g²."
        ),
        (None, rmsprop_with(average=lambda rho, s, g: s + g**2), None),
    ),
    (
        "RMSprop: s not started at 0",
        "Your first s is g² itself. All states start at 0, so the first s is (1-ρ)g².",
        (
            None,
            rmsprop_with(
                average=lambda rho, s, g: rho * s + (1 - rho) * g**2 if np.any(s) else g**2
            ),
            None,
        ),
    ),
    (
        "RMSprop: ρ on the wrong term",
        "Your weights are exchanged. ρ, near 1, belongs to the memory: s = ρs + (1-ρ)g².",
        (None, rmsprop_with(average=lambda rho, s, g: (1 - rho) * s + rho * g**2), None),
    ),
    (
        "Adam without bias correction",
        (
            "m and v start at 0 and are too small at first. Divide by what is missing: "
            "m̂ = m/(1-β₁ᵗ), v̂ = v/(1-β₂ᵗ)."
        ),
        (None, None, adam_with(correct=(0, 0))),
    ),
    (
        "Adam: only m corrected",
        "You corrected m but not v. Both start at 0: v̂ = v/(1-β₂ᵗ) as well.",
        (None, None, adam_with(correct=(1, 0))),
    ),
    (
        "Adam: corrected values kept",
        (
            "You put m̂ and v̂ into the state, so the next step corrects them once more. Keep m and"
            " v; m̂ and v̂ serve one step only."
        ),
        (None, None, adam_with(keep=True)),
    ),
    (
        "Adam: t one too large",
        "You corrected with t + 1. The first call has t = 1 already, and there m̂ is exactly g.",
        (None, None, adam_with(shift=1)),
    ),
    (
        "Adam: β₁ and β₂ exchanged",
        "β₁ belongs to m, the mean of g; β₂ to v, the mean of g².",
        (None, None, adam_with(swap=True)),
    ),
    (
        "Adam: m added up",
        (
            "You wrote m = β₁m + g, as momentum does. Adam's m is an average, β₁m + (1-β₁)g; only"
            " then is 1-β₁ᵗ the right correction."
        ),
        (None, None, adam_with(first=lambda b, m, g: b * m + g)),
    ),
    (
        "Adam: ε inside the root",
        "You wrote √(v̂ + ε). Adam adds ε after the root: √v̂ + ε.",
        (None, None, adam_with(divisor=lambda v, eps: np.sqrt(v + eps))),
    ),
)
MEANS = lambda dout, C, s: {"gamma": (dout * C / s).mean(axis=0), "beta": dout.mean(axis=0)}
ACROSS = lambda dout, C, s: {"gamma": (dout * C / s).sum(axis=1), "beta": dout.sum(axis=1)}
WHOLE_GAMMA = lambda dout, C, s: {"gamma": (dout * C / s).sum()}
WHOLE_BETA = lambda dout, C, s: {"beta": dout.sum()}
WHOLE = lambda dout, C, s: {**WHOLE_GAMMA(dout, C, s), **WHOLE_BETA(dout, C, s)}
NORM_BUGS = (
    (
        "unbiased variance",
        (
            "You divided the squares by n - 1. Batch normalisation takes the batch as it is: 1/n,"
            " so that the batch has variance 1 afterwards. `np.var` does so, unless ddof is given."
        ),
        (norm_with(ddof=1), None),
    ),
    (
        "ε outside the root",
        "You divided by √variance + ε. Here ε stands inside the root: √(variance + ε).",
        (norm_with(root=lambda v, eps: np.sqrt(v) + eps), None),
    ),
    (
        "ε forgotten",
        (
            "ε is missing: divide by √(variance + ε). A unit that gives one value for the whole"
            " batch has variance 0."
        ),
        (norm_with(root=lambda v, eps: np.sqrt(v)), None),
    ),
    (
        "root forgotten",
        "You divided by the variance. Divide by its root, √(variance + ε).",
        (norm_with(root=lambda v, eps: v + eps), None),
    ),
    (
        "statistics of an example",
        (
            "You took mean and variance over the units of each example (axis=1; that is layer "
            "normalisation). Batch normalisation takes them over the batch, for each unit: axis=0."
        ),
        (norm_with(axis=1), None),
    ),
    (
        "one mean for all units",
        (
            "You took one mean and one variance of the whole array. Each unit, a column, has its"
            " own: axis=0."
        ),
        (norm_with(axis=None), None),
    ),
    (
        "running statistics in training",
        (
            "You normalised with running averages, which start at 0 and 1. They are for using the"
            " network later; in training the batch's own mean and variance count."
        ),
        (running_statistics, None),
    ),
    (
        "mean not subtracted",
        "You divided by the deviation but left the mean in: ẑ = (z - μ)/s.",
        (norm_with(centre=0), None),
    ),
    (
        "γ and β exchanged",
        "out = γẑ + β: γ stretches, β shifts.",
        (norm_with(scale=lambda g, b: (b, g)), None),
    ),
    (
        "γ and β left out",
        "You returned ẑ. The layer ends with out = γẑ + β.",
        (norm_with(scale=lambda g, b: (np.ones_like(g), np.zeros_like(b))), None),
    ),
    (
        "gradient through the mean forgotten",
        (
            "Every z_i also moves the mean, and the mean moves every row. That branch of z_i "
            "brings -1/n Σ_k ∂L/∂c_k, and it is missing: your columns of ∂L/∂Z do not sum to 0."
        ),
        (None, back_with(mean=0)),
    ),
    (
        "gradient through the variance forgotten",
        (
            "Every c_i goes into ẑ_i and into the variance. The second branch brings "
            "(2/n) c_i ∂L/∂v and is missing."
        ),
        (None, back_with(variance=0)),
    ),
    (
        "mean and variance as constants",
        (
            "You sent γ·∂L/∂out/s back, as if μ and s were constants. They are made of this very"
            " batch: gradients also come back through μ and through s."
        ),
        (None, back_with(mean=0, variance=0)),
    ),
    (
        "factor 2 of the square forgotten",
        (
            "The variance is a mean of squares, and the derivative of c² is 2c: the branch brings "
            "(2/n) c_i ∂L/∂v. Yours has half of it."
        ),
        (None, back_with(variance=0.5)),
    ),
    (
        "a branch overwritten",
        (
            "You kept only what comes back through the mean. Two arrows leave z_i, and gradients"
            " add at branches: ∂L/∂c_i + (1/n) ∂L/∂μ."
        ),
        (None, back_with(direct=0)),
    ),
    (
        "1/n of the mean forgotten",
        "μ = (1/n) Σ z_i, so each row gets a share of 1/n of ∂L/∂μ. You gave each the whole.",
        (None, back_with(per_row=True)),
    ),
    (
        "sign of ∂L/∂s lost",
        "ẑ = c/s, and 1/s has the derivative -1/s²: ∂L/∂s = -Σ ∂L/∂ẑ · c/s². The minus is missing.",
        (None, back_with(ds=-1.0)),
    ),
    (
        "∂L/∂s divided by s instead of s²",
        "ẑ = c/s, and 1/s has the derivative -1/s². You divided by s once.",
        (None, back_with(ds=lambda s, n: s)),
    ),
    (
        "∂L/∂s without 1/s²",
        "ẑ = c/s, and 1/s has the derivative -1/s²: the factor 1/s² is missing.",
        (None, back_with(ds=lambda s, n: s**2)),
    ),
    (
        "∂L/∂s divided by s three times",
        (
            "ẑ = c/s, and 1/s has the derivative -1/s². You divided by "
            "s³; what comes from the root, 1/2s, belongs to ∂L/∂v."
        ),
        (None, back_with(ds=lambda s, n: 1 / s)),
    ),
    (
        "∂L/∂s summed over everything",
        (
            "Each unit has its own s, which divides the rows of its "
            "column: sum over the rows only, axis=0."
        ),
        (None, back_with(all_units=True)),
    ),
    (
        "slope of the root forgotten",
        "s = √(v + ε), so ∂L/∂v = ∂L/∂s / 2s. You handed ∂L/∂s on as it is.",
        (None, back_with(dv=lambda s, n: 2 * s)),
    ),
    (
        "½ of the root forgotten",
        "s = √(v + ε) has the derivative 1/2s: ∂L/∂v = ∂L/∂s / 2s. Yours is twice as large.",
        (None, back_with(dv=2.0)),
    ),
    (
        "1/n of the variance forgotten",
        (
            "v = (1/n) Σ c², so the branch brings (2/n) c_i ∂L/∂v. You "
            "have 2 c_i ∂L/∂v, without the 1/n."
        ),
        (None, back_with(dc=lambda s, n: n)),
    ),
    *(
        (
            "∂L/∂γ and ∂L/∂β summed over everything",
            (
                "A sum without an axis is one number. Each unit "
                "has a γ and a β of its own, used by all rows: "
                "sum over the "
                "rows only, axis=0."
            ),
            (None, back_with(sums=sums)),
        )
        for sums in (WHOLE, WHOLE_GAMMA, WHOLE_BETA)
    ),
    (
        "γ forgotten on the way back",
        "Between out and ẑ lies the factor γ: ∂L/∂ẑ = γ ∂L/∂out.",
        (None, back_with(gamma=False)),
    ),
    (
        "∂L/∂γ and ∂L/∂β averaged",
        "γ and β serve every row, so their gradients are sums over the rows. You took the mean.",
        (None, back_with(sums=MEANS)),
    ),
    (
        "∂L/∂γ and ∂L/∂β over the wrong axis",
        (
            "You summed over the units. There is one γ and one β for each unit, used by all rows: "
            "sum over the rows, axis=0."
        ),
        (None, back_with(sums=ACROSS)),
    ),
    (
        "variance with n - 1 on the way back",
        (
            "Your forward pass divides the squares by n, your backward pass by n - 1. The"
            " derivative of (1/n) Σ c² is (2/n) c."
        ),
        (None, lambda dout, cache: back_with(variance=len(dout) / (len(dout) - 1))(dout, cache)),
    ),
    (
        "∂L/∂γ and ∂L/∂β exchanged",
        "These are each other's numbers: ∂L/∂γ = Σ ∂L/∂out · ẑ, ∂L/∂β = Σ ∂L/∂out.",
        (
            None,
            back_with(
                sums=lambda dout, C, s: {
                    "gamma": dout.sum(axis=0),
                    "beta": (dout * C / s).sum(axis=0),
                }
            ),
        ),
    ),
    (
        "∂L/∂γ without ẑ",
        "γ multiplies ẑ, so ∂L/∂γ = Σ ∂L/∂out · ẑ. The factor ẑ is missing.",
        (None, back_with(sums=lambda dout, C, s: {"gamma": dout.sum(axis=0)})),
    ),
)
STOP_BUGS = (
    (
        "a tie taken for progress",
        "Better means strictly below the best so far. An equal loss is no progress.",
        stopping(better=lambda v, e, best: v[e] <= v[best]),
    ),
    (
        "compared with the epoch before",
        (
            "You compared with the epoch before. Better means below the best of all epochs so far;"
            " a loss can fall for epochs on end without getting back to it."
        ),
        stopping(better=lambda v, e, best: v[e] < v[e - 1]),
    ),
    (
        "one epoch too late",
        "Training stops when stop - best = patience. You waited one epoch more.",
        stopping(late=1),
    ),
    (
        "one epoch too early",
        "Training stops when stop - best = patience. You gave up one epoch before.",
        stopping(late=-1),
    ),
    (
        "patience not restored",
        "You counted all epochs without progress. A new best starts the count afresh.",
        stopping(waits=True),
    ),
    (
        "best epoch from the future",
        "The best epoch lies after the stop. A run that was stopped never gets there.",
        stopping(answer=lambda stop, best, v: (stop, int(np.argmin(v)))),
    ),
    (
        "best epoch over the whole list",
        (
            "You looked for the lowest loss of the whole list and "
            "stopped after it. Training walks through the epochs and "
            "cannot see what comes later: it may have stopped long before."
        ),
        best_of_all,
    ),
    (
        "never stopped",
        "You returned the last epoch. Training stops as soon as stop - best = patience.",
        stopping(answer=lambda stop, best, v: (len(v) - 1, int(np.argmin(v)))),
    ),
    (
        "results exchanged",
        "The function returns (stop, best), in this order.",
        stopping(answer=lambda stop, best, v: (best, stop)),
    ),
    (
        "counted from 1",
        "Epochs count from 0.",
        stopping(answer=lambda stop, best, v: (stop + 1, best + 1)),
    ),
    (
        "a loss instead of an epoch",
        "best is the number of an epoch, not its loss.",
        stopping(answer=lambda stop, best, v: (stop, v[best])),
    ),
)
