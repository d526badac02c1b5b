"""From lesson text to notebooks: ``course/lessons`` -> ``source/`` -> ``release/``, and back again.

The text of a lesson is the one place where it is edited. Everything nbgrader needs is derived from
the cells: which are solutions, which are tests and what they are worth, which are answered in
words. Ids are made from names and headings, never at random, so building twice gives the same
bytes.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Collection
from copy import deepcopy
from pathlib import Path
from typing import cast

import nbformat
from nbformat import NotebookNode
from traitlets.config import Config
from yaml import YAMLError

from course.folder.student_folder import notebook
from course.folder.whole_file import write_whole
from course.making.cells import (
    SOLUTION,
    BuildError,
    checked,
    derive,
    is_plumbing,
    only_predicts,
    slug,
    unique,
    valid_id,
)
from course.making.fingerprints import LANGUAGE, cells_digest, digest, one_newline, trimmed
from course.making.guard import KINDS, built, edited, put
from course.making.round_trip import lost

__all__ = [
    "FORMAT", "LESSONS", "BuildError", "build", "build_into", "checked", "lesson_files",
    "is_plumbing", "make_release", "mark_failing", "only_predicts", "read_lesson", "slug", "source_path", "stale",
    "sync", "unmark_failing", "write_lesson",
]  # fmt: skip

FORMAT = "md:myst"
LESSONS = Path("course") / "lessons"
ATTACHMENTS = "attachments"
MAY_FAIL = "raises-exception"
# what the metadata "jupyter" of a cell says whose code is not shown
FOLDED = {"source_hidden": True}


def lesson_files(root: Path) -> list[Path]:
    """The lesson texts, in order."""
    return sorted((root / LESSONS).glob("[0-9][0-9]-*.md"))


def source_path(root: Path, lesson: Path) -> Path:
    """Where the instructor's notebook of a lesson lies."""
    return root / "source" / lesson.stem / f"{lesson.stem}.ipynb"


# --------------------------------------------------------------------------------- text -> notebook


def read_lesson(text: str, name: str, points: Callable[[str], float]) -> NotebookNode:
    """Build the instructor's notebook from a lesson's text.

    Parameters
    ----------
    text
        The lesson, MyST Markdown.
    name
        Its file name without ending, ``"04-two-two-one"``.
    points
        An exercise's name -> its points. Raises KeyError for a name that is no exercise.

    Raises
    ------
    BuildError
        When a cell cannot be understood; names the lesson and the cell.
    """
    import jupytext  # half of what the command imports, and only a build needs it
    from jupytext.myst import MystMetadataParsingError

    try:
        nb = jupytext.reads(text, FORMAT)
    except (MystMetadataParsingError, YAMLError, nbformat.ValidationError) as problem:
        raise BuildError(f"{name}.md: {problem}") from None
    nb.metadata.pop("jupytext", None)
    for cell in nb.cells:
        if ATTACHMENTS in cell.metadata:  # the format has no place of its own for them
            cell[ATTACHMENTS] = cell.metadata.pop(ATTACHMENTS)
    used: Counter[str] = Counter()
    section = name
    mark_failing(nb)
    for number, cell in enumerate(nb.cells, start=1):
        heading = (
            re.search(r"^#{1,3} +(.+)$", cell.source, re.MULTILINE)
            if cell.cell_type == "markdown"
            else None
        )
        section = heading[1] if heading else section
        try:
            graded = cell.metadata.get("nbgrader") or derive(cell, points)
        except (SyntaxError, KeyError, BuildError) as problem:
            raise BuildError(f"{name}.md, cell {number} (under “{section}”): {problem}") from None
        if graded:
            stem = graded["grade_id"]
            cell.metadata.pop("points", None)
            cell.metadata["nbgrader"] = {
                **graded,
                "grade_id": unique(stem, used, first_plain=True),
            }
            cell["id"] = valid_id(cell.metadata["nbgrader"]["grade_id"])
        else:
            cell["id"] = unique(slug(section), used)[:64]
        if is_plumbing(cell):
            cell.metadata.setdefault("jupyter", NotebookNode(FOLDED))
    nb.metadata["backprop"] = {"lesson": name, "text": digest(text)}
    nb.metadata["backprop"]["cells"] = cells_digest(nb)
    nb.metadata["language_info"] = nbformat.from_dict(LANGUAGE)
    nb.nbformat, nb.nbformat_minor = 4, 5
    try:
        nbformat.validate(nb)
    except nbformat.ValidationError as problem:
        raise BuildError(f"{name}.md gives no sound notebook: {problem}") from None
    return nb


