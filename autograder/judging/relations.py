"""How a wrong number becomes the exact one: by a factor, by a summand, or because it is another
quantity.

Nothing here guesses a cause. A relation is named only when it holds for every number in every case,
and the cases are random, so it is no coincidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from autograder.evidence.probe import Evidence
from autograder.exercises.exercise import Exercise
from autograder.judging.chains import given
from autograder.judging.compare import Compared, find
from autograder.judging.findings import apart
from autograder.judging.table import Place, Table, shown_case, shown_first

ROOM = 2_000  # numbers: larger quantities are not looked at

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
)
PRODUCTS: dict[str, Callable[..., np.ndarray | None]] = {
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


@np.errstate(all="ignore")
def in_numbers(
    exercise: Exercise,
    exact: Evidence,
    table: Table,
    row: str,
    mend: bool = False,
    moved: bool = False,
) -> str:
    """The wrong number of a row that is computed first, the exact one, and how the one becomes the
    other.

    Empty where no number came back. `mend` says that the slip is known: then, where no relation is
    found, it is said by how much the number moves when the slip is mended. `moved` says that the
    transpose and the opposite order are named already.
    """
    wrong = [
        (place, c)
        for place, c in shown_first(table, row)
        if not c.right and c.ok is not None and not c.problem
    ]
    if not wrong:
        return ""
    place, compared = wrong[0]
    name = symbol(exercise, row)
    if compared.note:
        name = f"{name}, {compared.note.split(' of ')[0]}"
    at = (compared.at or ()) if np.ndim(compared.exact) else ()
    yours, target = (
        np.asarray(compared.yours, dtype=float)[at],
        np.asarray(compared.exact, dtype=float)[at],
    )
    where = str(list(at)) if np.size(compared.exact) > 1 else ""
    label = "" if place.case == shown_case(table) else f" (for {exact.cases[place.case].label})"
    able = [(p, c) for p, c in table[row] if not c.problem]
    able.sort(key=lambda entry: entry[0] != place)  # the one that is shown comes first
    views = [_view(exercise, exact, table, p, c) for p, c in able]
    numbers = [c for _, c in table[row] if not c.problem or c.pairs]
    told = (
        "of the right shape"
        if len(able) < len(numbers)
        else "that gives numbers"
        if len(able) < len(table[row])
        else ""
    )
    every = "" if len(views) < 2 else f"in every case {told}".rstrip()
    known = [view for view in views if view is not None]
    whole = len(known) == len(views) and _enough(known)
    related = relation(known, () if compared.note else at, every) if whole else ""
    if moved and any(related.startswith(f"Yours is {text}") for text, _ in CHANGES[:2]):
        related = ""
    if not related and mend:
        related = f"Mending it moves the number by {target - yours:+.4g}."
    mine, right = (f"{number + 0.0:.6g}" for number in (yours, target))  # no minus before a zero
    if mine == right:
        mine, right = apart(float(yours), float(target))
    return f"{name}{where}{label}: yours {mine}, exact {right}. {related}".strip()


def symbol(exercise: Exercise, row: str) -> str:
    """A quantity as the lesson writes it, without the formula that may stand behind it."""
    whole = exercise.symbols.get(row, row)
    name, equals, _ = whole.partition(" = ")
    return name if equals and " " not in name else whole  # "J where a = y" holds no formula


def relation(views: list[View], at: tuple[int, ...] = (), every: str = "") -> str:
    """What holds in all views, in words; `at` is the entry of the first one that is shown."""
    ratio = _ratio(views)
    if ratio is not None:
        return _sentence(f"Yours × {_number(1 / ratio)} is the exact one", every)
    said = []
    held = lambda candidates: next(
        (text for text, holds in candidates if all(holds(view) for view in views)), ""
    )
    identity = held(_identities(views[0]))
    step = held(_steps(views[0])) or ("" if identity else held(_exchanges(views[0])))
    if identity:
        said.append(f"Yours is {identity}")
    if step:
        said.append(
            f"{'y' if said else 'Y'}ours {step} is the exact one{_here(views[0], step, at)}"
        )
    if identity and not step and (right := held(_identities(views[0], _exact))):
        said.append(f"the exact one is {right}")
    if said:
        return _sentence("; ".join(said), every)
    product = held(_products(views[0], lambda view: view.yours))
    if not product:
        return ""
    right = held(_products(views[0], lambda view: view.exact))
    return _sentence(f"Yours is {product}{f'; the exact one is {right}' if right else ''}", every)


def _sentence(said: str, every: str) -> str:
    return f"{said}{f', {every}' if every else ''}."


def _view(
    exercise: Exercise, exact: Evidence, table: Table, place: Place, compared: Compared
) -> View | None:
    listed = isinstance(compared.exact, list) or compared.note
    if compared.problem or not listed and np.size(compared.exact) > ROOM:
        return None
    near = around(exercise, exact, table, place)
    if listed:
        return _flat(exact, place, compared, near)
    return View(
        np.asarray(compared.yours, dtype=float),
        np.asarray(compared.exact, dtype=float),
        near,
        compared.single,
    )


def _flat(exact: Evidence, place: Place, compared: Compared, around: Values) -> View | None:
    """A list of arrays as all its numbers one after the other, among single numbers only."""
    whole = find(exact.observations[place.case][place.call].returned, place.path)
    try:
        parts = list(zip(compared.given, whole, strict=True))
        if any(np.shape(a) != np.shape(b) for a, b in parts):
            return None
        mine, target = (
            np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in side])
            for side in zip(*parts, strict=True)
        )
    except (TypeError, ValueError):
        return None
    return View(
        mine,
        target,
        {name: value for name, value in around.items() if not value.ndim},
        compared.single,
    )


def around(exercise: Exercise, exact: Evidence, table: Table, place: Place) -> Values:
    """The numbers that the call was given, those on the way, and the other exact quantities of the
    case so far."""
    found: dict[str, Any] = {}
    for name, value in vars(given(exercise, exact.cases[place.case], place.call)).items():
        found |= (
            {f"{name}[{key!r}]": part for key, part in value.items()}
            if isinstance(value, dict)
            else {name: value}
        )
    for row, entries in table.items():
        for other, compared in entries:
            if other.case == place.case and other.call <= place.call and row != place.row:
                name = symbol(exercise, row)
                found[
                    f"the exact {name}" if name in found and other.call == place.call else name
                ] = compared.exact
    return {name: array for name, value in found.items() if (array := _array(value)) is not None}


def _array(value: Any) -> np.ndarray | None:
    if isinstance(value, (list, tuple, str, bool)) or callable(value):
        return None
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    return array if 0 < array.size <= ROOM and np.isfinite(array).all() else None


def _enough(views: list[View]) -> bool:
    """Whether several different numbers are wrong, so that a relation between them means
    something."""
    off = [~_near(view.yours, view.exact, view.single) for view in views]
    mine, exact = (
        np.concatenate(
            [(view.yours, view.exact)[k][wrong] for view, wrong in zip(views, off, strict=True)]
        )
        for k in (0, 1)
    )
    varied = any(
        part.size > 1 and np.ptp(part) > 1e-6 * np.max(np.abs(part)) for part in (mine, exact)
    )
    return varied and any(np.any(view.yours) for view in views)


def _near(a: np.ndarray, b: np.ndarray, single: bool) -> np.ndarray:
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
    # as `_near` says it, by the entry that is furthest off: this is asked thousands of times
    size = max(abs(mine).max(), abs(target).max())
    return bool(abs(mine - target).max() <= (1e-4 if view.single else 1e-7) * size)


def _ratio(views: list[View]) -> float | None:
    """yours / exact, where it is one and the same number everywhere."""
    found = []
    for view in views:
        some = np.abs(view.exact) > 1e-12
        if not some.any():
            if np.any(view.yours):
                return None
            continue
        if np.any(np.abs(view.yours[~some]) > 1e-9):
            return None
        found.append(view.yours[some] / view.exact[some])
    ratios = np.concatenate(found) if found else np.ones(1)
    spread = 1e-4 if any(view.single for view in views) else 1e-6
    same = abs(ratios[0]) > 1e-9 and float(np.ptp(ratios)) <= spread * abs(ratios[0])
    return float(ratios[0]) if same and abs(ratios[0] - 1) > 1e-4 else None


def _number(value: float) -> str:
    known = {
        0.5: "½",
        -1.0: "(-1)",
        1 / 3: "1/3",
        0.25: "¼",
        float(np.log(2)): "ln 2",
        float(1 / np.log(2)): "1/ln 2",
        0.01: "1/100",
    }
    near = next((text for number, text in known.items() if abs(value / number - 1) < 1e-6), None)
    return near or (f"{round(value)}" if abs(value - round(value)) < 1e-6 else f"{value:.6g}")


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


def _yours(view: View) -> np.ndarray:
    return view.yours


def _exact(view: View) -> np.ndarray:
    return view.exact


def _identities(view: View, target: Callable[[View], np.ndarray] = _yours) -> Candidates:
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
    for text, change in CHANGES if target is _yours else ():
        if view.exact.ndim or text.startswith(("the absolute", "the square", "1 minus")):
            yield text, _safely(lambda v, c=change: c(v.exact), target)


def _fitting(view: View) -> list[tuple[str, np.ndarray]]:
    """The quantities that can stand beside the number, entry by entry: of its shape, or spread over
    it."""
    fits = []
    for name, q in view.around.items():
        try:
            if np.broadcast_shapes(q.shape, view.exact.shape) == view.exact.shape:
                fits.append((name, q))
        except ValueError:
            continue
    return fits


def _steps(view: View) -> Candidates:
    """One factor or summand that leads from the student's number to the exact one."""
    for name, _ in _fitting(view):
        for text, form in FORMS:
            factor = text.format(name)
            yield f"× {factor}", _safely(lambda v, n=name, f=form: v.yours * f(v.around[n]), _exact)
            yield (
                f"/ {factor}" if " (" not in factor else f"/ ({factor})",
                _safely(lambda v, n=name, f=form: v.exact * f(v.around[n]), _yours),
            )
        yield f"+ {name}", _safely(lambda v, n=name: v.yours + v.around[n], _exact)
        yield f"- {name}", _safely(lambda v, n=name: v.yours - v.around[n], _exact)


