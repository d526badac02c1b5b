"""Whether a notebook that was written as text comes back as it was: a comparer that knows nothing of the format."""

from __future__ import annotations

from collections.abc import Iterable

from course.fingerprints import VIEW, source_of


def lost(before: dict, after: dict, derived: Iterable[str] = ()) -> str:
    """What of a notebook did not come back, in a sentence; "" where all did.

    Outputs, ids and how a cell looks are not carried by a lesson's text; blank lines at a cell's ends
    and cells without any content say nothing.

    Parameters
    ----------
    before, after : dict
        The notebook, and what its text gives.
    derived : iterable of str
        Keys of a cell's metadata that the build adds by itself.
    """
    skipped = {*VIEW, *derived}
    old, new = ([_content(cell, skipped) for cell in nb["cells"]] for nb in (before, after))
    old, new = ([cell for cell in cells if any(cell[1:])] for cells in (old, new))
    for number, (was, now) in enumerate(zip(old, new), start=1):
        if was != now:
            return f"{_named(number, was)} would not come back as it is: {_why(was, now)}"
    if len(old) > len(new):
        return f"{_named(len(new) + 1, old[len(new)])} would be missing"
    return "" if len(old) == len(new) else f"there would be {len(new)} cells in place of {len(old)}"


def _content(cell: dict, skipped: set[str]) -> tuple:
    metadata = {key: value for key, value in cell.get("metadata", {}).items() if key not in skipped}
    return cell["cell_type"], source_of(cell).strip("\n").rstrip(), metadata, cell.get("attachments") or {}


def _named(number: int, cell: tuple) -> str:
    first = cell[1].partition("\n")[0][:60]
    return f"cell {number} (“{first}”)" if first else f"cell {number}"


def _why(was: tuple, now: tuple) -> str:
    kinds = ("its type", "its text", "its metadata", "its attachments")
    what = next(kind for kind, old, new in zip(kinds, was, now, strict=True) if old != new)
    lines = was[1].splitlines()
    if what == "its text" and was[0] == "markdown":
        marks = [line for line in lines if line.startswith("+++") or line.lstrip("`~").startswith("{")]
        if marks:
            return f"a lesson's text takes the line {marks[0]!r} for the beginning of another cell; write it otherwise"
    return f"{what} cannot be written in a lesson's text"
