"""Derivatives by finite differences, and a function to try them on: the staged computation of
CS231n."""

from __future__ import annotations

import numpy as np

from autograder.exercises.chain_rule.solutions import (
    away,
    by_nudges,
    numeric_gradient,
    numeric_gradient_by_directions,
    sigma,
    staged,
)
from autograder.exercises.exercise import Case, Close, Function, Strided, exercise


def draw_numeric(rng):
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


def draw_staged(rng):
    cases = []
    while len(cases) < 4:
        x, y = (float(v) for v in rng.uniform(-5, 5, 2))
        if sigma(x) + (x + y) ** 2 > 0.2 and abs(x + y) > 0.2:
            cases.append(Case.of("random numbers", x, y))
    return cases


# ---------------------------------------------------------------------------------- what goes wrong


def staged_with(square=lambda t: t**2, slope_square=lambda t: 2 * t, dden=lambda n, d: -n / d**2, dnum=lambda n, d: 1 / d,
                s=lambda v: sigma(v) * (1 - sigma(v)), x_paths=(1, 1, 1), y_paths=(1, 1)):  # fmt: skip
    """Every path of the function, each with its weight: 1 where it is taken, 0 where it is
    forgotten."""

    def of(x, y):
        num, den = x + sigma(y), sigma(x) + square(x + y)
        to_num, to_den = dnum(num, den), dden(num, den)
        through_sum = slope_square(x + y) * to_den
        dx = x_paths[0] * to_num + x_paths[1] * s(x) * to_den + x_paths[2] * through_sum
        dy = y_paths[0] * s(y) * to_num + y_paths[1] * through_sum
        return num / den, {"x": dx, "y": dy}

    return of


def numeric_with(up=1, down=-1, over=2, step=lambda h, x: h, sign=1):
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
    gradient, first = np.zeros(x.shape), steps(x, h)[0]
    gradient.flat[0] = (f(x + first) - f(x - first)) / (2 * h)
    return gradient


def steps(x, h):
    """One array for each entry of x: h at that entry, 0 elsewhere."""
    return h * np.eye(x.size).reshape(x.size, *x.shape)


