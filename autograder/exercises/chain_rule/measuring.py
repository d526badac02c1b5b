"""Derivatives by finite differences: what the exercise asks, and what goes wrong."""

from __future__ import annotations

import numpy as np

from autograder.exercises.chain_rule.solutions import (
    away,
    numeric_gradient,
    numeric_gradient_by_directions,
)
from autograder.exercises.exercise import Case, Close, Function, Strided, exercise


def draw_numeric(rng):
    """Functions of arrays of several shapes, () and views included, with and without h."""
    cases = []
    for x, h in ((away(rng, 3), 0.3), (away(rng, (2, 3)), None), (np.asarray(away(rng, ())), 0.2), (Strided(away(rng, (2, 3))), 0.1),
                 (Strided(away(rng, 4)), None), (away(rng, (2, 2, 2)), 0.25), (away(rng, 1), None)):  # fmt: skip
        values = x.values if isinstance(x, Strided) else x
        k, c = (round(float(v), 3) for v in rng.uniform(1.5, 3.0, 2))
        weights = f"np.arange(1.0, {values.size + 1}).reshape({values.shape})"
        f = Function("z", f"float({k} * np.sum({weights} * z**3) + {c} * np.sin(np.sum(z)))")
        text = (
            f"x of shape {values.shape}{', a view into a larger array' if x is not values else ''}"
        )
        text += f", h = {h}" if h else ", h left out"
        cases.append(Case.of(text, f, x, *([h] if h else [])))
    # bends within a step of 1e-5
    steep = Function("z", "float(np.sum(np.array([1.0, 2.0]) * np.sin(3000 * z)))")
    return [*cases, Case.of("waves as short as 0.002, h left out", steep, away(rng, 2))]


def numeric_with(up=1, down=-1, over=2, step=lambda h, x: h, sign=1):
    """Finite differences with other steps, another divisor or another sign."""

    def wrong(f, x, h=1e-5):
        gradient = np.zeros(x.shape)
        for i in np.ndindex(x.shape):
            e = np.zeros(x.shape)
            e[i] = step(h, x[i])
            gradient[i] = sign * (f(x + up * e) - f(x + down * e)) / (over * e[i])
        return gradient

    return wrong


def numeric_with_one_array(f, x, h=1e-5):
    """`up = x` and `down = x`: two names of one array, which is where it was when f is called."""
    return np.full(x.shape, (f(x) - f(x)) / (2 * h))


def numeric_with_one_array_in_turn(f, x, h=1e-5):
    """`up = x`, nudged; f; `down = x`, nudged back: the second call is at x itself."""
    return np.reshape([(f(x + e) - f(x)) / (2 * h) for e in steps(x, h)], x.shape)


def numeric_returned_in_the_loop(f, x, h=1e-5):
    """The slip of a `return` inside the loop: only the first entry is computed."""
    gradient, first = np.zeros(x.shape), steps(x, h)[0]
    gradient.flat[0] = (f(x + first) - f(x - first)) / (2 * h)
    return gradient


def steps(x, h):
    """One array for each entry of x: h at that entry, 0 elsewhere."""
    return h * np.eye(x.size).reshape(x.size, *x.shape)


def numeric_never_restored(f, x, h=1e-5):
    """The slip of nudging x in place and leaving each entry h below what it was."""
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient


def numeric_on_a_flat_copy(f, x, h=1e-5):
    """The slip of nudging `x.reshape(-1)`, which is a copy where x is a view."""
    flat, gradient = x.reshape(-1), []
    for i in range(x.size):
        before = flat[i]
        flat[i] = before + h
        above = f(x)
        flat[i] = before - h
        gradient.append((above - f(x)) / (2 * h))
        flat[i] = before
    return np.reshape(gradient, x.shape)


# ---------------------------------------------------------------------------------------- exercises

