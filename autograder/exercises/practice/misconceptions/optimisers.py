"""Slips in momentum, RMSprop and Adam."""

from __future__ import annotations

import numpy as np


def momentum_with(velocity, step=lambda eta, g, v, beta: eta * v):
    """A momentum step with another velocity or another step."""

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
    """An RMSprop step with another average, another divisor or the other sign."""

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
    second=lambda b, v, g: b * v + (1 - b) * g**2,
    product=(0, 0),
    direction=lambda m_hat, g: m_hat,
):
    """An Adam step with another average or direction, without a correction, with a product for a
    power (1: for that mean), or with t, ε or the two β misplaced."""

    def wrong(p, g, state, eta, beta1, beta2, eps, t):
        m, v = state or (0 * g, 0 * g)
        beta1, beta2 = (beta2, beta1) if swap else (beta1, beta2)
        m, v = first(beta1, m, g), second(beta2, v, g)
        t = t + shift if power else 1
        of_m = 1 - beta1 * t if product[0] else 1 - beta1**t
        of_v = 1 - beta2 * t if product[1] else 1 - beta2**t
        m_hat = m / of_m if correct[0] else m
        v_hat = v / of_v ** (2 if root_first else 1) if correct[1] else v
        step = eta * direction(m_hat, g) / divisor(v_hat, eps)
        return p - step, (m_hat, v_hat) if keep else (m, v)

    return wrong


ALONE = (
    "the state not returned",
    "Your step returns p alone. What it has to remember goes out beside it, return p, state, and comes"
    " back with the next call.",
)
OPTIMISER_BUGS = (
    (*ALONE, (alone(momentum_with(lambda b, v, g, eta: b * v + g)), None, None)),
    (*ALONE, (None, alone(rmsprop_with()), None)),
    (*ALONE, (None, None, alone(adam_with()))),
    (
        "RMSprop: the old mean in the step",
        (
            "You divide by the r that came in. The new gradient "
            "belongs to its own step: first r = ρr + (1-ρ)g², then "
            "p - ηg/(√r + ε). At the first step the old r is 0, and g is divided by ε alone."
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
        "You corrected √r instead of r. First r̂ = r/(1-β₂ᵗ), then its root: √r̂ = √r / √(1-β₂ᵗ).",
        (None, None, adam_with(root_first=True)),
    ),
    (
        "momentum as an average",
        (
            "You averaged: u = βu + (1-β)g. Here momentum adds up, u = βu + g, so a steady gradient"
            " makes steps up to 1/(1-β) times longer."
        ),
        (momentum_with(lambda b, v, g, eta: b * v + (1 - b) * g), None, None),
    ),
    (
        "momentum without a memory",
        (
            "Each of your steps is η·g: the velocity of the steps before is not there. Return u as"
            " the state, and start from the state that comes in: u = βu + g."
        ),
        (momentum_with(lambda b, v, g, eta: g), None, None),
    ),
    (
        "learning rate twice",
        "η is in your velocity already, and then once more in the step. u = βu + g, p - ηu.",
        (momentum_with(lambda b, v, g, eta: b * v + eta * g), None, None),
    ),
    (
        "Nesterov's step",
        (
            "You stepped by g + βu with the new u. That is Nesterov's variant; plain momentum steps"
            " by u."
        ),
        (
            momentum_with(lambda b, v, g, eta: b * v + g, lambda eta, g, v, b: eta * (g + b * v)),
            None,
            None,
        ),
    ),
    (
        "momentum uphill",
        "You added the velocity. It is made of gradients, which point uphill: p - ηu.",
        (momentum_with(lambda b, v, g, eta: b * v + g, lambda eta, g, v, b: -eta * v), None, None),
    ),
    (
        "RMSprop: ε inside the root",
        (
            "You wrote √(r + ε). Here ε is added after the root, √r + ε; inside it weighs like √ε, "
            "which for ε = 10⁻⁸ is 10⁻⁴."
        ),
        (None, rmsprop_with(divisor=lambda s, eps: np.sqrt(s + eps)), None),
    ),
    (
        "RMSprop: ε forgotten",
        "You divided by √r alone. Where every gradient so far was 0 that is 0/0. Add ε: √r + ε.",
        (None, rmsprop_with(divisor=lambda s, eps: np.sqrt(s)), None),
    ),
    (
        "RMSprop: root forgotten",
        "You divided by r, a mean of squares. Its root has the unit of g: divide by √r + ε.",
        (None, rmsprop_with(divisor=lambda s, eps: s + eps), None),
    ),
    (
        "RMSprop: g not squared",
        "r is a mean of g², yours of g: it can be negative, and a root of that is nan.",
        (None, rmsprop_with(average=lambda rho, s, g: rho * s + (1 - rho) * g), None),
    ),
    (
        "RMSprop: squares added up",
        (
            "You added all squares, r = r + g² (AdaGrad). Then r only grows and the steps die out."
            " RMSprop forgets: r = ρr + (1-ρ)g²."
        ),
        (None, rmsprop_with(average=lambda rho, s, g: s + g**2), None),
    ),
    (
        "RMSprop: mean not started at 0",
        "Your first r is g² itself. All states start at 0, so the first r is (1-ρ)g².",
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
        "Your weights are exchanged. ρ, near 1, belongs to the memory: r = ρr + (1-ρ)g².",
        (None, rmsprop_with(average=lambda rho, s, g: (1 - rho) * s + rho * g**2), None),
    ),
    (
        "Adam without bias correction",
        (
            "m and r start at 0 and are too small at first. Divide by what is missing: "
            "m̂ = m/(1-β₁ᵗ), r̂ = r/(1-β₂ᵗ)."
        ),
        (None, None, adam_with(correct=(0, 0))),
    ),
    (
        "Adam: only m corrected",
        "You corrected m but not r. Both start at 0: r̂ = r/(1-β₂ᵗ) as well.",
        (None, None, adam_with(correct=(1, 0))),
    ),
    (
        "Adam: corrected values kept",
        (
            "You put m̂ and r̂ into the state, so the next step corrects them once more. Keep m and"
            " r; m̂ and r̂ serve one step only."
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
        "β₁ belongs to m, the mean of g; β₂ to r, the mean of g².",
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
        "You wrote √(r̂ + ε). Adam adds ε after the root: √r̂ + ε.",
        (None, None, adam_with(divisor=lambda v, eps: np.sqrt(v + eps))),
    ),
    (
        "Adam: g not squared",
        "r is a mean of g², yours of g: it can be negative, and a root of that is nan.",
        (None, None, adam_with(second=lambda b, v, g: b * v + (1 - b) * g)),
    ),
    *(
        (
            "Adam: β times t for the power",
            f"β₁ᵗ {'and β₂ᵗ are powers' if both else 'is a power'}; you multiplied by t.",
            (None, None, adam_with(product=(1, both))),
        )
        for both in (0, 1)
    ),
    (
        "Adam: g for m̂",
        "You divided g by √r̂. Adam steps with m̂, the mean.",
        (None, None, adam_with(direction=lambda m_hat, g: g)),
    ),
)
