"""Look at what was handed in before any of it is copied or read: only plain files and plain folders
are.

A link may lead to another student's work or to the gradebook, a named pipe never ends, and a file
beside the notebook may have the name of a module. Nothing in ``submitted/`` is changed: what is not
used is named, and the rest is graded.
"""

from __future__ import annotations

import glob
import importlib.machinery
import importlib.util
import os
import re
import stat
import sys
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from autograder.plugins.intake.carrying import carry
from autograder.plugins.intake.choosing import Chosen, choose, files_below, may_be_notebook
from autograder.plugins.intake.reading import parse
from autograder.plugins.kept import graded_before
from autograder.plugins.released import released
from autograder.plugins.waiting import begin

LARGEST_NOTEBOOK, LARGEST_FILE, LARGEST_ALL = 200_000_000, 20_000_000, 100_000_000
MOST_FILES, MOST_ENTRIES, MOST_NAMED = 500, 20_000, 100
SPECIAL = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
OURS = frozenset({"course", "autograder", "nbgrader_config", "sitecustomize", "usercustomize"})
PATTERN = re.compile(r"[*?\[]")
UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
TIME = "timestamp.txt"


class Found(NamedTuple):
    """What a look at a submission found: why it cannot be graded (None when it can), and what is
    not used, with the reason."""

    refused: str | None
    left_out: dict[Path, str]


def look(folder: Path, submitted: Path, lesson: str) -> Found:
    """Look at a submission without reading or following anything in it.

    Parameters
    ----------
    folder
        The submission: ``submitted/<student>/<lesson>``.
    submitted
        The folder of all submissions.
    lesson
        The name that the notebook should have.
    """
    for part in [*reversed(folder.relative_to(submitted).parents), folder.relative_to(submitted)]:
        if UNSHOWABLE.search(part.name):
            return Found(
                f"the folder name {part.name!r} holds characters that cannot be shown; rename the"
                " folder",
                {},
            )
        if PATTERN.search(part.name):
            return Found(
                f"the folder name {part.name!r} holds *, ? or [, which nbgrader takes for a"
                " pattern; rename the folder",
                {},
            )
        if part.name and (submitted / part).is_symlink():
            return Found(
                f"the folder {part.name} is {_link(submitted / part)}; put the files themselves"
                " there",
                {},
            )
    left_out: dict[Path, str] = {}
    count = size = entries = 0
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        for entry in _entries(here, left_out):
            entries += 1
            if entries > MOST_ENTRIES:
                return Found(
                    f"more than {MOST_ENTRIES:,} files and folders were handed in; ask for the"
                    " notebook alone",
                    {},
                )
            path = Path(entry.path)
            reason = _reason(entry, here == folder)
            if reason:
                left_out[path] = reason
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            elif path.suffix != ".ipynb" and path.name != TIME:
                count, size = count + 1, size + entry.stat(follow_symlinks=False).st_size
    if count > MOST_FILES or size > LARGEST_ALL or len(left_out) > MOST_NAMED:
        notebooks = {
            path: why
            for path, why in left_out.items()
            if path.parent == folder and path.suffix == ".ipynb" or path.name == TIME
        }
        many = (
            f"{count + len(left_out):,} files beside the notebook, {size // 1_000_000:,} MB, are"
            " more than are looked at"
        )
        left_out = {**notebooks, folder: many}
    return Found(_hopeless(folder, lesson, left_out), left_out)


def _entries(folder: Path, left_out: dict[Path, str]) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as found:
            return [entry for _, entry in zip(range(MOST_ENTRIES + 1), found, strict=False)]
    except OSError as problem:
        left_out[folder] = f"it cannot be read ({problem.strerror})"
        return []


