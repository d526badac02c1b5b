"""How a wrong number becomes the exact one: by a factor, by a summand, or because it is another
quantity.

Nothing here guesses a cause. A relation is named only when it holds for every number in every case,
and the cases are random, so it is no coincidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.evidence.probe import Evidence
from autograder.exercises.exercise import Exercise
from autograder.judging.candidates import (
    CHANGES,
    Candidates,
    Values,
    View,
    exact_of,
    exchanges,
    identities,
    near,
    products,
    steps,
)
from autograder.judging.chains import given
from autograder.judging.compare import Compared, find
from autograder.judging.findings import apart
from autograder.judging.table import Place, Table, shown_case, shown_first

if TYPE_CHECKING:
    from autograder.evidence.inputs import Value

ROOM = 2_000  # numbers: larger quantities are not looked at


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
    if compared.open and compared.several:  # there is no one number that yours should be
        mine = f"yours {float(np.asarray(compared.yours)[at]) + 0.0:.6g}"
        told = f"{name}{list(at) or ''}: {mine}; right is {compared.several.words}."
        return told if mend else ""
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
    said: list[str] = []

    def held(candidates: Candidates) -> str:
        return next((text for text, holds in candidates if all(holds(view) for view in views)), "")

    identity = held(identities(views[0]))
    step = held(steps(views[0])) or ("" if identity else held(exchanges(views[0])))
    if identity:
        said.append(f"Yours is {identity}")
    if step:
        said.append(
            f"{'y' if said else 'Y'}ours {step} is the exact one{_here(views[0], step, at)}"
        )
    if identity and not step and (right := held(identities(views[0], exact_of))):
        said.append(f"the exact one is {right}")
    if said:
        return _sentence("; ".join(said), every)
    product = held(products(views[0], lambda view: view.yours))
    if not product:
        return ""
    right = held(products(views[0], lambda view: view.exact))
    return _sentence(f"Yours is {product}{f'; the exact one is {right}' if right else ''}", every)


def _sentence(said: str, every: str) -> str:
    return f"{said}{f', {every}' if every else ''}."


def _view(
    exercise: Exercise, exact: Evidence, table: Table, place: Place, compared: Compared
) -> View | None:
    listed = compared.is_list or compared.note
    if compared.problem or not listed and np.size(compared.exact) > ROOM:
        return None
    beside = around(exercise, exact, table, place)
    if listed:
        return _flat(exact, place, compared, beside)
    return View(
        np.asarray(compared.yours, dtype=float),
        np.asarray(compared.exact, dtype=float),
        beside,
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
    names: dict[str, Value] = vars(given(exercise, exact.cases[place.case], place.call))
    for name, value in names.items():
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
    off = [~near(view.yours, view.exact, view.single) for view in views]
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


def _ratio(views: list[View]) -> float | None:
    """yours / exact, where it is one and the same number everywhere."""
    found: list[np.ndarray] = []
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
    name = next((text for number, text in known.items() if abs(value / number - 1) < 1e-6), None)
    return name or (f"{round(value)}" if abs(value - round(value)) < 1e-6 else f"{value:.6g}")


def _here(view: View, step: str, at: tuple[int, ...]) -> str:
    """The factor as a number, at the entry that is shown."""
    if not step.startswith(("×", "/", "with")) or len(at) != view.yours.ndim or view.yours[at] == 0:
        return ""
    return f" (× {view.exact[at] / view.yours[at]:.4g} here)"