def mark_failing(nb: NotebookNode) -> None:
    """Tag every code cell from the first solution on: unfinished work may stop it, and "Run All"
    goes on.

    JupyterLab, nbclient and nbgrader honour the tag. The cell still fails, and is graded as ever.
    """
    for cell in _may_fail(nb):
        tags = cell.metadata.get("tags", [])
        cell.metadata["tags"] = tags if MAY_FAIL in tags else [*tags, MAY_FAIL]


def unmark_failing(nb: NotebookNode) -> None:
    """Take the tags of `mark_failing` away again."""
    for cell in _may_fail(nb):
        tags = [tag for tag in cell.metadata.pop("tags", []) if tag != MAY_FAIL]
        if tags:
            cell.metadata["tags"] = tags


def _unmarked(nb: NotebookNode) -> NotebookNode:
    """A copy without the tags that the build adds: a cell that an instructor has added does not
    bear one yet."""
    copy = cast("NotebookNode", nbformat.from_dict(deepcopy(nb)))  # of a notebook it is one
    unmark_failing(copy)
    return copy


def _may_fail(nb: NotebookNode) -> list[NotebookNode]:
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    first = next((k for k, cell in enumerate(code) if SOLUTION in cell.source), len(code))
    return code[first:]


# --------------------------------------------------------------------------------- notebook -> text


def write_lesson(nb: NotebookNode, points: Callable[[str], float]) -> str:
    """Bring an instructor's notebook back into lesson text: what can be derived is left out, all
    else is kept."""
    import jupytext

    nb = NotebookNode(nbformat.from_dict(nb))
    nb.metadata.pop("backprop", None)
    nb.metadata.pop("language_info", None)
    unmark_failing(nb)
    for cell in nb.cells:
        cell.metadata.pop("trusted", None)
        cell.metadata.pop("execution", None)
        graded = cell.metadata.pop("nbgrader", None)
        if cell.metadata.get("jupyter") == FOLDED and is_plumbing(cell):
            del cell.metadata["jupyter"]  # derived
        cell.pop("id", None)
        cell.source = trimmed(cell.source)
        if cell.get(ATTACHMENTS):
            cell.metadata[ATTACHMENTS] = cell.pop(ATTACHMENTS)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if not graded or not any(
            graded.get(key) for key in ("grade", "solution", "locked", "task")
        ):
            continue
        if "written" in cell.metadata.get("tags", []):
            cell.metadata["points"] = graded.get("points", 0)
        try:
            derived = derive(cell, points) or {}
        except (SyntaxError, KeyError, BuildError):
            derived = {}
        told = {key: value for key, value in graded.items() if key not in ("checksum", "cell_type")}
        same_id = re.fullmatch(
            re.escape(derived.get("grade_id", "")) + r"(-\d+)?", told["grade_id"]
        )
        if not (same_id and {**derived, "grade_id": ""} == {**told, "grade_id": ""}):
            cell.metadata["nbgrader"] = told
    # nothing is written of nothing
    nb.cells = [c for c in nb.cells if c.source or c.metadata or c.cell_type != "markdown"]
    nb.metadata["jupytext"] = {"text_representation": {"extension": ".md", "format_name": "myst"}}
    return re.sub(
        r"^    (format|jupytext)_version: .*\n", "", jupytext.writes(nb, FORMAT), flags=re.MULTILINE
    )


def sync(root: Path, points: Callable[[str], float]) -> list[Path]:
    """Bring edits made to ``source/`` notebooks back into the lesson texts.

    Returns
    -------
    list of Path
        The lessons that changed.

    Raises
    ------
    BuildError
        When a lesson's text changed as well since the notebook was built; nothing is written then.
    """
    if reasons := edited(root, kinds=["release"]):
        raise BuildError(reasons)
    pending = []
    for lesson in lesson_files(root):
        path = source_path(root, lesson)
        if not path.exists():
            continue
        nb = _read_notebook(path)
        told = nb.metadata.get("backprop", {})
        if told.get("cells") == cells_digest(nb):
            continue
        if told.get("text") != digest(lesson.read_text(encoding="utf-8")):
            raise BuildError(
                f"{_name(root, path)} was edited, and so was {_name(root, lesson)} after the"
                " notebook was built. Nothing was changed. Put one of the two edits aside (git"
                " stash), run the command again, and merge by hand."
            )
        pending.append((lesson, _text_of(root, path, lesson, nb, points)))
    for lesson, text in pending:
        # as git wrote it on this system
        newline = "\r\n" if b"\r\n" in lesson.read_bytes() else "\n"
        write_whole(lesson, text.replace("\n", newline).encode("utf-8"))
    return [lesson for lesson, _ in pending]