NUMERIC_GRADIENT = exercise(
    "chain_rule.numeric_gradient",
    "numeric_gradient(f, x, h=1e-5) -> array",
    points=2,
    section="Measure it",
    solution=numeric_gradient,
    oracle=numeric_gradient_by_directions,
    results="gradient",
    deck_cases=(Case.of("σ at 0.5", Function("z", "float(1 / (1 + np.exp(-z)))"), np.array(0.5)),),
    draw=draw_numeric,
    rules={"gradient": Close(1e-7, 1e-7)},
    misconceptions=(
        (
            "one-sided difference",
            (
                "You took (f(x + h) - f(x)) / h. Its error falls only with h. Go h to both sides"
                " and divide by 2h: the errors of the two sides cancel, and what is left falls"
                " with h²."
            ),
            numeric_with(down=0, over=1),
        ),
        (
            "one-sided difference, backwards",
            "You took (f(x) - f(x - h)) / h. Go h to both sides and divide by 2h.",
            numeric_with(up=0, over=1),
        ),
        (
            "divided by h",
            "From x - h to x + h it is 2h, and you divided by h: every entry is twice too large.",
            numeric_with(over=1),
        ),
        (
            "/ 2 * h",
            (
                "Python reads a / 2 * h from left to right: half of a, then times h. Every "
                "entry came "
                "out h² times what it should be. Put the divisor in brackets: / (2 * h)."
            ),
            lambda f, x, h=1e-5: h**2 * numeric_gradient(f, x, h),
        ),
        (
            "/ 2 and no h",
            (
                "You halved the difference and did not divide it by h. It is a rate that "
                "is wanted: "
                "the change of f over the way from x - h to x + h, which is 2h."
            ),
            lambda f, x, h=1e-5: h * numeric_gradient(f, x, h),
        ),
        (
            "one array under two names",
            (
                "Everything is 0, as it is when f is called twice with the "
                "same numbers. "
                "`up = x` copies nothing: it is a second name of the same array, and what is added "
                "through one name is "
                "taken off through the other. Take x.copy() for each."
            ),
            numeric_with_one_array,
        ),
        (
            "one array nudged and nudged back",
            (
                "Your value is (f(x + h) - f(x)) / 2h, about half of the right one. So it comes out"
                " when `up` and `down` are names of the same array: taking h off what had been"
                " nudged leads back to x, not to x - h. Take x.copy() for each."
            ),
            numeric_with_one_array_in_turn,
        ),
        (
            "only the first entry",
            (
                "Only the first entry was measured; the others are 0. So it comes "
                "out when "
                "`return` stands inside the loop. It belongs after it."
            ),
            numeric_returned_in_the_loop,
        ),
        (
            "one number for all entries",
            (
                "One number came back, (f(x + h) - f(x - h)) / 2h with all entries moved at once:"
                " the sum of the partial derivatives. Nudge one entry at a time, and keep a number"
                " for each."
            ),
            lambda f, x, h=1e-5: (f(x + h) - f(x - h)) / (2 * h),
        ),
        (
            "signs swapped",
            "Your differences are f(x - h) - f(x + h): every entry has the wrong sign.",
            numeric_with(sign=-1),
        ),
        (
            "the given h ignored",
            (
                "You used a step of your own. The third argument is the step to take; 1e-5 is only"
                " what it is when it is left out."
            ),
            numeric_with(step=lambda h, x: 1e-5),
        ),
        (
            "a step relative to x",
            "You stepped by h times the entry. The step is h itself, for every entry.",
            numeric_with(step=lambda h, x: h * x),
        ),
        (
            "all entries nudged together",
            (
                "You moved all entries at once, which gives the sum of the partial derivatives."
                " Nudge one entry, leave the others alone, and do this for every entry."
            ),
            lambda f, x, h=1e-5: np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h)),
        ),
        (
            "entry not put back",
            (
                "After its turn an entry stays nudged, so the next entries are measured at another"
                " place, and the caller's x has changed. Put the entry back, or nudge a copy."
            ),
            numeric_never_restored,
        ),
        (
            "nudging a flattened copy",
            (
                "reshape and ravel may make a copy when the array is not contiguous. You nudged the"
                " copy, f saw the untouched x, and the difference is 0. Go through the indices with"
                " np.ndindex(x.shape) instead."
            ),
            numeric_on_a_flat_copy,
        ),
        (
            "the gradient flattened",
            (
                "The numbers are right, but the gradient must have the shape of x: make it with"
                " np.zeros(x.shape), or reshape it at the end."
            ),
            lambda f, x, h=1e-5: np.ravel(numeric_gradient(f, x, h)),
        ),
    ),
    hints=(
        (
            "One entry at a time: a copy of x with h added to that entry, a copy with h taken off,"
            " two calls of f."
        ),
        (
            "entry i is (f(x + h eᵢ) - f(x - h eᵢ)) / 2h; np.ndindex(x.shape) gives every index i,"
            " for any shape."
        ),
        (
            "At z = 0.5 with h = 10⁻⁵: f goes from σ(0.49999) = 0.62245698… to σ(0.50001) = "
            "0.62246168…; the difference "
            "is about 4.7·10⁻⁶, and over 2h = 2·10⁻⁵ it is 0.2350, which is σ(1 - σ) at 0.5."
        ),
    ),
)
