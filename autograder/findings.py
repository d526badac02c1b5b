"""What can be said about a wrong number without guessing its cause: ratio, sign, order of axes, and error texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.compare import Compared
from autograder.exercise import Exercise
from autograder.inputs import Case
from autograder.probe import Record


def error_text(record: Record, exercise: Exercise) -> str:
    """A failed call in words, with the student's own line."""
    error = record.error
    name = exercise.signatures[record.function].name if record.function is not None else "the function that came back"
    wanted = exercise.signatures[record.function].text if record.function is not None else ""
    if error.kind == "took too long":
        return f"{name} took longer than {error.message}; is there a loop that never ends?" if error.message.endswith(" s") else error.message
    if error.kind == "wrong parameters":
        return f"{name} is called as {wanted.split(' ->')[0]}, but your function takes {error.message}"
    if error.kind in ("not a function", "no result"):
        return error.message
    where = f" ({error.where})" if error.where else ""
    return f"{error.kind}: {error.message}{where}" if error.message else f"{error.kind}{where}"


def named(rows: Sequence[tuple], names: Mapping[str, str]) -> list[tuple]:
    """Rows of a property-judged exercise, with the name of the known slip that a comment explains.

    `names` maps a slip's name to words of its comment, which is given only where the evidence shows that slip.
    """
    return [(*row, next((name for name, words in names.items() if words in row[4]), "")) for row in rows]


@np.errstate(all="ignore")
def describe(name: str, entries: Sequence[tuple[str, Compared]]) -> str:
    """What the wrong numbers of one quantity have in common with the right ones.

    `entries` are all of the quantity's comparisons, each with the label of its case. What holds in the first wrong one
    only is said of that one only.
    """
    wrong = [(label, compared) for label, compared in entries if not compared.right]
    (label, first), *others = wrong
    text = _describe_one(name, first)
    if first.problem or all(_describe_one(name, compared) == text for _, compared in others) or not _is_general(text):
        return text
    return f"{text.rstrip('.')}, for {label}; in other cases it is otherwise."


def _is_general(text: str) -> bool:
    """Whether a text speaks of the quantity as a whole, not of single entries."""
    return not any(words in text for words in ("the first at", ", exact is ", "No entry"))


def _describe_one(name: str, compared: Compared) -> str:
    if compared.problem:
        said = compared.problem if compared.problem.startswith(f"{name} ") else f"{name}: {compared.problem}"
        return said.rstrip(".") + ("" if said.endswith("?") else ".")
    if isinstance(compared.yours, list) or isinstance(compared.exact, list):
        return f"{name}: {compared.note}." if compared.note else ""
    yours, exact = np.asarray(compared.yours, dtype=float), np.asarray(compared.exact, dtype=float)
    name = f"{name} ({compared.note.split(' is the')[0]})" if compared.note else name
    close = lambda a, b: bool(np.allclose(a, b, rtol=1e-6, atol=1e-12))
    if yours.shape != exact.shape:
        return ""
    if not np.any(yours):
        return f"{name} is zero throughout."
    if close(yours, -exact):
        return f"{name} has the right size and the wrong sign."
    if close(yours, exact):
        off = np.max(np.abs(yours - exact))
        digits = " float32 keeps about so many digits, float64 16." if off > 1e-8 * max(1.0, np.max(np.abs(exact))) else ""
        return f"{name} is nearly right: off by up to {off:.2g}.{digits}"
    ratio = _common_ratio(yours, exact)
    if ratio is not None and abs(ratio - 1) > 1e-4:
        return f"{'Every entry of ' * (exact.ndim > 0)}{name} is {ratio:.6g} times the exact one."
    if exact.ndim == 2 and exact.shape[0] == exact.shape[1] and close(yours, exact.T):
        return f"{name} is the transpose of the right array."
    if exact.ndim == 1 and close(yours, exact[::-1]):
        return f"{name} has the right entries in the opposite order."
    if exact.size > 1 and close(np.sort(yours, None), np.sort(exact, None)):
        return f"{name} has the right entries in the wrong places."
    if compared.ok is not None and compared.ok.any():
        where = f"{int((~compared.ok).sum())} of {compared.ok.size} entries of {name} are wrong"
        return f"{where}, the first at {list(compared.at)}: {yours[compared.at]:.8g}, exact {exact[compared.at]:.8g}."
    if exact.ndim == 0:
        return f"{name} is {float(yours):.8g}, exact is {float(exact):.8g}: off by {float(yours - exact):.3g}."
    return f"No entry of {name} is right."


def _common_ratio(yours: np.ndarray, exact: np.ndarray) -> float | None:
    """The factor between two arrays, when there is one and the same for every entry."""
    nonzero = np.abs(exact) > 1e-12
    if not nonzero.any() or np.any(np.abs(yours[~nonzero]) > 1e-9):
        return None
    ratios = yours[nonzero] / exact[nonzero]
    if not np.isfinite(ratios).all():
        return None
    if exact.size < 2 and abs(ratios[0] * 2 - round(ratios[0] * 2)) > 1e-6:
        return None
    spread = float(np.max(np.abs(ratios - ratios[0])))
    return float(ratios[0]) if spread <= 1e-6 * abs(ratios[0]) else None


def never_varies(entries: Sequence[tuple[int, Compared]], cases: Sequence[Case]) -> bool:
    """Whether one and the same value came back in at least three cases although the exact values differ."""
    seen: list[Any] = [c for _, c in entries if c.problem is None and not isinstance(c.yours, list) and c.yours is not None]
    by_problem = [c for _, c in entries if c.problem and c.problem.startswith("the shape is")]
    seen += [c for c in by_problem if c.yours is not None]
    if len({case for case, _ in entries}) < 3 or len(seen) < len(entries):
        return False
    first = np.ravel(np.asarray(seen[0].yours, dtype=float))
    same = all(np.array_equal(np.ravel(np.asarray(c.yours, dtype=float)), first) for c in seen)
    exact_varies = any(not np.array_equal(np.asarray(seen[0].exact), np.asarray(c.exact)) for c in seen[1:])
    return same and exact_varies
