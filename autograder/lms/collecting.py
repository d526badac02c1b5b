"""Submissions from a platform's zips into the class: ``backprop collect``.

What is taken is the newest that each student handed in, unless an earlier one holds more work: a
later upload by mistake hides nothing. What stands in ``submitted/`` is moved aside before another
takes its place.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.lms.owners import Owners, advice
from autograder.lms.people import People, people_of
from autograder.lms.problem import Refused
from autograder.lms.said import Asked, keep_what_is_said, with_what_was_said
from autograder.lms.sheets import read_sheet
from autograder.lms.times import when, written
from autograder.lms.unpacked import archive_folder, keep, unpack
from autograder.lms.zips import Handed, Source, proper_name
from autograder.plugins.directory import configuration, folder_of, open_class
from autograder.plugins.intake.choosing import choose, work
from autograder.plugins.intake.reading import NotReadable, parse

TIMESTAMP = "timestamp.txt"
NAME = re.compile(r"[^/\\+*?\[\]\x00-\x1f\x7f.-][^/\\+*?\[\]\x00-\x1f\x7f]*")


@dataclass
class Collected:
    """What came of a run: the ids of students, and lines on what needs an instructor's eye."""

    lesson: str
    taken: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@dataclass
class _Candidate:
    """One submission of a student, as it would stand in the class."""

    handed: Handed
    folder: Path
    content: dict[str, bytes]
    work: int = -1

    @property
    def order(self) -> tuple[int, float]:
        return self.handed.upload, self.handed.made

    @property
    def named(self) -> str:
        return f"{self.handed.files[0][0].member} of {self.handed.archive}"


def collect(root: Path, lesson: str, archives: list[Path], asked: Asked | None = None) -> Collected:
    """Collect a lesson from the zips of Canvas or Moodle, as they come.

    Parameters
    ----------
    root
        The folder of the class.
    lesson
        Its name.
    archives
        The zips, or folders that a browser unpacked them to; those of earlier runs count too.

    Raises
    ------
    Refused
        When there is nothing to collect, or nobody to collect from; nothing was changed then.
    """
    directory, told = open_class(root), Collected(lesson)
    given = _given(directory, lesson)
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        people = people_of(gradebook)
    everybody = {person.id for person in people}
    asked = with_what_was_said(asked or Asked(), Path(directory.root), lesson, everybody)
    if not people and not asked.new:
        raise Refused(
            "The gradebook knows no students. Give it the platform's table: backprop init ."
            " --roster FILE. Or take everybody who handed in: --new"
        )
    sheet = read_sheet(asked.table.expanduser()) if asked.table else None
    owners = Owners(People(people), sheet, asked.who)
    folder = archive_folder(Path(directory.root), lesson)
    for path in archives:
        keep(path, folder)
    if not folder.is_dir() or not any(folder.iterdir()):
        raise Refused(f"There is no archive to collect {lesson} from.")
    keep_what_is_said(asked, Path(directory.root), lesson)
    with tempfile.TemporaryDirectory(prefix=".collect-", dir=directory.root) as made:
        room, stage = Path(made) / "unpacked", Path(made) / "stage"
        room.mkdir()
        handed, strange, refused = unpack(folder, room, configuration(root))
        told.left += refused
        told.left += [f"{each}: its name says nothing of an owner" for each in strange]
        for student, sources in _by_student(directory, owners, handed, asked, told).items():
            try:
                candidates = [
                    _staged(each, stage / student / str(count), lesson)
                    for count, each in enumerate(sources)
                ]
                _settle(directory, student, candidates, given, asked, owners, told)
            except OSError as problem:  # it is one student's; the others are collected
                named = " and ".join(dict.fromkeys(each.archive for each in sources))
                told.left.append(
                    f"{student}: what {named} holds cannot be laid out as a submission ({problem})."
                    f" Look at what is handed in there, and at"
                    f" {folder_of(directory, directory.submitted_directory, student, lesson)}"
                )
    told.absent = sorted(
        name
        for name in everybody
        if not folder_of(directory, directory.submitted_directory, name, lesson).is_dir()
    )
    return told


def _given(directory, lesson: str) -> NotebookNode:
    path = folder_of(directory, directory.release_directory, ".", lesson) / f"{lesson}.ipynb"
    try:
        return parse(path.read_bytes())
    except (OSError, NotReadable):
        raise Refused(f"{path} is missing: backprop init . --lessons {lesson}") from None


def _by_student(
    directory, owners: Owners, handed: list[Handed], asked: Asked, told: Collected
) -> dict[str, list[Handed]]:
    """What was handed in, by the ids of the students; what is nobody's is named."""
    found: dict[str, list[Handed]] = {}
    fresh: dict[str, Source] = {}
    settled = owners.of_all(each.source for each in handed)
    for each in handed:
        source = each.source
        fits, why = settled[source.key]
        # of whom the gradebook knows nobody: two owners who fit one student are no new ones
        if asked.new and not fits and not owners.of(source):
            name = owners.new_id(source)
            if owners.people.by_number(name) or fresh.get(name, source).key != source.key:
                why = f"the new id {name} would be another's. {advice(source)}"
            elif NAME.fullmatch(name):
                fits, fresh[name] = [name], source
        if len(fits) != 1:
            shown = f"{each.archive}: {source.shown} ({each.files[0][0].member})"
            told.left.append(f"{shown}: {why}")
            continue
        found.setdefault(fits[0], []).append(each)
        known = owners.people.all.get(fits[0])
        whose = owners.people.by_name(source.name)
        if source.number and known and (known.first or known.last) and fits[0] not in whose:
            line = (
                f"{fits[0]}: came under the name {source.name!r}. If that is a group, the others of"
                " it have no submission yet"
            )
            told.remarks += [line] if line not in told.remarks else []
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        for name, source in fresh.items():
            told_too: dict[str, Any] = {"lms_user_id": source.number or None}
            gradebook.add_student(name, **told_too)
            told.remarks.append(f"{name}: new in the gradebook")
    # the platform's number finds a student again; a name alone is said once, here
    named = {each.name: name for name, each in fresh.items() if each.name == name}
    if named:
        asked = replace(asked, who={**asked.who, **named})
        keep_what_is_said(asked, Path(directory.root), told.lesson)
    return dict(sorted(found.items()))