def _exchanges(view: View) -> Candidates:
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
            b, text_b, form_b = fitting[k]
            if (a, text_a) != (b, text_b):
                yield (
                    f"with {text_b.format(b)} in place of {text_a.format(a)}",
                    _safely(
                        lambda v, a=a, b=b, f=form_a, g=form_b: (
                            v.yours / f(v.around[a]) * g(v.around[b])
                        ),
                        _exact,
                    ),
                )


def _all_near(many: np.ndarray, one: np.ndarray, single: bool) -> np.ndarray:
    """Which of `many` arrays, (count, *shape), are near `one` in all entries, as `_near` has it."""
    axes = tuple(range(1, many.ndim))
    largest = np.max(np.abs(many), axis=axes, initial=0.0, keepdims=True)
    size = np.maximum(largest, np.max(np.abs(one), initial=0.0))
    close = np.abs(many - one) <= (1e-4 if single else 1e-7) * size
    return np.flatnonzero(np.all(close, axis=axes))


def _products(view: View, target: Callable[[View], np.ndarray]) -> Candidates:
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


def _here(view: View, step: str, at: tuple[int, ...]) -> str:
    """The factor as a number, at the entry that is shown."""
    if not step.startswith(("×", "/", "with")) or len(at) != view.yours.ndim or view.yours[at] == 0:
        return ""
    return f" (× {view.exact[at] / view.yours[at]:.4g} here)"
