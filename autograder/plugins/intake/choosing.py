"""Which of the files that were handed in is the notebook to grade, wherever it lies."""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode

from autograder.plugins.intake.reading import NotReadable, parse
from autograder.plugins.merged import defined
from autograder.plugins.released import bare

LARGEST, MOST_FOLDERS, DEEPEST, MOST_READ = 200_000_000, 2_000, 6, 20
ASIDE = ("__MACOSX", ".ipynb_checkpoints")
CHANGED = (
    "",
    ".json",
    ".txt",
)  # what becomes of the ending on the way through a browser or a mail program
ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".rar", ".7z")


class Chosen(NamedTuple):
    """The file to grade, and what is to be said of it and of the others."""

    path: Path
    told: tuple[str, ...]


class _Candidate(NamedTuple):
    work: int
    proper: bool
    near: int
    modified: float
    path: Path


def files_below(folder: Path, left_out: Container[Path] = ()) -> list[Path]:
    """The plain files of a submission, those nearest the top first; links are not followed.

    Parameters
    ----------
    folder
        Of the submission.
    left_out
        Files and folders that are not looked at.
    """
    found: list[Path] = []
    for count, (here, folders, names) in enumerate(os.walk(folder)):
        place = Path(here)
        if count == MOST_FOLDERS:
            break
        deep = len(place.relative_to(folder).parts) >= DEEPEST
        folders[:] = (
            []
            if deep
            else sorted(
                name for name in folders if name not in ASIDE and place / name not in left_out
            )
        )
        paths = (place / name for name in sorted(names) if not name.startswith("._"))
        found += [path for path in paths if path not in left_out and _is_plain(path)]
    return sorted(found, key=lambda path: len(path.parts))


def _is_plain(path: Path) -> bool:
    """Whether there is a file, and no link; pathlib raises where a folder may not be entered."""
    return os.path.isfile(path) and not os.path.islink(path)


def may_be_notebook(path: Path) -> bool:
    """Whether a file is called a notebook, or has lost that ending and begins as one does."""
    if path.suffix.lower() == ".ipynb":
        return True
    if (
        path.suffix.lower() not in CHANGED
        and ".ipynb" not in path.name.lower()
        or path.suffix.lower() in ARCHIVES
    ):
        return False
    try:
        with path.open("rb") as file:
            return b'"cells"' in (start := file.read(1 << 16)) and start.lstrip(
                b"\xef\xbb\xbf \r\n\t"
            ).startswith(b"{")
    except OSError:
        return False


def choose(
    folder: Path, lesson: str, given: NotebookNode, left_out: Container[Path] = ()
) -> Chosen | None:
    """The notebook of a lesson in a submission; None when there is none.

    Of several the one with the most work in it is taken: the most exercises and answers that are
    not as they were given. Of those that are equal, the one that has its proper name.

    Parameters
    ----------
    folder, left_out
        As for `files_below`.
    lesson
        Its name, which is also that of the notebook.
    given
        The notebook as students got it.
    """
    proper = folder / f"{lesson}.ipynb"
    named = [path for path in files_below(folder, left_out) if may_be_notebook(path)]
    if named == [proper]:
        return Chosen(proper, ())
    found = []
    for path in named[:MOST_READ]:
        try:
            nb = parse(path.read_bytes()) if path.stat().st_size <= LARGEST else None
        except (OSError, NotReadable):
            continue
        if nb is not None and belongs(nb, lesson, given):
            deep = len(path.relative_to(folder).parts)
            found.append(
                _Candidate(work(nb, given), path == proper, -deep, path.stat().st_mtime, path)
            )
    if not found:
        return Chosen(proper, ()) if proper in named else None
    best = max(found)
    told = []
    only_renamed = (
        len(found) == 1 and best.path.parent == folder and best.path.suffix == ".ipynb"
    )  # as browsers do it every day
    if best.path != proper and not only_renamed:
        told.append(f"{best.path.relative_to(folder)} was graded as {proper.name}")
    for other in found:
        if other is not best:
            held = (
                "no work"
                if other.work == 0
                else "as much work"
                if other.work == best.work
                else "less work"
            )
            told.append(f"{other.path.relative_to(folder)} holds {held} and was not graded")
    return Chosen(best.path, tuple(told))


def _names(cell: NotebookNode) -> set[str]:
    return {cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.get("id", "")} - {""}


def belongs(nb: NotebookNode, lesson: str, given: NotebookNode) -> bool:
    """Whether a notebook is one of a lesson: by what the build wrote into it, else by its graded
    cells."""
    told = nb.metadata.get("backprop", {})
    if isinstance(told, dict) and isinstance(told.get("lesson"), str):
        return told["lesson"] == lesson
    known = [cell for cell in given.cells if "nbgrader" in cell.metadata]
    names, texts = set().union(*map(_names, nb.cells)), {bare(cell.source) for cell in nb.cells}
    met = sum(bool(_names(cell) & names) or bare(cell.source) in texts for cell in known)
    return met > 0 and 2 * met >= len(known)


def work(nb: NotebookNode, given: NotebookNode) -> int:
    """How many exercises and answers of a notebook are not as they were given."""
    count = 0
    for known in given.cells:
        if not known.metadata.get("nbgrader", {}).get("solution"):
            continue
        mine = [cell.source for cell in nb.cells if _names(known) & _names(cell)]
        if not mine and known.cell_type == "code":
            mine = [
                cell.source
                for cell in nb.cells
                if cell.cell_type == "code" and defined(cell.source) & defined(known.source)
            ]
        count += any(bare(text) != bare(known.source) for text in mine)
    return count


def where_it_lies(folder: Path, left_out: Container[Path] = ()) -> str:
    """What was handed in where no notebook is to be found, in words."""
    files = files_below(folder, left_out)
    packed = next((path for path in files if path.suffix.lower() in ARCHIVES), None)
    if packed is not None:
        return (
            f"no notebook was handed in but an archive, {packed.relative_to(folder)}; unpack it"
            " into the submission's folder"
        )
    aside = next(filter(_is_plain, folder.glob("**/.ipynb_checkpoints/*.ipynb")), None)
    if aside is not None:
        return (
            f"no notebook was handed in but a checkpoint, {aside.relative_to(folder)}; copy it into"
            " the submission's folder"
        )
    names = [str(path.relative_to(folder)) for path in files if path.name != "timestamp.txt"]
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        return f"no notebook was handed in but {', '.join(names[:3])}{more}; ask for the notebook"
    return "no notebook was handed in"
