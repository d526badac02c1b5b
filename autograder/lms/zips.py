"""What Canvas and Moodle say in the names of the files that they pack: who handed in what.

Canvas names each file after its owner's name, number and the number that the upload got; a later
upload has a higher one. Moodle has a folder for each person, or the same words before each file's
name. Neither says when a file was handed in; Canvas says whether it was late.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

_CANVAS = re.compile(
    r"(?:(?P<name>.*?)_)??(?P<late>LATE_)?(?:anon_(?P<anonymous>[A-Za-z0-9]+)|(?P<number>\d+))"
    r"_(?:(?P<upload>\d+)_(?P<file>.+)|(?P<text>text|link)\.html)",
    re.DOTALL,
)
_MOODLE = re.compile(
    r"(?P<name>[^_]*)(?:_(?P<participant>\d+))?_assignsubmission_(?P<plugin>[a-z]+)"
    r"(?:_(?P<file>.*))?",
    re.DOTALL,
)
AGAIN = re.compile(r"(?:\s*\(\d+\)|-\d+|_\d+)$")  # what browsers and Canvas add to a second file


class Source(NamedTuple):
    """Who a file is from, in the words of the platform.

    `name` is a person's or a group's, `number` the person's at Canvas (or "" for an anonymous one),
    `participant` the one at Moodle, `key` what is the same for all files of one owner in one
    archive.
    """

    platform: str
    name: str
    number: str
    participant: str
    late: bool

    @property
    def key(self) -> tuple[str, str]:
        """What tells one owner from another."""
        return self.platform, self.number or self.participant or self.name

    @property
    def shown(self) -> str:
        """What an instructor sees of the owner, and may name in ``--who``."""
        return self.name or self.number or self.participant


class Found(NamedTuple):
    """A file in an archive: whose it is, its number of upload (0 where there is none), the path
    that it had when it was handed in, and the member of the archive that says so."""

    source: Source
    upload: int
    inner: str
    member: str


@dataclass
class Handed:
    """What one owner handed in, as one archive has it."""

    source: Source
    archive: str
    made: float
    files: list[tuple[Found, Path]] = field(default_factory=list)

    @property
    def upload(self) -> int:
        """The highest number of upload among the files; 0 where the platform gives none."""
        return max((found.upload for found, _ in self.files), default=0)


def found_in(member: str) -> Found | None:
    """What the path of a file in an archive says; None where it is none of Canvas or Moodle.

    Parameters
    ----------
    member
        The path, with ``/``.
    """
    parts = PurePosixPath(member).parts
    for place, part in enumerate(parts):
        rest = parts[place + 1 :]
        for read in (_moodle, _canvas):
            if told := read(part, rest):
                source, upload, inner = told
                return Found(source, upload, inner, "/".join(parts[: place + 1]))
    return None


def _moodle(part: str, rest: tuple[str, ...]) -> tuple[Source, int, str] | None:
    said = _MOODLE.fullmatch(part)
    if not said or not (rest or said["file"]):
        return None
    source = Source("moodle", said["name"].strip(), "", said["participant"] or "", False)
    return source, 0, "/".join([*filter(None, [said["file"]]), *rest])


def _canvas(part: str, rest: tuple[str, ...]) -> tuple[Source, int, str] | None:
    said = _CANVAS.fullmatch(part)
    if not said:
        return None
    name = said["name"] or ""
    late = bool(said["late"]) or name == "LATE"
    anonymous = f"anon_{said['anonymous']}" if said["anonymous"] else ""
    source = Source(
        "canvas", anonymous or ("" if name == "LATE" else name), said["number"] or "", "", late
    )
    inner = said["file"] or f"{said['text']}.html"
    return source, int(said["upload"] or 0), "/".join([inner, *rest])


def proper_name(name: str, lesson: str) -> str:
    """A notebook's name without what was added because there was one of that name already."""
    stem, dot, ending = name.rpartition(".")
    while stem.casefold() != lesson.casefold() and (found := AGAIN.search(stem)):
        stem = stem[: found.start()]
    same = stem.casefold() == lesson.casefold() and ending.lower() == "ipynb"
    return f"{lesson}.ipynb" if dot and same else name
