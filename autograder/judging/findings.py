"""What can be said of a wrong quantity without guessing the cause: its claims, single entries,
error texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.evidence.inputs import Case
from autograder.evidence.probe import Record
from autograder.exercises.exercise import Exercise
from autograder.judging.claims import Said, claimed
from autograder.judging.compare import Compared


def error_text(record: Record, exercise: Exercise) -> str:
    """A failed call in words, with the student's own line."""
    error = record.error
    if error is None:
        return ""
    name = (
        exercise.signatures[record.function].name
        if record.function is not None
        else "the function that came back"
    )
    wanted = exercise.signatures[record.function].text if record.function is not None else ""
    if error.kind == "took too long":
        if not error.message.endswith(" s"):
            return error.message
        return f"{name} took longer than {error.message}; is there a loop that never ends?"
    if error.kind == "wrong parameters":
        return (
            f"{name} is called as {wanted.split(' ->')[0]}, but your function takes {error.message}"
        )
    if error.kind in ("not a function", "no result"):
        return error.message
    where = f" ({error.where})" if error.where else ""
    return f"{error.kind}: {error.message}{where}" if error.message else f"{error.kind}{where}"


@np.errstate(all="ignore")
def describe(name: str, entries: Sequence[tuple[str, Compared]]) -> Said:
    """What the numbers of one wrong quantity say.

    Parameters
    ----------
    name
        The quantity, as the lesson writes it.
    entries
        All of its comparisons, each with the label of its case; the one that is shown comes first.
    """
    label, first = next((label, compared) for label, compared in entries if not compared.right)
    said = claimed(name, entries)
    if first.problem:
        text = _problem(name, label, first, entries)
        return Said(f"{text} {said.text}".strip() if said.always else text, True)
    if first.open and first.several:
        at = list(first.at or ())
        mine = float(np.asarray(first.yours)[first.at or ()]) + 0.0
        return Said(
            f"{name}{at or ''} is {mine:.6g} for {label}; right is {first.several.words}.", False
        )
    if said.text:
        return said
    if first.note:
        return Said(f"{name}, for {label}: {first.note}.", False)
    return Said(_entries(name, label, first), False)


def _problem(
    name: str, label: str, first: Compared, entries: Sequence[tuple[str, Compared]]
) -> str:
    """Why nothing could be compared. A call that failed is the failure of no quantity."""
    said = (first.problem or "").rstrip(".")
    if not first.raised:
        said = said if said.startswith(f"{name} ") else f"{name}: {said}"
    every = all(c.problem == first.problem for _, c in entries)
    said = said if every else f"For {label}: {said}"
    said = said if said.endswith("?") else f"{said}."
    return f"{said} {first.meaning}".strip()


def _entries(name: str, label: str, compared: Compared) -> str:
    """Single entries of the case that is shown."""
    yours, exact = np.asarray(compared.yours, dtype=float), np.asarray(compared.exact, dtype=float)
    if compared.ok is not None and compared.ok.any():
        where = (
            f"{int((~compared.ok).sum())} of {compared.ok.size} entries of {name} are wrong for"
            f" {label}"
        )
        at = compared.at or ()
        mine, right = apart(float(yours[at]), float(exact[at]))
        return f"{where}, the first at {list(at)}: {mine}, exact {right}."
    if exact.ndim == 0:
        mine, right = apart(float(yours), float(exact))
        return (
            f"{name} is {mine}, exact is {right}: off by {float(yours - exact):.3g}, for {label}."
        )
    return f"No entry of {name} is right for {label}."


def apart(yours: float, exact: float) -> tuple[str, str]:
    """Two different numbers with as many digits as it takes to see that they are."""
    texts = ("", "")
    for digits in (8, 12, 17):  # no minus before a zero
        texts = f"{yours + 0.0:.{digits}g}", f"{exact + 0.0:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def never_varies(entries: Sequence[tuple[int, Compared]], cases: Sequence[Case]) -> bool:
    """Whether one and the same value came back in at least three cases although the exact values
    differ."""
    seen = [c.pairs[0] for _, c in entries if len(c.pairs) == 1 and not isinstance(c.exact, list)]
    if len({case for case, _ in entries}) < 3 or len(seen) < len(entries):
        return False
    first = np.ravel(seen[0].yours)
    # one number, in as many entries as are wanted
    one = np.ptp(first) == 0 if first.size else False
    same = all(
        np.array_equal(np.ravel(pair.yours), first) or one and np.all(pair.yours == first[0])
        for pair in seen
    )
    return same and any(not np.array_equal(seen[0].exact, pair.exact) for pair in seen)