def _reason(entry: os.DirEntry, beside: bool) -> str | None:
    """Why a file or folder is not used; `beside` says that it lies beside the notebook."""
    path = Path(entry.path)
    try:
        told = entry.stat(follow_symlinks=False)
    except OSError as problem:  # a folder that may be listed and not entered
        return f"it cannot be read ({problem.strerror})"
    if entry.is_symlink():
        return f"it is {_link(path)}"
    if not (stat.S_ISREG(told.st_mode) or stat.S_ISDIR(told.st_mode)):
        return f"it is {SPECIAL.get(stat.S_IFMT(told.st_mode), 'no file')}"
    if not os.access(path, os.R_OK):
        return "it cannot be read (permissions)"
    if UNSHOWABLE.search(entry.name):
        return "its name holds characters that cannot be shown"
    most = LARGEST_NOTEBOOK if path.suffix == ".ipynb" else LARGEST_FILE
    if stat.S_ISREG(told.st_mode) and told.st_size > most:
        return f"it holds {told.st_size / 1e6:,.0f} MB, more than {most // 1_000_000}"
    if beside and _shadows(path, stat.S_ISDIR(told.st_mode)):
        return "it has the name of a module that grading uses itself"
    return None


def _link(path: Path) -> str:
    return f"a link to {os.readlink(path)[:120]!r}, not a file"


def _shadows(path: Path, folder: bool) -> bool:
    """Whether a file or folder beside a notebook would be imported in place of a module that is
    installed."""
    endings = importlib.machinery.all_suffixes()
    name = (
        path.name
        if folder
        else next((path.name.removesuffix(s) for s in endings if path.name.endswith(s)), "")
    )
    if not name.isidentifier():
        return False
    if name in OURS or name in sys.stdlib_module_names:
        return True
    try:
        known = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    return known is not None and known.origin is not None


def _hopeless(folder: Path, lesson: str, left_out: dict[Path, str]) -> str | None:
    """Why nothing can be graded, when what is left out is needed."""
    if folder in left_out and left_out[folder].startswith("it cannot"):
        return f"the folder {left_out[folder].removeprefix('it ')}"
    if (notebook := folder / f"{lesson}.ipynb") in left_out:
        return f"{notebook.name} is not read: {left_out[notebook]}; ask for the notebook itself"
    if (time := folder / TIME) in left_out:
        return (
            f"{TIME} is not read: {left_out[time]}; delete it or write the time into a file of that"
            " name"
        )
    if time.exists():
        said = time.read_bytes()[:100] if time.stat().st_size <= 100 else b"(too much)"
        try:
            if said.strip():
                parse_utc(said.decode().strip())
        except (ValueError, OverflowError):
            return f"{TIME} says no time but {said[:40]!r}; delete it or write the time into it"
    return None