def _text_of(
    root: Path, path: Path, lesson: Path, nb: NotebookNode, points: Callable[[str], float]
) -> str:
    """The text of an edited notebook; BuildError where it would not build, or not come back as it
    is."""
    text = write_lesson(nb, points)
    back = read_lesson(text, lesson.stem, points)
    if missing := lost(_unmarked(nb), _unmarked(back)):
        raise BuildError(
            f"{_name(root, path)} cannot be brought into {_name(root, lesson)}: {missing}. Nothing"
            " was changed."
        )
    return text


# ----------------------------------------------------------------------------------------- building


def build(
    root: Path,
    points: Callable[[str], float],
    config: Config,
    force: bool = False,
    synced: Collection[Path] = (),
) -> list[str]:
    """Build ``source/`` and ``release/`` from the lesson texts.

    Parameters
    ----------
    root
        The repository.
    points
        An exercise's name -> its points.
    config
        nbgrader's configuration, which says how a release is made.
    force
        Overwrite notebooks although they were edited.
    synced
        Lessons that hold the edits of their ``source/`` notebooks already.

    Returns
    -------
    list of str
        Files that are none of ours, in folders of lessons that are gone: they were left alone.

    Raises
    ------
    BuildError
        When a lesson cannot be built, or a notebook holds edits that would be lost.
    """
    if not force and (reasons := edited(root, but=[lesson.stem for lesson in synced])):
        raise BuildError(reasons)
    with tempfile.TemporaryDirectory(prefix="backprop-build-") as scratch:
        build_into(Path(scratch), root, points, config)
        return put(Path(scratch), root)


def build_into(target: Path, root: Path, points: Callable[[str], float], config: Config) -> None:
    """Build both kinds of notebooks into another folder."""
    for lesson in lesson_files(root):
        nb = read_lesson(lesson.read_text(encoding="utf-8"), lesson.stem, points)
        path = source_path(target, lesson)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(nbformat.writes(nb) + "\n", encoding="utf-8", newline="\n")
    make_release(target, [lesson.stem for lesson in lesson_files(root)], config)


def make_release(folder: Path, names: list[str], config: Config) -> None:
    """Let nbgrader make ``release/`` from ``source/``, against a gradebook of its own."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    with tempfile.TemporaryDirectory(prefix="backprop-gradebook-") as scratch:
        own = Config(config)
        own.CourseDirectory.root = str(folder)
        own.CourseDirectory.db_url = f"sqlite:///{scratch}/gradebook.db"
        api = NbGraderAPI(CourseDirectory(config=own), config=own)
        for name in names:
            result = api.generate_assignment(name, force=True, create=True)
            if not result["success"]:
                said = result.get("log") or result.get("error") or "no reason given"
                raise BuildError(f"nbgrader could not make the release of {name}:\n{said}")


def stale(root: Path, points: Callable[[str], float], config: Config) -> list[str]:
    """Which notebooks differ from what the lesson texts give. Empty when all is fresh."""
    with tempfile.TemporaryDirectory(prefix="backprop-build-") as scratch:
        fresh = Path(scratch)
        build_into(fresh, root, points, config)
        stale_ones = []
        for kind in KINDS:
            wanted, present = set(built(fresh, kind)), set(built(root, kind))
            same = {
                name
                for name in wanted & present
                if _bytes(fresh, kind, name) == _bytes(root, kind, name)
            }
            stale_ones += [f"{kind}/{name}/{name}.ipynb" for name in (wanted | present) - same]
        return sorted(stale_ones)


def _bytes(root: Path, kind: str, name: str) -> bytes:
    """A notebook's bytes, whichever newlines git wrote on this system."""
    return notebook(root / kind, name).read_bytes().replace(b"\r\n", b"\n")


def _read_notebook(path: Path) -> NotebookNode:
    try:
        nb = nbformat.read(path, as_version=4)
        for cell in nb.cells:
            cell.source = one_newline(cell.source)
        return nb
    except (ValueError, KeyError, AttributeError, nbformat.reader.NotJSONError) as problem:
        raise BuildError(
            f"{path.name} is not a readable notebook ({problem}). Restore it with git checkout."
        ) from None


def _name(root: Path, path: Path) -> str:
    return str(path.relative_to(root))
