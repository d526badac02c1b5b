"""What a graded notebook can import of this project: copies of the few modules it needs, and
stand-ins for the rest.

The answers are not hidden in the result: they were never put there.
"""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]

#: Everything that is copied as it is. The data carry no answers, the probe knows none.
COPIED = (
    "course/data.py", "course/mnist.py", "course/data",
    *(f"autograder/evidence/{name}.py" for name in (
        "__init__", "answering", "deadline", "drawn", "inputs", "names", "overflow", "plain",
        "probe", "transport", "walk",
    )),
)  # fmt: skip


def stage(folder: Path) -> None:
    """Write the packages ``course`` and ``autograder`` of a graded notebook, and the warm parent's
    program, to a folder.

    Parameters
    ----------
    folder
        Empty. ``packages/`` will hold the two packages, ``program/`` the program.
    """
    packages = folder / "packages"
    shutil.copytree(HERE / "standin", packages, ignore=shutil.ignore_patterns("__pycache__"))
    for name in COPIED:
        source, target = PROJECT / name, packages / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(
                source,
                target,
                ignore=shutil.ignore_patterns("__pycache__"),
                copy_function=_link_or_copy,
            )
        else:
            shutil.copy(source, target)
    program = folder / "program"
    program.mkdir()
    for name in ("warm.py", "lock.py", "quick.py", "shell_lines.py"):
        shutil.copy(HERE / name, program / name)


def _link_or_copy(source: str, target: str) -> str:
    """The data are 11 MB: a second name for the same file is enough where the file system can do
    that."""
    try:
        Path(target).hardlink_to(source)
    except OSError:
        shutil.copy(source, target)
    return target
