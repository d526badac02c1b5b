"""Archives that were downloaded from a learning platform are opened with care:
`nbgrader zip_collect`.

What a student packed is a stranger's file. An archive is extracted as a whole or not at all; one
that is refused is named with the reason and with what to do, and the others are extracted. The
downloaded files stay as they are.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from nbgrader.utils import parse_utc
from traitlets import Float, Integer, List

from autograder.plugins.intake.members import (
    Limits,
    Member,
    Refusal,
    checked_name,
    may_be_raised,
    members,
    readable,
)

FOREIGN = (".rar", ".7z", ".zipx", ".arj", ".lzh")
JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db")
CHUNK = 1 << 16


class Opened(NamedTuple):
    """How much an archive held: bytes and members, with those of the archives in it."""

    size: int
    count: int


class SafeExtractor(ExtractorPlugin):
    """nbgrader's extractor, which refuses what could do harm and goes on with the next archive.

    Refused are: names that lead out of the folder, links, devices, broken and encrypted archives,
    names that cannot be kept apart or shown, and archives that grow beyond the limits below. The
    limits of an archive hold for it with all archives inside it.
    """

    zip_ext = List(
        [".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz"], help="File name extensions of archives."
    ).tag(config=True)
    largest_archive = Integer(200_000_000, help="The most bytes that one archive may hold.").tag(
        config=True
    )
    largest_file = Integer(50_000_000, help="The most bytes that one file may hold.").tag(
        config=True
    )
    most_members = Integer(2_000, help="The most files and folders that one archive may hold.").tag(
        config=True
    )
    largest_ratio = Float(
        200.0, help="How many times its packed size a file of more than 10 MB may have."
    ).tag(config=True)
    deepest = Integer(
        3,
        help="How deep archives may lie in each other: a class's download, a student's, one more.",
    ).tag(config=True)

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Extract all archives of a folder and copy its other files; log and leave out what is
        refused.

        Parameters
        ----------
        archive_path
            The folder of the downloaded files. Nothing in it is changed.
        extracted_path
            Where they go: each archive into a folder of its own name. Nothing is written elsewhere.
        """
        source, target = Path(archive_path), Path(extracted_path)
        limits = Limits(
            self.largest_archive, self.largest_file, self.most_members, self.largest_ratio
        )
        refused = taken = 0
        for path in _files(source):
            folder = target / path.parent.relative_to(source)
            try:
                if path.is_symlink() or not path.is_file():
                    raise Refusal("it is no ordinary file", "Put the file itself into the folder.")
                if path.suffix.lower() in self.zip_ext:
                    refused += self._open(
                        path, folder / _stem(path), limits, str(path.relative_to(source)), 1
                    )[1]
                else:
                    self._copy(path, folder / path.name)
                taken += 1
            except (Refusal, OSError) as problem:
                self._tell(str(path.relative_to(source)), problem)
                refused += 1
        if not taken and not refused:
            self.log.warning("No files found in directory: %s", source)
        if refused:
            self.log.error(
                "%d refused, named above; %d of the downloaded files were taken.", refused, taken
            )

    def _tell(self, where: str, problem: Exception) -> None:
        if isinstance(problem, Refusal):
            self.log.error("Refused %r: %s. %s", where, problem.why, problem.advice)
        elif getattr(problem, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            self.log.error(
                "Refused %r: the disk is full. Make room and run the command again with --force.",
                where,
            )
        else:
            self.log.error(
                "Refused %r: it cannot be read or written (%s). Download it again.", where, problem
            )

    def _copy(self, path: Path, dest: Path) -> None:
        if path.suffix.lower() in FOREIGN:
            self.log.warning(
                "%r is an archive that cannot be opened here. Ask the student for a .zip.",
                path.name,
            )
        if path.stat().st_size > self.largest_file:
            raise Refusal(
                f"it holds {path.stat().st_size:,} bytes, more than {self.largest_file:,}",
                may_be_raised("largest_file"),
            )
        checked_name(path.name)
        if _taken(dest):
            raise Refusal(f"there is a {dest.name!r} already", "Rename one of the two downloads.")
        dest.parent.mkdir(parents=True, exist_ok=True)
        with _whole(dest) as part:
            shutil.copyfile(path, part)

    def _open(
        self, path: Path, dest: Path, limits: Limits, where: str, depth: int
    ) -> tuple[Opened, int]:
        """Extract one archive with those in it: how much it held, and how many archives in it were
        refused."""
        if depth > self.deepest:
            why = f"archives lie more than {self.deepest} deep in each other"
            raise Refusal(why, "Ask the student for one .zip that holds the notebook.")
        if _taken(dest):
            raise Refusal(f"there is a {dest.name!r} already", "Rename one of the two archives.")
        self.log.info("Extracting %s to %s", where, dest)
        dest.parent.mkdir(parents=True, exist_ok=True)
        with _whole(dest) as part:
            part.mkdir()
            with readable():
                opened = self._unpack(path, part, limits)
        refused = 0
        for inner in [p for p in _files(dest) if p.suffix.lower() in self.zip_ext]:
            place = f"{where}: {inner.relative_to(dest)}"
            left = limits._replace(
                archive=limits.archive - opened.size, members=limits.members - opened.count
            )
            try:
                held, more = self._open(
                    inner, inner.with_name(_stem(inner)), left, place, depth + 1
                )
            except (Refusal, OSError) as problem:
                self._tell(place, problem)
                refused += 1
            else:
                opened, refused = (
                    Opened(opened.size + held.size, opened.count + held.count),
                    refused + more,
                )
        return opened, refused

    def _unpack(self, path: Path, folder: Path, limits: Limits) -> Opened:
        """Write the members of one archive into an empty folder."""
        seen: dict[str, tuple[str, str]] = {}
        size = count = 0
        for member in members(path, limits):
            count += 1
            if count > limits.members:
                raise Refusal(
                    f"it holds more than {limits.members:,} files and folders",
                    may_be_raised("most_members"),
                )
            parts = checked_name(member.name)
            if not parts or parts[0] in JUNK or parts[-1] in JUNK or parts[-1].startswith("._"):
                continue
            _apart(parts, member, seen)
            place = folder.joinpath(*parts)
            if member.content is None:
                place.mkdir(parents=True, exist_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            most = min(limits.file, limits.archive - size)
            with member.content() as content, place.open("xb") as file:
                size += _pour(content, file, most, member, limits)
        return Opened(size, count)


def _pour(content: IO[bytes], file: IO[bytes], most: int, member: Member, limits: Limits) -> int:
    """Copy the bytes of a member, and stop where they become too many, whatever was declared."""
    written = 0
    while chunk := content.read(CHUNK):
        written += len(chunk)
        if written > most:
            if most == limits.file:
                raise Refusal(
                    f"{member.name!r} holds more than {limits.file:,} bytes",
                    may_be_raised("largest_file"),
                )
            raise Refusal(
                f"it holds more than {limits.archive:,} bytes", may_be_raised("largest_archive")
            )
        file.write(chunk)
    return written


def _apart(parts: tuple[str, ...], member: Member, seen: dict[str, tuple[str, str]]) -> None:
    """Refuse two members that are the same file on some machine, and a file that is also a
    folder."""
    for end in range(1, len(parts)):
        _claim("/".join(parts[:end]), "folder", member, seen)
    _claim("/".join(parts), "folder" if member.content is None else "file", member, seen)


def _claim(path: str, kind: str, member: Member, seen: dict[str, tuple[str, str]]) -> None:
    known = seen.get(path.casefold())
    if known is not None and (kind == "file" or known != (kind, path)):
        raise Refusal(
            f"{member.name[:80]!r} cannot be kept apart from {known[1][:80]!r}",
            "Ask the student to rename one of the two.",
        )
    seen[path.casefold()] = (kind, path)


@contextmanager
def _whole(dest: Path) -> Iterator[Path]:
    """A place to write to that becomes `dest` at the end, or nothing at all."""
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=dest.parent) as room:
        part = Path(room) / "part"
        yield part
        part.rename(dest)


def _files(folder: Path) -> list[Path]:
    """All files below a folder, in order; folders behind links are not entered."""
    return sorted(Path(root) / name for root, _, names in os.walk(folder) for name in names)


def _stem(path: Path) -> str:
    """The name of an archive without its extensions; that of the folder it goes into."""
    stem = path.stem.removesuffix(".tar") or path.stem
    return stem if stem != path.name else f"{stem}-extracted"


def _taken(dest: Path) -> bool:
    """Whether there is something of this name, also one written in other capitals."""
    return dest.parent.is_dir() and any(
        name.casefold() == dest.name.casefold() for name in os.listdir(dest.parent)
    )


class SafeCollector(FileNameCollectorPlugin):
    """nbgrader's collector, which skips a file whose name says a student or notebook that is no
    plain name.

    It also skips what would end the whole collection: a time that is none, and a notebook that was
    handed in twice with no time to say which is newer.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._seen: dict[tuple[str, str], tuple[str, bool]] = {}

    def collect(self, submitted_file: str) -> dict | None:
        """Who handed in what, from a file's name; None when the file is skipped.

        Parameters
        ----------
        submitted_file
            The absolute path of an extracted file.
        """
        found = super().collect(submitted_file)
        if (
            not found
            or not isinstance(found.get("student_id"), str)
            or not isinstance(found.get("file_id"), str)
        ):
            return found
        for key, plain in (("student_id", 1), ("file_id", 8)):
            try:
                parts = checked_name(found[key])
            except Refusal as problem:
                parts = ()
                self.log.error("Skipped %r: its %s: %s.", submitted_file, key, problem.why)
            if (
                not 1 <= len(parts) <= plain
                or parts[0].startswith(".")
                or set("*?[") & set(found[key])
            ):
                self.log.error(
                    "Skipped %r: %r is no plain %s. Rename the file, or mend named_regexp.",
                    submitted_file,
                    found[key],
                    key,
                )
                return None
        timed = bool(found.get("timestamp"))
        if timed:
            try:
                parse_utc(found["timestamp"])
            except (ValueError, OverflowError):
                self.log.error(
                    "Skipped %r: %r is no time. Rename the file, or mend named_regexp.",
                    submitted_file,
                    found["timestamp"],
                )
                return None
        key = (found["student_id"], found["file_id"])
        if key in self._seen and not (timed and self._seen[key][1]):
            other = self._seen[key][0]
            self.log.error(
                "Skipped %r: %s handed in %r also as %r, and nothing says which is newer.",
                submitted_file,
                *key,
                other,
            )
            return None
        self._seen[key] = (submitted_file, timed)
        return found
