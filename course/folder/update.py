"""``backprop update``: a newer release comes to the student's folder; what was written there stays.

A notebook that changes is copied to ``.backprop/backup/`` first, and replaced whole or not at all.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines

from course.folder.carry import Carried, carry_forward
from course.folder.student_folder import (
    HIDDEN,
    FolderError,
    base,
    dump,
    free,
    is_edited,
    keep_base,
    lessons,
    notebook,
    read_notebook,
)  # fmt: skip
from course.folder.whole_file import write_whole
from course.making.fingerprints import KEY, release_digest, released

ONLY_LOOK = "Nothing was changed: --check only says what would be."
CLOSE = "If one of these is open in JupyterLab, close its tab and open it again before you go on."


def update(release: Path, folder: Path, check: bool = False) -> list[str]:
    """Bring the notebooks of a student's folder to the release.

    Parameters
    ----------
    release, folder : Path
    check : bool
        Only say what would change.

    Returns
    -------
    list of str
        What happened, in lines for the reader.

    Raises
    ------
    FolderError
        When there is no such folder.
    """
    if not folder.is_dir():
        raise FolderError(f"{folder} is no folder. `backprop lab` makes it and copies the lessons.")
    names, lines, changed = lessons(release), [], False
    for name in names:
        said, did = _update_lesson(release, folder, name, check)
        lines += said
        changed = changed or did
    for name in lessons(folder):
        if name not in names and base(folder, name).exists():
            lines.append(f"{name} is no longer in the course; it stays as it is.")
    if changed:
        lines.append(ONLY_LOOK if check else CLOSE)
    return lines or [
        f"Every notebook in {folder.name}/ is of this release already; nothing was changed."
    ]


def _update_lesson(release: Path, folder: Path, name: str, check: bool) -> tuple[list[str], bool]:
    """What there is to say of a lesson, and whether it changes."""
    path = notebook(folder, name)
    if not path.exists():
        return [f"{name} is not there; `backprop lab` copies it."], False
    try:
        if is_edited(release, name):
            return [
                f"release/{name}/{name}.ipynb was edited, so {name} was left alone. `backprop lab` "
                "copies the edits beside your notebook; then `git checkout release/` puts the "
                "course's own back."
            ], False
        new = _read(notebook(release, name))
    except (OSError, ValueError) as problem:
        said = f"release/{name}/{name}.ipynb cannot be read ({problem}); {name} was left alone."
        return [said], False
    if KEY not in new.metadata:
        return [], False
    try:
        content = path.read_bytes()
        mine = _read(path)
    except OSError as error:
        return [f"{name}/{name}.ipynb cannot be read ({error.strerror}); it was left alone."], False
    except ValueError:
        return [
            f"{name}/{name}.ipynb is not a readable notebook; it was left alone. To begin afresh "
            "move it away and run `backprop lab`."
        ], False
    if released(mine) == released(new):
        return [], False
    carried = carry_forward(mine, new, _base(folder, name, mine))
    if check:
        return [f"{name} would be brought forward: {_counted(carried)}.", *_notes(carried)], True
    try:
        backup = _write(path, folder, name, content, carried.nb)
        keep_base(release, folder, name)
    except OSError as error:
        return [f"{name} could not be written ({error.strerror}); it is as it was."], False
    where = backup.relative_to(folder.parent)
    said = f"{name} brought forward: {_counted(carried)}. As it was: {where}"
    return [said, *_notes(carried)], True


def _read(path: Path) -> NotebookNode:
    """A notebook that nbformat finds nothing wrong with, of today's format; ValueError
    otherwise."""
    read_notebook(path)
    try:
        nb = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nb = nbformat.v4.upgrade(nb)
        nbformat.validate(nb, relax_add_props=True)
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError) as problem:
        raise ValueError(str(problem).partition("\n")[0]) from None
    return nb


def _base(folder: Path, name: str, mine: NotebookNode) -> NotebookNode | None:
    """The release that a notebook was made from; None where it is not here, or not whole."""
    try:
        found = _read(base(folder, name))
    except (OSError, ValueError):
        return None
    whole = released(found) == release_digest(found)
    return found if whole and released(found) == released(mine) else None


def _write(path: Path, folder: Path, name: str, content: bytes, nb: NotebookNode) -> Path:
    """Keep the old notebook and put the new one in its place; where the old one is kept."""
    backups = folder / HIDDEN / "backup"
    backups.mkdir(parents=True, exist_ok=True)
    backup = free(backups, f"{name}-{datetime.now():%Y-%m-%d-%H%M%S}", ".ipynb")
    write_whole(backup, content)
    nbformat.validate(nb, relax_add_props=True)
    if path.read_bytes() != content:
        raise OSError(None, "it is being written by another program; run this again")
    write_whole(path, dump(_lines(nb)))
    return backup


def _lines(nb: NotebookNode) -> dict:
    """As a file holds it: texts as lists of lines."""
    return split_lines(nbformat.from_dict(nb))


def _counted(carried: Carried) -> str:
    counts = (
        (carried.renewed, "cell", "cells", "of the course renewed"),
        (carried.added, "cell", "cells", "added"),
        (
            carried.dropped,
            "cell",
            "cells",
            "that the course dropped, not touched by you, taken out",
        ),
    )
    said = [f"{n} {one if n == 1 else many} {what}" for n, one, many, what in counts if n]
    return ", ".join(said) or "no text changed, only what the course notes beside the cells"


def _notes(carried: Carried) -> list[str]:
    return [f"    {note}" for note in carried.notes]