def numeric_never_restored(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient


def numeric_on_a_flat_copy(f, x, h=1e-5):
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
                "reshape and ravel make a copy when the array is not contiguous. You nudged the"
                " copy, f saw the untouched x, and the difference is 0. Go through the indices with"
                " np.ndindex(x.shape) instead."
            ),
            numeric_on_a_flat_copy,
        ),
        (
            "the gradient flattened",
            "The numbers are right, but the gradient has the shape of x.",
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


def staged_doubling(to_x, to_y):
    """The way through (x + y)² with a slope of its own for either input, not 2(x + y) for both."""

    def of(x, y):
        num, den = x + sigma(y), sigma(x) + (x + y) ** 2
        dnum, dden = 1 / den, -num / den**2
        s = lambda v: sigma(v) * (1 - sigma(v))
        dx = dnum + (s(x) + to_x(x, y)) * dden
        return num / den, {"x": dx, "y": s(y) * dnum + to_y(x, y) * dden}

    return of


def staged_on_the_way(x, y):
    sx, sy, t = sigma(x), sigma(y), x + y
    num, den = x + sy, sx + t**2
    dnum, dden = 1 / den, -num / den**2
    paths = {
        "∂x through σ(x)": sx * (1 - sx) * dden,
        "∂y through σ(y)": sy * (1 - sy) * dnum,
        "∂x, ∂y through (x + y)²": 2 * t * dden,
    }
    return {"num": num, "den": den, "t": t, "dnum": dnum, "dden": dden, **paths}


STAGED = exercise(
    "chain_rule.staged",
    "staged(x, y) -> (f, gradients)",
    points=2,
    section="Gradients add at branches",
    solution=staged,
    oracle=by_nudges(lambda x, y: (x + sigma(y)) / (sigma(x) + (x + y) ** 2), "xy"),
    results=("f", "gradients"),
    deck_cases=(Case.of("x = 3, y = -4", 3.0, -4.0),),
    draw=draw_staged,
    known=staged_on_the_way,
    symbols={"x": "∂f/∂x", "y": "∂f/∂y"},
    misconceptions=(
        (
            "only the last path kept",
            (
                "x and y are used more than once, and each use sends its own gradient back. You"
                " kept one path of each, the one through the numerator, perhaps with = where +="
                " belongs. Add them all."
            ),
            staged_with(x_paths=(1, 0, 0), y_paths=(1, 0)),
        ),
        (
            "only the path through the square kept",
            (
                "x and y are used more than once, and each use sends its own gradient back. You"
                " kept only what comes back through (x + y)². Add all the paths."
            ),
            staged_with(x_paths=(0, 0, 1), y_paths=(0, 1)),
        ),
        (
            "y: the path through the square lost",
            (
                "y is used twice, in σ(y) and in (x + y)². Your ∂f/∂y holds only the first: with ="
                " in place of += the second gradient overwrites the first."
            ),
            staged_with(y_paths=(1, 0)),
        ),
        (
            "y: the path through σ(y) lost",
            "y is used twice, in σ(y) and in (x + y)². Your ∂f/∂y holds only the second.",
            staged_with(y_paths=(0, 1)),
        ),
        (
            "x: the path through the numerator lost",
            "x is used three times. Your ∂f/∂x leaves out the x that stands in the numerator.",
            staged_with(x_paths=(0, 1, 1)),
        ),
        (
            "x: the path through σ(x) lost",
            "x is used three times. Your ∂f/∂x leaves out what comes back through σ(x).",
            staged_with(x_paths=(1, 0, 1)),
        ),
        (
            "x: the path through the square lost",
            "x is used three times. Your ∂f/∂x leaves out what comes back through (x + y)².",
            staged_with(x_paths=(1, 1, 0)),
        ),
        (
            "quotient: sign of the denominator lost",
            "A larger denominator makes f smaller: ∂f/∂den = -num/den². Your minus is missing.",
            staged_with(dden=lambda n, d: n / d**2),
        ),
        (
            "quotient: the square forgotten",
            "The derivative of num/den by den is -num/den². You divided by den once only.",
            staged_with(dden=lambda n, d: -n / d),
        ),
        (
            "quotient: the numerator forgotten",
            (
                "∂f/∂den is -num/den². You sent back -1/den², which "
                "is the slope of "
                "1/den: here num stands above it, and stays as a factor."
            ),
            staged_with(dden=lambda n, d: -1 / d**2),
        ),
        (
            "2x and 2y for the square",
            (
                "The square is that of the sum: t = x + y, and the local "
                "gradient of t² is "
                "2t = 2(x + y), for x as for y. You used 2x and 2y, as if x² + y² stood there."
            ),
            staged_doubling(lambda x, y: 2 * x, lambda x, y: 2 * y),
        ),
        (
            "2x for the square",
            (
                "The local gradient of t² is 2t with t = x + y. On the way to x you "
                "used 2x; the y "
                "inside the square is missing."
            ),
            staged_doubling(lambda x, y: 2 * x, lambda x, y: 2 * (x + y)),
        ),
        (
            "2y for the square",
            (
                "The local gradient of t² is 2t with t = x + y. On the way to y you "
                "used 2y; the x "
                "inside the square is missing."
            ),
            staged_doubling(lambda x, y: 2 * (x + y), lambda x, y: 2 * y),
        ),
        (
            "the denominator forgotten on the way to the numerator",
            "∂f/∂num is 1/den. You handed the gradient on as if f were num.",
            staged_with(dnum=lambda n, d: 1.0),
        ),
        (
            "the 2 of the square forgotten",
            "The local gradient of t² is 2t. You used t.",
            staged_with(slope_square=lambda t: t),
        ),
        (
            "the slope of the square forgotten",
            "The local gradient of t² is 2t. You handed the gradient through unchanged.",
            staged_with(slope_square=lambda t: 1.0),
        ),
        (
            "sigmoid's slope forgotten",
            "Between y and σ(y) lies a slope, σ (1 - σ), and the same for x. You left it out.",
            staged_with(s=lambda v: 1.0),
        ),
        (
            "σ (1 - σ) fed with its input",
            (
                "You used x (1 - x) as the slope of σ(x). The shortcut is written in its output: σ"
                " (1 - σ)."
            ),
            staged_with(s=lambda v: v * (1 - v)),
        ),
        (
            "the square left out",
            "The denominator is σ(x) + (x + y)². You added x + y itself.",
            staged_with(square=lambda t: t, slope_square=lambda t: 1.0),
        ),
    ),
    hints=(
        (
            "Name every intermediate value on the way forward. Go back through the same lines in"
            " the opposite order; += wherever a value was used before."
        ),
        (
            "num = x + σ(y), den = σ(x) + t², t = x + y: ∂f/∂num = 1/den, ∂f/∂den = -num/den²,"
            " ∂f/∂t = 2t ∂f/∂den."
        ),
        (
            "At x = 3, y = -4: num = 3.018, den = 1.953, ∂f/∂num = 0.512, ∂f/∂den = -0.792, ∂f/∂t ="
            " 2·(-1)·(-0.792) = 1.583. x is used three times: 0.512 - 0.045·0.792 + 1.583 = 2.060."
            " y is used twice: 0.018·0.512 + 1.583 = 1.592."
        ),
    ),
)


BREAK_IT = STAGED.but(
    name="chain_rule.break_it",
    points=2,
    section="Gradients add at branches",
    planted=(staged_with(y_paths=(1, 0)),),
    hints=(
        "Measure both derivatives. Only one disagrees. By how much?",
        (
            "Every path contributes one product. Compute the product of each path, and see which of"
            " them is the missing amount."
        ),
        "y is used in two places. Look at every line that gives dy a value.",
    ),
)
