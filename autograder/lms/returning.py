"""Feedback pages back to the platform, in a zip that it takes: ``backprop return``.

Both platforms know by the names in a zip whom a file is for, so a page goes out under the name that
its submission came in under.

Canvas shows a returned file under the name that the student's own file has, whatever is in it. A
page called ``.ipynb`` could not be opened, so Canvas gets a notebook with the page in it: its one
cell writes the page beside it and shows it. Moodle shows the page under its own name.
"""

from __future__ import annotations

import base64
import io
import json
import textwrap
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from nbgrader.api import Gradebook

from autograder.lms.owners import Owners
from autograder.lms.people import People, people_of
from autograder.lms.problem import Refused
from autograder.lms.said import Asked, with_what_was_said
from autograder.lms.sheets import read_sheet
from autograder.lms.unpacked import archive_folder
from autograder.lms.zips import Found, found_in
from autograder.plugins.directory import folder_of, open_class
from autograder.plugins.intake.members import Limits, Refusal, members, readable

ANY = Limits(2**40, 2**40, 10**6, float("inf"))  # only names are read here
DAY = (1980, 1, 1, 0, 0, 0)  # no time in the zip: the same pages make the same bytes
SHOW = '''\
# Your feedback. Run this cell (Shift+Enter): it writes the page beside this notebook and shows it.
import base64, pathlib, zlib
from IPython.display import IFrame
PAGE = """
{packed}
"""
page = pathlib.Path({name!r})
page.write_bytes(zlib.decompress(base64.b64decode(PAGE)))
IFrame(page.name, "100%", 900)
'''


@dataclass
class Returned:
    """What came of packing: the zips, by platform, with how many pages; and whom they leave out."""

    zips: dict[Path, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


class _Came(NamedTuple):
    """A name that a submission came in under, in an archive of a later or an earlier download."""

    found: Found
    name: str
    made: float


def give_back(root: Path, lesson: str, asked: Asked | None = None) -> Returned:
    """Pack the feedback pages of a lesson for the platforms that its submissions came from.

    Parameters
    ----------
    root
        The folder of the class.
    lesson
        Its name; its pages are those of ``backprop feedback``.
    asked
        As for `collect`: whose submissions are whose. What was said there is known.

    Returns
    -------
    Returned
        The zips are ``returned/<lesson>-for-canvas.zip`` and ``-for-moodle.zip``.

    Raises
    ------
    Refused
        When there are no pages, or no archives that say under which names they are to go.
    """
    directory, told = open_class(root), Returned()
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        people = People(people_of(gradebook))
    asked = with_what_was_said(asked or Asked(), Path(directory.root), lesson, people.all)
    sheet = read_sheet(asked.table.expanduser()) if asked.table else None
    owners = Owners(people, sheet, asked.who)
    pages = {}
    for student in people.all:
        page = folder_of(directory, directory.feedback_directory, student, lesson)
        if (page / f"{lesson}.html").is_file():
            pages[student] = (page / f"{lesson}.html").read_bytes()
    if not pages:
        raise Refused(f"There are no pages yet: backprop feedback {lesson}")
    folder = archive_folder(Path(directory.root), lesson)
    came: dict[str, list[_Came]] = {}
    names = list(_names(folder, told))
    settled = owners.of_all(each.found.source for each in names)
    for each in names:
        fits, _ = settled[each.found.source.key]
        if len(fits) == 1:
            came.setdefault(fits[0], []).append(each)
    packed: dict[str, dict[str, bytes]] = {}
    for student, page in pages.items():
        if student not in came:
            told.left.append(f"{student}: has a page, and no archive says what it came in as")
            continue
        last = _last(came[student])
        if last.found.source.platform == "canvas" and not last.found.upload:
            told.left.append(f"{student}: handed in text and no file; Canvas takes no page for it")
            continue
        name, data = _packed(last, lesson, page)
        packed.setdefault(last.found.source.platform, {})[name] = data
    if not packed:
        raise Refused(
            f"{folder} says of nobody what their submission came in as. Collect it from the"
            f" platform's zip: backprop collect {lesson} ZIP"
        )
    for platform, files in sorted(packed.items()):
        target = Path(directory.root) / "returned" / f"{lesson}-for-{platform}.zip"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(zipped(files))
        told.zips[target] = len(files)
    return told


def _names(folder: Path, told: Returned) -> Iterator[_Came]:
    """The names of the files in all archives of a lesson."""
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        try:
            with readable():
                names = [each.name for each in members(path, ANY) if each.content is not None]
        except (Refusal, OSError) as problem:
            told.left.append(f"{path.name}: {problem}")
            continue
        for name in names:
            if (found := found_in(name)) is not None:
                yield _Came(found, name, path.stat().st_mtime)


def _last(came: list[_Came]) -> _Came:
    """The name that a page goes out under: that of the last file, a notebook where there is one."""

    def rank(each: _Came) -> tuple:
        ending = PurePosixPath(each.found.inner).suffix.lower()
        return each.found.upload, each.made, ending == ".ipynb", "/" not in each.found.inner

    newest = max(each.made for each in came)
    here = [each for each in came if each.made == newest or each.found.upload]
    notebooks = [each for each in here if each.found.inner.lower().endswith(".ipynb")]
    return max(notebooks or here, key=rank)


def _packed(came: _Came, lesson: str, page: bytes) -> tuple[str, bytes]:
    """A page, and its name in the zip."""
    if came.found.source.platform == "moodle":
        part = came.found.member.rpartition("/")[2]
        if "/" in came.name[len(came.found.member) :]:
            return f"{part}/{lesson}.html", page
        begin = part[: len(part) - len(came.found.inner)]  # no folders: the words stand before it
        return f"{begin}{lesson}.html", page
    name = came.found.member.rpartition("/")[2]
    ending = PurePosixPath(name).suffix.lower()
    if ending == ".ipynb":
        return name, in_notebook(page, f"feedback-{lesson}.html")
    if ending == ".zip":
        return name, zipped({f"feedback-{lesson}.html": page})
    return name, page


def in_notebook(page: bytes, name: str) -> bytes:
    """A notebook whose one cell writes a page beside it and shows it.

    Parameters
    ----------
    page
        HTML.
    name
        Of the file that the cell writes.
    """
    packed = textwrap.fill(base64.b64encode(zlib.compress(page, 9)).decode("ascii"), 100)
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "feedback",
        "metadata": {},
        "outputs": [],
        "source": SHOW.format(packed=packed, name=name),
    }
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    nb = {
        "cells": [cell],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(nb, indent=1) + "\n").encode("utf-8")


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of some files; the same files make the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, DAY)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    return out.getvalue()
