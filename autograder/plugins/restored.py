"""Locked cells of a submission are put back as they were released.

What a student wrote into them is kept beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.preprocessors import OverwriteCells

from autograder.plugins.merged import additions, defined, is_prose, parses, parted
from autograder.plugins.released import Given, bare, given_cells, is_a_release, other_texts
from autograder.plugins.twins import name_of
from autograder.plugins.waiting import note

LOST_ANSWER = (
    "*This answer cell was missing from the submission and was put back. "
    "The answer may stand in another cell.*"
)
IN_QUESTION = (
    "*This was written into the cell of the question above, and stands here to be graded.*"
)
BESIDE = "*Nothing was written into this cell. The answer may stand in the cell above or below it.*"
MAKE = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


class RestoreCells(OverwriteCells):
    """nbgrader's OverwriteCells, which also puts back deleted cells and keeps what was written in.

    Cells that were merged are taken apart again. A student's own lines in a locked cell become a
    cell of their own at that place; in a question, the answer that waits to be graded by hand.

    nbgrader can add missing cells by itself, but fails the whole submission when the cell before a
    missing one is missing too, or when a cell was duplicated. Here a missing cell goes after the
    nearest cell before it that is still there. A test cell whose solution is missing as well goes
    to the end: the work may stand in a cell of the student's own. So may a written answer; the cell
    that is put back for it says so, and waits to be graded by hand.

    A cell that lost its metadata (some programs drop them) is recognised by its id, which is the
    name of the graded cell, or by what stands in it.
    """

    def preprocess(self, nb, resources):
        """Put every graded cell back where it was, with the work that is found for it."""
        for cell in nb.cells:  # a duplicate that lost its id is an ordinary cell
            if not name_of(cell):
                cell.metadata.pop("nbgrader", None)
        source = given_cells(resources, self.parent)
        self._recognise(nb, source)
        told = resources["nbgrader"]
        others = other_texts(self.parent, told["assignment"], told["notebook"])
        self._take_apart(nb, source)
        self._find_work(nb, source, others)
        self._keep_additions(nb, source)
        nb, resources = super().preprocess(nb, resources)
        self._restore(nb, source)
        self._look_beside(nb, source, others)
        return nb, resources

    def _recognise(self, nb: NotebookNode, source: list[Given]) -> None:
        present = {name_of(cell) for cell in nb.cells}
        lost = {
            (known.name[:64], known.cell_type): known
            for known in source
            if known.name not in present
        }
        for cell in nb.cells:
            known = (
                lost.pop((cell.get("id"), cell.cell_type), None)
                if "nbgrader" not in cell.metadata
                else None
            )
            if known:
                self.log.warning(
                    "The cell %s had lost its metadata; it was recognised by its id", known.name
                )
                cell.metadata["nbgrader"] = dict(known.told)

    # ---- cells that were merged

    def _take_apart(self, nb: NotebookNode, source: list[Given]) -> None:
        """Cut cells where they hold the text of a locked cell that has none of its own any more."""
        present = {name_of(cell) for cell in nb.cells}
        cells: list[NotebookNode] = []
        locked = [known for known in source if known.locked]
        for cell in nb.cells:
            name = name_of(cell)
            own = next((known for known in locked if known.name == name), None)
            missing = [
                known
                for known in locked
                if known.name not in present and known.cell_type == cell.cell_type
            ]
            blocks = [own, *missing] if own else missing
            pieces = parted(cell.source, [known.shown for known in blocks])
            found = [k for _, k in pieces if k is not None]
            if not found or (own and len(pieces) == 1) or _breaks(cell, pieces):
                cells.append(cell)
                continue
            self.log.warning(
                "The text of %s was found in a cell", ", ".join(blocks[k].name for k in found)
            )
            keeper = next(
                (i for i, (_, k) in enumerate(pieces) if k == (0 if own and 0 in found else None)),
                None,
            )
            for i, (text, k) in enumerate(pieces):
                piece = cell if i == keeper else self._cell(nb, cell.cell_type, text)
                piece.source = text
                if k is not None and i != keeper:
                    piece.metadata["nbgrader"] = dict(blocks[k].told)
                    present.add(blocks[k].name)
                elif k is None and not name_of(piece):
                    self._claim(piece, cells, source, present)
                following = (
                    blocks[pieces[i + 1][1]].name
                    if i + 1 < len(pieces) and pieces[i + 1][1] is not None
                    else ""
                )
                if k is not None or not self._answers(piece, (_last(cells), following), source, nb):
                    cells.append(piece)
        nb.cells = cells

    def _find_work(self, nb: NotebookNode, source: list[Given], others: frozenset[str]) -> None:
        """Find answers whose cells lost their names, by what a cell defines or the question
        above."""
        present = {name_of(cell) for cell in nb.cells}
        for cell in reversed(nb.cells):
            if cell.cell_type == "code" and not name_of(cell):
                self._claim(cell, [], source, present)
        for above, cell in zip(nb.cells, nb.cells[1:], strict=False):
            if (
                cell.cell_type == "markdown"
                and not name_of(cell)
                and others
                and bare(cell.source) not in others
            ):
                self._claim(cell, [above], source, present)

    def _cell(
        self, nb: NotebookNode, cell_type: str, text: str, name: str = "kept"
    ) -> NotebookNode:
        """A new cell, with an id that no other one has."""
        self._made = getattr(self, "_made", 0) + 1
        used = {cell.get("id") for cell in nb.cells}
        name = next(
            n
            for n in (f"{name[:50]}-{k}" for k in range(self._made, self._made + len(used) + 2))
            if n not in used
        )
        return MAKE[cell_type](text, id=name)

    def _claim(
        self,
        piece: NotebookNode,
        before: list[NotebookNode],
        source: list[Given],
        present: set[str],
    ) -> None:
        """Let a piece be the missing solution or answer that it is, if it is one."""
        for known in source:
            if (
                known.locked
                or not known.told["solution"]
                or known.name in present
                or known.cell_type != piece.cell_type
            ):
                continue
            above = _last(before)
            if (
                piece.cell_type == "code"
                and defined(piece.source) & defined(known.shown)
                or above
                and above == _question_of(known, source)
            ):
                piece.metadata["nbgrader"] = dict(known.told)
                present.add(known.name)
                return

    def _answers(
        self, piece: NotebookNode, questions: Iterable[str], source: list[Given], nb: NotebookNode
    ) -> bool:
        """Whether a piece stood in the cell of a question whose answer is untouched; then it is
        it."""
        if name_of(piece) or piece.cell_type != "markdown":
            return False
        for answer in filter(None, (_answer_to(question, source) for question in questions)):
            cell = next((c for c in nb.cells if name_of(c) == answer.name), None)
            if cell is not None and answer.is_untouched(cell.source):
                cell.source = f"{IN_QUESTION}\n\n{piece.source}"
                note(nb, f"{answer.name}: the answer was written into the cell of its question")
                return True
        return False

    # ---- own lines in a locked cell

    def _keep_additions(self, nb: NotebookNode, source: list[Given]) -> None:
        """Put what was written into locked cells into cells of its own, before they are
        overwritten."""
        locked = {known.name: known for known in source if known.locked}
        cells: list[NotebookNode] = []
        for cell in nb.cells:
            known = locked.get(name_of(cell))
            # a text that was given out in other words is nobody's addition; set-up that was is
            # kept, as cells of that release may need its names
            if known and (known.cell_type != "code" or known.told["grade"]) and is_a_release(cell):
                cells.append(cell)
                continue
            above, below = additions(cell.source, known.shown) if known else ("", "")
            if cell.cell_type == "code" and not (parses(above) and parses(below)):
                above, below = self._whole(nb, cell, known)
            if known and _answer_to(known.name, source):
                above, below = "", "\n\n".join(filter(None, (above, below)))
            kept = [
                self._cell(nb, cell.cell_type, text) if text.strip() else None
                for text in (above, below)
            ]
            if any(kept):
                self.log.warning(
                    "Something was written into the locked cell %s; it stands in a cell of its own",
                    known.name,
                )
            cells += [piece for piece in (kept[0], cell) if piece is not None]
            if kept[1] is not None and not self._answers(kept[1], (_last(cells),), source, nb):
                cells.append(kept[1])
        nb.cells = cells

    def _whole(self, nb: NotebookNode, cell: NotebookNode, known: Given) -> tuple[str, str]:
        """Own lines that cannot be separated from a locked cell's are kept with all of it."""
        if not parses(cell.source):
            waits = known.name if known.told["grade"] else None
            note(
                nb,
                f"{known.name}: the locked cell was edited, and is no Python as it was handed in; a"
                " person should look at it",
                waits,
            )
        return (cell.source, "") if known.told["grade"] else ("", cell.source)

    # ---- cells that are missing

    def _restore(self, nb: NotebookNode, source: list[Given]) -> None:
        present = _places(nb)
        for position, known in enumerate(source):
            if known.name in present or not (known.locked or known.told["grade"]):
                continue
            before = [present[s.name] for s in source[:position] if s.name in present]
            if (
                known.told["grade"]
                and known.locked
                and not _tested(source[:position]) <= present.keys()
            ):
                at = len(nb.cells)
            else:
                at = max(before) + 1 if before else 0
            self.log.warning(
                "The cell %s was missing from the submission; it was put back", known.name
            )
            make = new_code_cell if known.cell_type == "code" else new_markdown_cell
            text = f"{LOST_ANSWER}\n\n{known.text}" if known.written else known.text
            nb.cells.insert(
                at,
                make(text, id=f"{known.name}-again"[:64], metadata={"nbgrader": dict(known.told)}),
            )
            present = _places(nb)

    # ---- answers in cells of the student's own

    def _look_beside(self, nb: NotebookNode, source: list[Given], others: frozenset[str]) -> None:
        """Let an untouched answer wait for a person when there is a cell of the student's own
        beside it."""
        for known in source:
            place = next(
                (i for i, cell in enumerate(nb.cells) if name_of(cell) == known.name), None
            )
            if (
                place is None
                or not known.written
                or known.cell_type != "markdown"
                or not known.is_untouched(nb.cells[place].source)
            ):
                continue
            beside = [
                *_own(reversed(nb.cells[:place]), others),
                *_own(nb.cells[place + 1 :], others),
            ]
            if any(not known.is_untouched(cell.source) for cell in beside):
                nb.cells[place].source = f"{BESIDE}\n\n{nb.cells[place].source}"
                note(
                    nb,
                    f"{known.name}: nothing was written into its cell; the answer may stand in a"
                    " cell beside it",
                )


