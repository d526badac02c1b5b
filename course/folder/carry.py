"""A student's notebook carried forward to a newer release, with every line the student wrote.

Cells are known by their ids, and by what was given under an id: a section that gains a cell renames
those below. Whose a cell's text is follows from the fingerprints that a release bears, so that it
is known without the old release too; only to merge two changes of one cell its text is needed.
"""

from __future__ import annotations

import ast
import re
from copy import deepcopy
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from course.folder.merge_lines import merge_lines
from course.making.fingerprints import KEY, given, source_of, text_digest

YOURS = "Your version of the cell above, kept when the course was updated."
NEWER = (
    "**The course's new version of the cell above.** Yours is as you wrote it; "
    "take over from here what you need."
)
TAG = "kept-by-update"


@dataclass
class Carried:
    """A notebook carried forward.

    Attributes
    ----------
    nb : NotebookNode
    renewed, added, dropped : int
        Cells whose text was brought forward, that are new, and that the course no longer has.
    notes : list of str
        What could not simply be brought forward, a sentence each.
    """

    nb: NotebookNode
    renewed: int = 0
    added: int = 0
    dropped: int = 0
    notes: list[str] = field(default_factory=list)


def carry_forward(mine: NotebookNode, new: NotebookNode, base: NotebookNode | None) -> Carried:
    """Bring a student's notebook to a newer release.

    Parameters
    ----------
    mine, new, base : NotebookNode
        The student's notebook, the release, and the release that the student began with, or None
        where that is not known. None of them is changed.
    """
    return _Carrying(mine, new, base).carry()


class _Carrying:
    def __init__(self, mine, new, base):
        self.mine, self.new = mine, new
        self.given = given(base) if base is not None else given(mine)
        self.base = {cell.id: cell for cell in base.cells} if base is not None else {}
        self.digests = [text_digest(cell) for cell in new.cells]
        self.ids = {(cell.cell_type, cell.id) for cell in mine.cells}
        self.done = Carried(NotebookNode(deepcopy({**mine, "cells": []})))

    def carry(self) -> Carried:
        pairs = self._pairs()
        first, after = self._own(set(pairs.values()))
        cells = first
        for j, theirs in enumerate(self.new.cells):
            if j in pairs:
                cells += self._combine(self.mine.cells[pairs[j]], theirs) + after.get(pairs[j], [])
            elif _graded(theirs) or self.digests[j] not in self.given.values():
                cells.append(deepcopy(theirs))
                self.done.added += 1
        self.done.nb.cells = _with_ids(cells)
        self.done.nb.metadata[KEY] = deepcopy(self.new.metadata[KEY])
        for key in ("kernelspec", "language_info"):
            if key in self.new.metadata:
                self.done.nb.metadata.setdefault(key, deepcopy(self.new.metadata[key]))
        self.done.nb.nbformat_minor = max(self.new.nbformat_minor, self.mine.nbformat_minor)
        return self.done

    # ---- which cell is which

    def _pairs(self) -> dict[int, int]:
        """{index of a new cell: index of the student's}: by grade id, by what was given, by id."""
        pairs: dict[int, int] = {}
        for same in (self._same_task, self._same_gift, self._same_id, self._same_text):
            taken = set(pairs.values())
            for i, mine in enumerate(self.mine.cells):
                if i in taken:
                    continue
                open_ = [
                    j for j, theirs in enumerate(self.new.cells)
                    if j not in pairs and mine.cell_type == theirs.cell_type and same(mine, j)
                ]  # fmt: skip
                if open_:
                    pairs[next((j for j in open_ if self.new.cells[j].id == mine.id), open_[0])] = i
        return pairs

    def _same_task(self, mine, j: int) -> bool:
        """The cell of an exercise; a copy of it with another id is the student's own."""
        theirs = self.new.cells[j]
        if not _graded(theirs):
            return False
        if (theirs.cell_type, theirs.id) in self.ids:
            return mine.id == theirs.id
        return _grade_id(mine) == _grade_id(theirs)

    def _same_gift(self, mine, j: int) -> bool:
        return not _graded(self.new.cells[j]) and self.given.get(mine.id) == self.digests[j]

    def _same_id(self, mine, j: int) -> bool:
        theirs = self.new.cells[j]
        known = not self.given or mine.id in self.given
        return known and not _graded(theirs) and mine.id == theirs.id

    def _same_text(self, mine, j: int) -> bool:
        """A cell whose id was lost on the way, by an older notebook format."""
        known = _graded(self.new.cells[j]) or mine.id in self.given
        return not known and text_digest(mine) == self.digests[j]

    def _own(self, matched: set[int]) -> tuple[list, dict[int, list]]:
        """The student's own cells: those at the top, and those below a cell that stays."""
        first: list[NotebookNode] = []
        after: dict[int, list[NotebookNode]] = {}
        here, seen, course = first, set(), {cell.id for cell in self.new.cells}
        for i, cell in enumerate(self.mine.cells):
            twice, untouched = cell.id in seen, self._untouched(cell)
            seen.add(cell.id)
            if i in matched:
                here = after.setdefault(i, [])
            elif twice or untouched is None:
                own = deepcopy(cell)
                if own.id in course:
                    del own["id"]
                here.append(own)
            elif untouched:
                self.done.dropped += 1
            else:
                here.append(_beside(cell, "Your version of a cell that the course no longer has."))
                said = f"{_label(cell)} is no longer in the course; your version stays."
                self.done.notes.append(said)
        return first, after

    def _untouched(self, cell) -> bool | None:
        """Whether a cell is as it was given; None where nothing says so."""
        before = self.given.get(cell.id)
        if before is not None:
            return before == text_digest(cell)
        if not self.given and "checksum" in cell.metadata.get("nbgrader", {}):
            from nbgrader.utils import compute_checksum

            return compute_checksum(cell) == cell.metadata["nbgrader"]["checksum"]
        return None

    # ---- one cell of two

    def _combine(self, mine, theirs) -> list[NotebookNode]:
        main = deepcopy(theirs)
        main.metadata = self._metadata(mine, theirs)
        if mine.cell_type == "code":
            main.outputs, main.execution_count = deepcopy(mine.outputs), mine.execution_count
        if text_digest(mine) == text_digest(theirs):
            return [main]
        if self._untouched(mine):
            self.done.renewed += 1
            return [_stale(main)]
        if self._as_before(mine, theirs):
            return [_written(main, mine, source_of(mine))]
        merged = self._merged(mine, theirs)
        if merged is not None:
            self.done.renewed += 1
            self.done.notes.append(
                f"{_label(theirs)}: the course changed lines around yours; both are in it."
            )
            return [_stale(_written(main, mine, merged))]
        if theirs.metadata.get("nbgrader", {}).get("solution"):
            return self._beside_work(main, mine, theirs)
        self.done.renewed += 1
        self.done.notes.append(
            f"{_label(theirs)}: your version of this changed cell stands below it."
        )
        return [_stale(main), _beside(mine, YOURS)]

    def _beside_work(self, main, mine, theirs) -> list[NotebookNode]:
        """The student's work stays in its cell; the course's new text stands below as text."""
        kept = _written(main, mine, source_of(mine))
        if theirs.cell_type == "markdown":  # where an answer is written: no text of the course
            return [kept]
        self.done.renewed += 1
        self.done.notes.append(
            f"{_label(theirs)}: the course's new version stands as text below yours, "
            "which is as you wrote it."
        )
        fence = max(re.findall(r"`{3,}", source_of(theirs)), key=len, default="``") + "`"
        text = f"{NEWER}\n\n{fence}python\n{source_of(theirs)}\n{fence}"
        told = new_markdown_cell(text, metadata={"tags": [TAG]})
        return [kept, told]

    def _as_before(self, mine, theirs) -> bool:
        """Whether the course's cell is the one that the student began with."""
        if mine.id in self.given:
            return self.given[mine.id] == text_digest(theirs)
        checksums = [cell.metadata.get("nbgrader", {}).get("checksum") for cell in (mine, theirs)]
        return checksums[0] is not None and checksums[0] == checksums[1]

    def _merged(self, mine, theirs) -> str | None:
        before = self.base.get(mine.id)
        if before is None:
            return None
        lines = merge_lines(*(source_of(cell).split("\n") for cell in (before, mine, theirs)))
        if lines is None:
            return None
        merged = "\n".join(lines)
        if mine.cell_type == "code" and _parses(source_of(mine)) and not _parses(merged):
            return None
        return merged

    def _metadata(self, mine, theirs) -> NotebookNode:
        """The course's metadata, and the student's own beside it."""
        before = self.base.get(mine.id, NotebookNode(metadata={})).metadata
        own = {
            key: value
            for key, value in mine.metadata.items()
            if before.get(key) != value and key != "nbgrader"
        }
        found = deepcopy({**own, **theirs.metadata})
        tags = theirs.metadata.get("tags", []) + [
            tag for tag in own.get("tags", []) if tag not in before.get("tags", [])
        ]
        if tags:
            found["tags"] = list(dict.fromkeys(tags))
        return NotebookNode(found)


