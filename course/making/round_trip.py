"""Whether a notebook that was written as text comes back as it was.

The comparer knows nothing of the format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from course.making.fingerprints import VIEW, source_of, trimmed


def lost(before: dict, after: dict, derived: Iterable[str] = ()) -> str:
    """What of a notebook did not come back, in a sentence; "" where all did.

    Outputs, ids and how a cell looks are not carried by a lesson's text; blank lines at a cell's
    ends and cells without any content say nothing.

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
    for number, (was, now) in enumerate(zip(old, new, strict=False), start=1):
        if "nbgrader" not in was[2]:
            now[2].pop("nbgrader", None)  # what the build finds in the cell
        if was != now:
            return f"{_named(number, was)} would not come back as it is: {_why(was, now)}"
    if len(old) > len(new):
        missing = old[len(new)]
        return f"{_named(len(new) + 1, missing)} would be missing{_mark(missing)}"
    return "" if len(old) == len(new) else f"there would be {len(new)} cells in place of {len(old)}"


def _content(cell: dict, skipped: set[str]) -> tuple:
    metadata = {key: value for key, value in cell.get("metadata", {}).items() if key not in skipped}
    graded = metadata.pop("nbgrader", None)
    told = ("grade", "solution", "locked", "task")
    if isinstance(graded, dict) and any(graded.get(key) for key in told):
        # the build numbers names that occur twice, and nbgrader counts the sums anew
        name = re.sub(r"-\d+$", "", str(graded.get("grade_id")))
        kept = {key: value for key, value in graded.items() if key not in ("checksum", "cell_type")}
        metadata["nbgrader"] = kept | {"grade_id": name}
    attached = cell.get("attachments") or {}
    return cell["cell_type"], trimmed(source_of(cell)), metadata, attached


def _named(number: int, cell: tuple) -> str:
    first = cell[1].partition("\n")[0][:60]
    return f"cell {number} (“{first}”)" if first else f"cell {number}"


def _why(was: tuple, now: tuple) -> str:
    kinds = ("its type", "its text", "its metadata", "its attachments")
    what = next(kind for kind, old, new in zip(kinds, was, now, strict=True) if old != new)
    if what in ("its type", "its text") and _mark(was):
        return _mark(was).removeprefix(": ")
    if what == "its metadata":
        keys = {key for key in {*was[2], *now[2]} if was[2].get(key, ...) != now[2].get(key, ...)}
        what = f"its metadata ({', '.join(sorted(keys))})"
    return f"{what} cannot be written in a lesson's text"


def _mark(cell: tuple) -> str:
    """The line of a text cell that a lesson's text would take for a mark of its own."""
    marks = [
        line
        for line in cell[1].splitlines()
        if line.startswith("+++") or line.lstrip("`~").startswith("{")
    ]
    if cell[0] != "markdown" or not marks:
        return ""
    return (
        f": a lesson's text takes the line {marks[0]!r} for the beginning of another cell; "
        "write it otherwise"
    )
