"""What a number may be, or what may lead from it to the exact one: candidates, to be tried in order.

Each is words beside a question to a `View`: does it hold there?
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

Values = dict[str, np.ndarray]
Form = tuple[str, Callable[[np.ndarray], np.ndarray]]

#: What a quantity q may come in as. "{}" is its name.
FORMS: tuple[Form, ...] = (
    ("{}", lambda q: q),
    ("{}²", lambda q: q**2),
    ("(1 - {})", lambda q: 1 - q),
    ("{0} (1 - {0})", lambda q: q * (1 - q)),
    ("(1 - {}²)", lambda q: 1 - q**2),
    ("(1 + {}²)", lambda q: 1 + q**2),
)
#: What may have happened to the exact value itself.
CHANGES: tuple[Form, ...] = (
    ("the transpose of the exact one", lambda e: e.T),
    ("the exact one in the opposite order", lambda e: e[::-1]),
    ("the sum over all entries of the exact one", lambda e: np.full(e.shape, e.sum())),
    ("the mean over all entries of the exact one", lambda e: np.full(e.shape, e.mean())),
    ("the absolute value of the exact one", np.abs),
    ("the square of the exact one", lambda e: e**2),
    ("1 minus the exact one", lambda e: 1 - e),
    *(
        (
            f"the exact one rounded to {digits} decimals (round only what you show)",
            lambda e, digits=digits: np.round(e, digits),
        )
        for digits in (4, 3, 2)
    ),
)
#: How those begin that a single number may have met with, too.
OF_ONE = ("the absolute", "the square", "1 minus", "the exact one rounded")
PRODUCTS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray | None]] = {
    "{} @ {}": np.matmul,
    "{}.T @ {}": lambda a, b: a.T @ b,
    "{} @ {}.T": lambda a, b: a @ b.T,
    "np.outer({}, {})": lambda a, b: np.outer(a, b) if a.ndim == b.ndim == 1 else None,
    "{} * {}": lambda a, b: a * b,
    "{} + {}": lambda a, b: a + b,
    "{} - {}": lambda a, b: a - b,
}


class View(NamedTuple):
    """One quantity of one call: what came back, what is exact, and the quantities around it."""

    yours: np.ndarray
    exact: np.ndarray
    around: Values
    single: bool


def near(a: np.ndarray, b: np.ndarray, single: bool) -> np.ndarray:
    """Where two arrays of one shape agree: within 1e-7 of the largest entry of both, 1e-4 in single
    precision."""
    size = max(float(np.max(np.abs(a), initial=0.0)), float(np.max(np.abs(b), initial=0.0)))
    return np.abs(a - b) <= (1e-4 if single else 1e-7) * size


def _equal(a: Any, view: View, target: np.ndarray) -> bool:
    if a is None:
        return False
    mine = np.asarray(a, dtype=float)
    if mine.shape != target.shape:
        return False
    if mine.size == 0:
        return True
    # as `near` says it, by the entry that is furthest off: this is asked thousands of times
    size = max(abs(mine).max(), abs(target).max())
    return bool(abs(mine - target).max() <= (1e-4 if view.single else 1e-7) * size)


Candidates = Iterator[tuple[str, Callable[[View], bool]]]


def _safely(
    action: Callable[[View], Any], target: Callable[[View], np.ndarray]
) -> Callable[[View], bool]:
    def holds(view: View) -> bool:
        try:
            return _equal(action(view), view, target(view))
        except (ValueError, TypeError, KeyError, IndexError):
            return False

    return holds


def yours_of(view: View) -> np.ndarray:
    """The student's number of a view: what a candidate is compared with."""
    return view.yours


def exact_of(view: View) -> np.ndarray:
    """The exact number of a view: what a candidate is compared with."""
    return view.exact


