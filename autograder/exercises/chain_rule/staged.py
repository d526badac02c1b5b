"""A function that is computed in stages, and the same one with a gradient to mend."""

from __future__ import annotations

from types import SimpleNamespace

from autograder.exercises.chain_rule.solutions import (
    by_nudges,
    sigma,
    staged,
)
from autograder.exercises.exercise import Case, exercise


def draw_staged(rng):
    """Four pairs x, y from −5 to 5 whose denominator is above 0.2."""
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


def staged_doubling(to_x, to_y):
    """The way through (x + y)² with a slope of its own for either input, not 2(x + y) for both."""

    def of(x, y):
        num, den = x + sigma(y), sigma(x) + (x + y) ** 2
        dnum, dden = 1 / den, -num / den**2
        s = lambda v: sigma(v) * (1 - sigma(v))
        dx = dnum + (s(x) + to_x(x, y)) * dden
        return num / den, {"x": dx, "y": s(y) * dnum + to_y(x, y) * dden}

    return of


def staged_as(**paths):
    """The function with some paths replaced, each a function of the stages: ``x_num``, ``x_sigma``,
    ``square`` (to x and to y) and ``y_sigma``."""

    def of(x, y):
        at = SimpleNamespace(x=x, y=y, t=x + y, sx=sigma(x), sy=sigma(y))
        at.num, at.den = x + at.sy, at.sx + at.t**2
        at.dnum, at.dden = 1 / at.den, -at.num / at.den**2
        share = {
            "x_num": at.dnum,
            "x_sigma": at.sx * (1 - at.sx) * at.dden,
            "square": 2 * at.t * at.dden,
            "y_sigma": at.sy * (1 - at.sy) * at.dnum,
        } | {name: path(at) for name, path in paths.items()}
        dx = share["x_num"] + share["x_sigma"] + share["square"]
        return at.num / at.den, {"x": dx, "y": share["y_sigma"] + share["square"]}

    return of


def staged_on_the_way(x, y):
    """What the stages compute: numerator, denominator, their gradients, and each path's share."""
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
            "the square's local gradient alone",
            (
                "2t is only the local gradient of t². Multiply it by what comes back to the"
                " denominator: ∂f/∂t = 2t · ∂f/∂den."
            ),
            staged_as(square=lambda at: 2 * at.t),
        ),
        (
            "2 for the slope of the square",
            "The local gradient of t² is 2t. You used 2: the t is missing.",
            staged_as(square=lambda at: 2 * at.dden),
        ),
        *(
            (
                "the square's derivative taken of another letter",
                (
                    f"The square is that of t = x + y, so its local gradient is 2t, on the way to x and"
                    f" on the way to y. You used 2{name} for both."
                ),
                staged_as(square=lambda at, name=name: 2 * getattr(at, name) * at.dden),
            )
            for name in ("x", "y", "den", "sx")
        ),
        *(
            (
                "another gate's gradient sent to the square",
                (
                    "t² is part of the denominator, so what comes back to it is ∂f/∂den = -num/den²."
                    f" You multiplied 2t by {what}."
                ),
                staged_as(square=path),
            )
            for what, path in (
                ("∂f/∂num", lambda at: 2 * at.t * at.dnum),
                ("num", lambda at: 2 * at.t * at.num),
                ("den", lambda at: 2 * at.t * at.den),
            )
        ),
        *(
            (
                "σ's local gradient alone",
                (
                    f"σ({name}) (1 - σ({name})) is only the local gradient of σ({name}). Multiply it by"
                    f" what comes back to σ({name}), {up}."
                ),
                staged_as(**{path: local}),
            )
            for name, up, path, local in (
                ("x", "∂f/∂den", "x_sigma", lambda at: at.sx * (1 - at.sx)),
                ("y", "∂f/∂num", "y_sigma", lambda at: at.sy * (1 - at.sy)),
            )
        ),
        (
            "σ(x) in the wrong part of the fraction",
            "σ(x) stands in the denominator: what comes back to it is ∂f/∂den. You used ∂f/∂num.",
            staged_as(x_sigma=lambda at: at.sx * (1 - at.sx) * at.dnum),
        ),
        (
            "σ for its slope",
            "Between x and σ(x) lies the slope σ (1 - σ), and the same for y. You multiplied by σ.",
            staged_as(x_sigma=lambda at: at.sx * at.dden, y_sigma=lambda at: at.sy * at.dnum),
        ),
        (
            "x: only the last path kept",
            (
                "x is used three times, and each use sends its own gradient back. Your ∂f/∂x holds only"
                " what comes through (x + y)²: with = in place of += it overwrites the others."
            ),
            staged_with(x_paths=(0, 0, 1)),
        ),
        (
            "x: only the path through the numerator kept",
            "x is used three times. Your ∂f/∂x holds only what comes through the numerator.",
            staged_with(x_paths=(1, 0, 0)),
        ),
        (
            "f for ∂f/∂num",
            "∂f/∂num is 1/den. You sent num/den, which is f itself.",
            staged_with(dnum=lambda n, d: n / d),
        ),
        (
            "den for ∂f/∂num",
            "f = num/den: a nudge of num is divided by den, so ∂f/∂num is 1/den. You sent den.",
            staged_with(dnum=lambda n, d: d),
        ),
        (
            "quotient: square and numerator forgotten",
            "The derivative of num/den by den is -num/den². You sent back -1/den.",
            staged_with(dden=lambda n, d: -1 / d),
        ),
        (
            "quotient: sign and square lost",
            (
                "A larger denominator makes f smaller: ∂f/∂den = -num/den². Yours is num/den, which is"
                " f itself."
            ),
            staged_with(dden=lambda n, d: n / d),
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
