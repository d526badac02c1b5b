"""Slips in batch normalisation, forward and back."""

from __future__ import annotations

import numpy as np

from autograder.exercises.practice.misconceptions.passes import (
    ACROSS,
    MEANS,
    WHOLE,
    WHOLE_BETA,
    WHOLE_GAMMA,
    back_with,
    norm_with,
    out_with,
    running_statistics,
    statistics_with,
)

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
    *(
        (name, text, (out_with(change), None))
        for name, text, change in (
            (
                "γ and β left out",
                "You returned ẑ. The layer ends with out = γẑ + β.",
                lambda C, s, gamma, beta, eps: C / s,
            ),
            (
                "γ and β exchanged",
                "out = γẑ + β: γ stretches, β shifts.",
                lambda C, s, gamma, beta, eps: beta * C / s + gamma,
            ),
            (
                "β stretched as well",
                "You computed γ(ẑ + β). β is added after the stretching: γẑ + β.",
                lambda C, s, gamma, beta, eps: gamma * (C / s + beta),
            ),
            (
                "not divided by s",
                "You stretched c. Divide it by s first: ẑ = c/s, then out = γẑ + β.",
                lambda C, s, gamma, beta, eps: gamma * C + beta,
            ),
        )
    ),
    (
        "divided by the variance alone",
        "You divided by the variance v. Divide by s = √(v + ε).",
        (out_with(lambda C, s, gamma, beta, eps: gamma * C / (s**2 - eps) + beta), None),
    ),
    (
        "one mean for all units",
        "You took one mean of the whole array. Each unit, a column, has its own: axis=0.",
        (statistics_with(mean=np.mean), None),
    ),
    (
        "the mean square for the variance",
        "You took the mean of z². The variance is that of c = z - μ, what is left without the mean.",
        (statistics_with(square=lambda Z, C: (Z**2).mean(axis=0)), None),
    ),
    (
        "the sum for the mean of the squares",
        "You added the squares up. The variance is their mean: v = (1/n) Σ c².",
        (statistics_with(square=lambda Z, C: (C**2).sum(axis=0)), None),
    ),
    *(
        (
            "∂L/∂γ and ∂L/∂β averaged",
            f"{name} serves every row, so its gradient is a sum over the rows. You took the mean.",
            (None, back_with(sums=sums)),
        )
        for name, sums in (
            ("γ", lambda dout, C, s: {"gamma": (dout * C / s).mean(axis=0)}),
            ("β", lambda dout, C, s: {"beta": dout.mean(axis=0)}),
        )
    ),
    (
        "∂L/∂γ with c for ẑ",
        "γ multiplies ẑ, so ∂L/∂γ = Σ ∂L/∂out · ẑ. You used c, which is not yet divided by s.",
        (None, back_with(sums=lambda dout, C, s: {"gamma": (dout * C).sum(axis=0)})),
    ),
    (
        "times 2s for the slope of the root",
        "s = √(v + ε) has the slope 1/2s: divide ∂L/∂s by 2s. You multiplied.",
        (None, back_with(dv=lambda s, n: 4 * s**2)),
    ),
    (
        "2/n of the variance forgotten",
        "v = (1/n) Σ c², so the branch brings (2/n) c_i ∂L/∂v. You have c_i ∂L/∂v.",
        (None, back_with(dc=lambda s, n: n / 2)),
    ),
    (
        "sign of ∂L/∂μ lost",
        "c_i = z_i - μ: μ comes with a minus, ∂L/∂μ = -Σ ∂L/∂c_i. Yours has none.",
        (None, back_with(mean=-1.0)),
    ),
    (
        "1/s forgotten on the way to c",
        "ẑ = c/s, so what goes straight to c is ∂L/∂ẑ divided by s. The 1/s is missing.",
        (None, back_with(straight=lambda s, n: s)),
    ),
    (
        "only the way through the variance",
        (
            "Two arrows leave c_i: into ẑ_i and, squared, into v. You kept the second; the first"
            " brings ∂L/∂ẑ_i / s."
        ),
        (None, back_with(straight=0.0)),
    ),
)