# ---- cells


def _grade_id(cell) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _graded(cell) -> bool:
    return _grade_id(cell) is not None


def _label(cell) -> str:
    return f"“{_grade_id(cell) or cell.id}”"


def _written(cell, mine, source: str):
    """The cell with the student's text and pictures."""
    cell.source = source
    attached = {**cell.get("attachments", {}), **mine.get("attachments", {})}
    if attached:
        cell.attachments = NotebookNode(attached)
    return cell


def _stale(cell):
    """The cell with its old output, which its new text did not make: it bears no number."""
    if cell.cell_type == "code":
        cell.execution_count = None
    return cell


def _beside(cell, said: str):
    """The student's version as a cell of their own, which no grader takes for the course's."""
    own = deepcopy(cell)
    own.pop("id", None)
    for key in ("nbgrader", "deletable", "editable"):
        own.metadata.pop(key, None)
    own.metadata["tags"] = list(dict.fromkeys([*own.metadata.get("tags", []), TAG]))
    source = source_of(cell)
    if cell.cell_type == "markdown":
        own.source = f"*{said}*\n\n{source}"
    elif cell.cell_type == "code" and not source.lstrip().startswith("%%"):  # its magic comes first
        own.source = f"# {said}\n{source}"
    return own


def _with_ids(cells: list) -> list:
    """The cells with an id each, none twice."""
    used = {cell.id for cell in cells if "id" in cell}
    seen: set[str] = set()
    for cell in cells:
        wanted = cell.get("id")
        if wanted is None or wanted in seen:
            stem = f"yours-{text_digest(cell)}"
            names = (stem, *(f"{stem}-{n}" for n in range(2, len(cells) + 2)))
            wanted = next(name for name in names if name not in used)
            used.add(wanted)
        cell["id"] = wanted
        seen.add(wanted)
    return cells


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True
