"""What lies beside a notebook and what it uses goes with it to where it is graded."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from autograder.kernel.parent import CARRIED
from autograder.plugins.intake.choosing import files_below
from autograder.plugins.intake.reading import NotReadable, parse

LARGEST, MOST = 20_000_000, 100_000_000


def carry(
    notebook: Path, folder: Path, target: Path, left_out: Mapping[Path, str]
) -> tuple[str, ...]:
    """Copy the notebooks that a notebook names into a folder of their own.

    nbgrader would take any at the top for one that is graded.
    Where the notebook lies in a folder of the folder, the files beside it go along too.

    Parameters
    ----------
    notebook
        The file that is graded.
    folder
        The submission, from which nbgrader has copied every other file with its path.
    target
        Where it is graded. No file there is replaced: those of the lesson are there already.
    left_out
        What lies below the notebook's folder and is not used, with the reasons.

    Returns
    -------
    tuple
        What was left out, in words.
    """
    files = [path for path in files_below(notebook.parent, left_out) if path != notebook]
    helpers = [path for path in files if path.suffix == ".ipynb"]
    text = _code(notebook) if helpers else ""
    beside = (
        []
        if notebook.parent == folder
        else [path for path in files if path.suffix != ".ipynb" and path.name != "timestamp.txt"]
    )
    told = [
        f"{path.relative_to(folder)} not used: {why}"
        for path, why in left_out.items()
        if notebook.parent != folder
    ]
    total = 0
    for path in [*(path for path in helpers if path.stem in text), *beside]:
        size = path.stat().st_size
        total += size
        if size > LARGEST or total > MOST:
            told.append(
                f"{path.relative_to(folder)} not used: it is too large to go with the notebook"
            )
            continue
        place = path.relative_to(notebook.parent)
        copy = target / CARRIED / place if path.suffix == ".ipynb" else target / place
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    return tuple(told)


def _code(notebook: Path) -> str:
    try:
        return "\n".join(
            cell.source for cell in parse(notebook.read_bytes()).cells if cell.cell_type == "code"
        )
    except (OSError, NotReadable):  # said when it is converted
        return ""