def _staged(handed: Handed, folder: Path, lesson: str) -> _Candidate:
    """Lay out what was handed in as it would stand in the class."""
    folder.mkdir(parents=True)
    notebooks = [found for found, _ in handed.files if found.inner.lower().endswith(".ipynb")]
    for found, path in sorted(handed.files, key=lambda each: each[0].upload):
        inner = PurePosixPath(found.inner)
        name = proper_name(inner.name, lesson) if len(notebooks) == 1 else inner.name
        place = folder
        for part in inner.parent.parts:
            place = next(each for each in _numbered(place / part) if not each.is_file())
        place.mkdir(parents=True, exist_ok=True)
        target = place / (name if name != TIMESTAMP else f"handed-in-{name}")
        shutil.copyfile(path, next(each for each in _numbered(target) if not each.exists()))
    return _Candidate(handed, folder, content(folder))


def _numbered(path: Path) -> Iterator[Path]:
    """A path, and others of nearly its name: two uploads of one name both stay."""
    yield path
    for count in itertools.count(2):
        yield path.with_name(f"{path.stem}-{count}{path.suffix}")


def content(folder: Path) -> dict[str, bytes]:
    """What a submission consists of: a digest of each file, but for the time it was handed in."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).digest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.name != TIMESTAMP
    }


def _settle(
    directory,
    student: str,
    candidates: list[_Candidate],
    given: NotebookNode,
    asked: Asked,
    owners: Owners,
    told: Collected,
) -> None:
    """Decide which of a student's submissions stands, and let it stand."""
    lesson = told.lesson
    place = folder_of(directory, directory.submitted_directory, student, lesson)
    standing = content(place) if place.is_dir() else None
    candidates.sort(key=lambda each: each.order)
    newest = candidates[-1]
    if len({tuple(each.content.items()) for each in candidates}) > 1 or (
        standing is not None and standing != newest.content
    ):
        for each in candidates:
            each.work = _work(each.folder, lesson, given)
    taken = newest
    even = [each for each in candidates if each.order == newest.order]
    if len({tuple(each.content.items()) for each in even}) > 1:
        told.remarks.append(
            f"{student}: nothing says which is newer, {' or '.join(each.named for each in even)}"
        )
        newest = taken = next(
            (each for each in even if each.content == standing),
            max(even, key=lambda each: each.work),
        )
    if not asked.newer:
        better = max([newest, *candidates], key=lambda each: each.work)
        if better.work > newest.work:
            taken = better
            told.remarks.append(
                f"{student}: the newest ({newest.named}) holds less work than {better.named},"
                f" {max(newest.work, 0)} written against {better.work}; the earlier stands. To take"
                " the newest all the same: --newer"
            )
    if taken.handed.source.late:
        told.late.append(student)
    time = when(owners.handed_in(taken.handed.source), asked.zone)
    if standing == taken.content:
        told.unchanged.append(student)
        _stamp(place, time)
        return
    if standing is not None and not asked.newer:
        from_here = any(standing == each.content for each in candidates)
        held = _work(place, lesson, given)
        if not from_here or held > taken.work:
            told.remarks.append(
                f"{student}: what stands in {place.relative_to(directory.root)}"
                + (" holds more work" if held > taken.work else " came another way, or was changed")
                + f"; {taken.named} was not taken. To take it all the same: --newer"
            )
            return
    _stamp(taken.folder, time)
    place.parent.mkdir(parents=True, exist_ok=True)
    if standing is not None:
        aside = _aside(Path(directory.root) / "downloaded" / lesson / "replaced", student)
        aside.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(place, aside)
        told.remarks.append(
            f"{student}: {taken.named} takes the place of an earlier one, which is in"
            f" {aside.relative_to(directory.root)}"
        )
    shutil.move(taken.folder, place)
    told.taken.append(student)


def _stamp(folder: Path, time: datetime | None) -> None:
    if time is None:
        return
    path, text = folder / TIMESTAMP, written(time) + "\n"
    # one that says so already stays untouched: a file that was written anew would be graded anew
    if not path.is_file() or path.read_text(encoding="utf-8", errors="replace") != text:
        path.write_text(text, encoding="utf-8")


def _aside(folder: Path, student: str) -> Path:
    taken = {path.name for path in folder.glob("*")} if folder.is_dir() else set()
    return folder / next(name for n in range(1, 10_000) if (name := f"{student}-{n}") not in taken)


def _work(folder: Path, lesson: str, given: NotebookNode) -> int:
    """How many exercises and answers somebody wrote; -1 where no notebook is to be found."""
    try:
        chosen = choose(folder, lesson, given)
        return -1 if chosen is None else work(parse(chosen.path.read_bytes()), given)
    except (OSError, NotReadable):
        return -1