def _places(nb: NotebookNode) -> dict[str, int]:
    """Where the graded and locked cells stand, by their names."""
    return {name: i for i, cell in enumerate(nb.cells) if (name := name_of(cell))}


def _own(cells: Iterable[NotebookNode], others: frozenset[str]) -> Iterator[NotebookNode]:
    """Of cells in a row, those up to the next given one which hold words of the student's."""
    for cell in cells:
        if name_of(cell) or bare(cell.source) in others:
            return
        if cell.source.strip() and (cell.cell_type != "code" or is_prose(cell.source)):
            yield cell


def _breaks(cell: NotebookNode, pieces: list[tuple[str, int | None]]) -> bool:
    """Whether a cell that is Python would fall into pieces that are none."""
    return (
        cell.cell_type == "code"
        and parses(cell.source)
        and not all(parses(text) for text, _ in pieces)
    )


def _last(cells: list[NotebookNode]) -> str:
    return name_of(cells[-1]) if cells else ""


def _answer_to(question: str, source: list[Given]) -> Given | None:
    """The written answer that follows a question."""
    for known, following in zip(source, source[1:], strict=False):
        if (
            known.name == question
            and known.locked
            and not known.told["grade"]
            and following.written
            and following.cell_type == "markdown"
        ):
            return following
    return None


def _question_of(answer: Given, source: list[Given]) -> str:
    found = next(
        (
            known.name
            for known in source
            if (a := _answer_to(known.name, source)) and a.name == answer.name
        ),
        "",
    )
    return found


def _tested(source: list[Given]) -> set[str]:
    """The solution cells between the last test cell and the end of `source`: what a test here
    tests."""
    names: set[str] = set()
    for known in reversed(source):
        if known.told["grade"]:
            break
        if known.told["solution"]:
            names.add(known.name)
    return names