def identities(view: View, target: Callable[[View], np.ndarray] = yours_of) -> Candidates:
    """What the student's number is, or the exact one."""
    for name, q in view.around.items():
        if q.shape == view.yours.shape:
            yield name, _safely(lambda v, n=name: v.around[n], target)
            yield f"-{name}", _safely(lambda v, n=name: -v.around[n], target)
            for text, form in FORMS[1:]:
                whole = text.format(name)
                yield (
                    whole[1:-1] if text.startswith("(") else whole,
                    _safely(lambda v, n=name, f=form: f(v.around[n]), target),
                )
        elif q.shape == view.yours.shape[::-1]:
            yield f"the transpose of {name}", _safely(lambda v, n=name: v.around[n].T, target)
    for text, change in CHANGES if target is yours_of else ():
        if view.exact.ndim or text.startswith(OF_ONE):
            yield text, _safely(lambda v, c=change: c(v.exact), target)


def _fitting(view: View) -> list[tuple[str, np.ndarray]]:
    """The quantities that can stand beside the number, entry by entry: of its shape, or spread over
    it."""
    fits: list[tuple[str, np.ndarray]] = []
    for name, q in view.around.items():
        try:
            if np.broadcast_shapes(q.shape, view.exact.shape) == view.exact.shape:
                fits.append((name, q))
        except ValueError:
            continue
    return fits


def steps(view: View) -> Candidates:
    """One factor or summand that leads from the student's number to the exact one."""
    for name, _ in _fitting(view):
        for text, form in FORMS:
            factor = text.format(name)
            yield (
                f"× {factor}",
                _safely(lambda v, n=name, f=form: v.yours * f(v.around[n]), exact_of),
            )
            yield (
                f"/ {factor}" if " (" not in factor else f"/ ({factor})",
                _safely(lambda v, n=name, f=form: v.exact * f(v.around[n]), yours_of),
            )
        yield f"+ {name}", _safely(lambda v, n=name: v.yours + v.around[n], exact_of)
        yield f"- {name}", _safely(lambda v, n=name: v.yours - v.around[n], exact_of)


def exchanges(view: View) -> Candidates:
    """One factor in the place of another one."""
    fitting = [
        (name, text, form)
        for name, q in _fitting(view)
        if q.ndim == view.exact.ndim
        for text, form in FORMS
    ]
    if not fitting:
        return
    values = [form(view.around[name]) for name, _, form in fitting]
    all_at_once = np.stack([np.broadcast_to(value, view.exact.shape) for value in values])
    for (a, text_a, form_a), wrong in zip(fitting, values, strict=True):
        mine = view.yours / wrong
        if not np.isfinite(mine).all():
            continue
        for k in _all_near(mine * all_at_once, view.exact, view.single):
            b, text_b, form_b = fitting[int(k)]
            if (a, text_a) != (b, text_b):
                yield (
                    f"with {text_b.format(b)} in place of {text_a.format(a)}",
                    _safely(
                        lambda v, a=a, b=b, f=form_a, g=form_b: (
                            v.yours / f(v.around[a]) * g(v.around[b])
                        ),
                        exact_of,
                    ),
                )


def _all_near(many: np.ndarray, one: np.ndarray, single: bool) -> np.ndarray:
    """Which of `many` arrays, (count, *shape), are near `one` in all entries, as `near` has it."""
    axes = tuple(range(1, many.ndim))
    largest = np.max(np.abs(many), axis=axes, initial=0.0, keepdims=True)
    size = np.maximum(largest, np.max(np.abs(one), initial=0.0))
    close = np.abs(many - one) <= (1e-4 if single else 1e-7) * size
    return np.flatnonzero(np.all(close, axis=axes))


def products(view: View, target: Callable[[View], np.ndarray]) -> Candidates:
    """A product of two quantities."""
    pairs = [
        (a, b)
        for a, left in view.around.items()
        for b, right in view.around.items()
        if a != b
        and (left.ndim or right.ndim)
        and max(left.ndim, right.ndim) <= view.exact.ndim + 1
    ]
    for text, make in PRODUCTS.items():
        for a, b in pairs:
            yield (
                text.format(a, b),
                _safely(lambda v, a=a, b=b, m=make: m(v.around[a], v.around[b]), target),
            )