class Intake(NotebookExporter):
    """nbgrader's door between listing the submissions and grading them: the exporter of its
    autograde.

    nbgrader makes it once a run, when it knows what is to be graded and has not touched any of it.
    Submissions that cannot be graded are taken off the list here, and what is not to be copied is
    ignored. Later it reads each notebook.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._chosen: dict[str, Chosen] = {}
        self._file, self._noted = "", ()
        if isinstance(self.parent, Autograde):
            self._take_in(self.parent)
            self.graded_before = graded_before(self.parent)

    def _take_in(self, converter: Autograde) -> None:
        directory = converter.coursedir
        submitted, ignored = submitted_folder(directory), []
        given = released(directory, directory.assignment_id)
        for assignment in list(converter.assignments):
            found = look(Path(assignment), submitted, directory.assignment_id)
            if found.refused:
                self.log.error("%r is not graded: %s", assignment, found.refused)
                del converter.assignments[assignment]
                continue
            for path, why in found.left_out.items():
                self.log.warning("%r is not used: %s", str(path), why)
            ignored += [glob.escape(str(path)) for path in found.left_out]
            notebooks = [
                path
                for path in converter.assignments[assignment]
                if Path(path) not in found.left_out and os.path.lexists(path)
            ]
            chosen = (
                choose(Path(assignment), directory.assignment_id, given, found.left_out)
                if given
                else None
            )
            if chosen:
                notebooks = self._under_its_name(
                    Path(assignment), directory.assignment_id, chosen, notebooks
                )
            if notebooks:
                converter.assignments[assignment] = notebooks
            else:
                self.log.error("%r is not graded: no notebook of this lesson is in it", assignment)
                del converter.assignments[assignment]
        mine = glob.escape(str(submitted)) + os.sep
        directory.ignore = [
            pattern for pattern in directory.ignore if not pattern.startswith(mine)
        ] + ignored
        if not converter.assignments:
            raise NbGraderException(
                "Nothing is left to grade. What was refused stands above, with the reason."
            )

    def _under_its_name(
        self, folder: Path, lesson: str, chosen: Chosen, others: list[str]
    ) -> list[str]:
        """What nbgrader takes for the notebook: its proper path, from which `from_filename` finds
        the file that was chosen."""
        proper = folder / f"{lesson}.ipynb"
        self._chosen[str(proper)] = chosen
        if chosen.path != proper:
            self.log.warning(
                "%s was handed in as %s; it is graded under its proper name",
                proper.name,
                chosen.path.relative_to(folder),
            )
        for text in chosen.told:
            self.log.warning("%r: %s", str(folder), text)
        return [str(proper), *(path for path in others if path != str(proper))]

    def from_filename(self, filename, resources=None, **kw):
        """Convert a notebook; when it is read as it was handed in, the file that was chosen for
        it."""
        chosen = self._chosen.get(filename) if getattr(self.parent, "_sanitizing", False) else None
        if chosen is None:
            self._file, self._noted = "", ()
            return super().from_filename(filename, resources=resources, **kw)
        told = resources["nbgrader"]
        beside = look(chosen.path.parent, submitted_folder(self.parent.coursedir), told["notebook"])
        target = Path(self.parent._format_dest(told["assignment"], told["student"]))
        more = (
            ()
            if beside.refused
            else carry(chosen.path, Path(filename).parent, target, beside.left_out)
        )
        self._file, self._noted = (
            str(chosen.path.relative_to(Path(filename).parent)),
            (
                *chosen.told,
                *more,
            ),
        )
        return super().from_filename(str(chosen.path), resources=resources, **kw)

    def from_file(self, file_stream, resources=None, **kw):
        """Convert a notebook as it was handed in, without its outputs."""
        nb = parse(file_stream.buffer.read())
        if getattr(self.parent, "_sanitizing", False):
            begin(nb, self._file, self._noted)
        return self.from_notebook_node(nb, resources=resources, **kw)


def submitted_folder(directory: CourseDirectory) -> Path:
    """The folder in which the students' folders are."""
    parts = Path(directory.format_path(directory.submitted_directory, "\0", "\0")).parts
    return Path(*takewhile(lambda part: "\0" not in part, parts))


def list_everything() -> None:
    """Let nbgrader's autograde also list submissions whose notebook lies in a folder of the folder,
    or is called otherwise.

    nbgrader lists a submission only when there is an ``.ipynb`` at its top, and offers no door
    before that.
    """
    listed = Autograde.init_notebooks
    if getattr(listed, "lists_everything", False):
        return

    def init_notebooks(self: Autograde) -> None:
        lesson = self.coursedir.assignment_id
        top = Path(self._format_source(lesson, self.coursedir.student_id))
        folders = (
            [Path(found) for found in glob.glob(str(top))]
            if self.coursedir.notebook_id == "*"
            else []
        )
        bare = [
            folder
            for folder in folders
            if os.path.isdir(folder)
            and not os.path.islink(folder)
            and not list(folder.glob("*.ipynb"))
        ]
        deeper = {
            str(folder): [str(folder / f"{lesson}.ipynb")]
            for folder in bare
            if any(map(may_be_notebook, files_below(folder)))
        }
        if deeper and len(bare) == len(folders):
            self.assignments, self.notebooks = deeper, []
            return
        listed(self)
        self.assignments.update(deeper)

    init_notebooks.lists_everything = True
    Autograde.init_notebooks = init_notebooks
