"""The folder of a class, as its own configuration describes it: who reads a class asks here, not
for fixed names."""

from __future__ import annotations

import glob
import re
from pathlib import Path
from typing import NamedTuple

from jupyter_core.paths import jupyter_config_path
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

CONFIG = "nbgrader_config.py"
_STUDENT, _LESSON = "backpropSTUDENTbackprop", "backpropLESSONbackprop"


class Submission(NamedTuple):
    """A folder that somebody handed in."""

    student: str
    lesson: str
    folder: Path


def find_class(start: Path) -> Path | None:
    """The nearest folder upwards that holds an ``nbgrader_config.py``; None where there is none."""
    return next((folder for folder in (start, *start.parents) if (folder / CONFIG).is_file()), None)


def configuration(root: Path) -> Config:
    """What nbgrader is told in a folder: the user's own settings first, then the folder's file.

    Parameters
    ----------
    root
        The folder of a class.
    """
    config = Config()
    for folder in [*reversed(jupyter_config_path()), str(root)]:
        try:
            config.merge(PyFileConfigLoader(CONFIG, path=folder).load_config())
        except ConfigFileNotFound:
            continue
    return config


def open_class(root: Path) -> CourseDirectory:
    """The folders of a class, as its configuration names them.

    Parameters
    ----------
    root
        The folder that the class's ``nbgrader_config.py`` lies in; what the file says of the root
        goes before it.
    """
    config = configuration(root)
    if "root" not in config.CourseDirectory:
        config.CourseDirectory.root = str(root)
    return CourseDirectory(config=config)


def folder_of(directory: CourseDirectory, step: str, student: str, lesson: str) -> Path:
    """Where a lesson lies in one step of the way: ``step`` is ``directory.submitted_directory`` and
    its like."""
    return Path(directory.format_path(step, student, lesson))


def submissions(directory: CourseDirectory) -> list[Submission]:
    """Every folder that lies where one that was handed in would lie, by student and lesson; files
    are left out."""
    shape = directory.format_path(directory.submitted_directory, _STUDENT, _LESSON)
    pattern = glob.escape(shape).replace(_STUDENT, "*").replace(_LESSON, "*")
    wanted = (
        re.escape(shape)
        .replace(_STUDENT, "(?P<student>[^/\\\\]+)")
        .replace(_LESSON, "(?P<lesson>[^/\\\\]+)")
    )
    found = [
        Submission(m["student"], m["lesson"], Path(path))
        for path in glob.glob(pattern)
        if (m := re.fullmatch(wanted, path)) and Path(path).is_dir()
    ]
    return sorted(found)


def strays(directory: CourseDirectory, known: set[str]) -> list[str]:
    """What lies among the submissions and is none: files, and folders of a lesson that the
    gradebook does not know.

    Parameters
    ----------
    known
        The lessons of the gradebook.
    """
    shape = directory.format_path(directory.submitted_directory, _STUDENT, _LESSON)
    pattern = glob.escape(shape).replace(_STUDENT, "*").replace(_LESSON, "*")
    root = Path(directory.root)
    odd = [
        f"{submission.folder.relative_to(root)}: a lesson of that name is not in the gradebook"
        for submission in submissions(directory)
        if submission.lesson not in known
    ]
    for path in map(Path, glob.glob(pattern) + glob.glob(str(Path(pattern).parent))):
        if not path.is_dir():
            odd.append(f"{path.relative_to(root)}: a file, where a folder is expected")
    return sorted(odd)
