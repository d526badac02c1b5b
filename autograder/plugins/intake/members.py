"""What lies in an archive, member by member, each looked at before it is used. zipfile and tarfile
do the reading."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

PACKED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    tarfile.TarError,
    EOFError,
    NotImplementedError,
)
ASK = "Ask the student to pack the notebook again."
LONGEST_PART, LONGEST_NAME, MOST_PARTS = 200, 1000, 32
SMALL = 10_000_000
HEADERS = 2_048  # a tar spends up to three blocks on a member's header, and pax headers
TURNS_TEXT = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Refusal(Exception):
    """Something is not taken: why, and what the instructor can do."""

    def __init__(self, why: str, advice: str = ASK):
        super().__init__(f"{why}. {advice}")
        self.why, self.advice = why, advice


class Limits(NamedTuple):
    """The most that an archive may hold: bytes in all, bytes a file, members, and how far a large
    file may be packed."""

    archive: int
    file: int
    members: int
    ratio: float


class Member(NamedTuple):
    """A file or folder in an archive; `content` opens a file's bytes and is None for a folder."""

    name: str
    content: Callable[[], IO[bytes]] | None


def checked_name(name: str) -> tuple[str, ...]:
    """The parts of a member's name, which lead nowhere but down.

    Raises
    ------
    Refusal
        When the name is absolute, leads upwards, holds a backslash, a drive letter, control
        characters or what is no UTF-8, or is too long.
    """
    shown = repr(name[:80])
    if any(unicodedata.category(c) == "Cs" for c in name):
        raise Refusal(f"the name {shown} is not UTF-8")
    if any(unicodedata.category(c) == "Cc" or c in TURNS_TEXT for c in name):
        raise Refusal(f"the name {shown} holds control characters")
    if name.startswith("/") or "\\" in name or re.match(r"[A-Za-z]:", name):
        raise Refusal(
            f"the name {shown} is no relative path (it has a root, a drive or a backslash)"
        )
    parts = tuple(
        unicodedata.normalize("NFC", part) for part in name.split("/") if part not in ("", ".")
    )
    if ".." in parts:
        raise Refusal(f"the name {shown} leads out of the folder")
    if (
        len(name.encode()) > LONGEST_NAME
        or len(parts) > MOST_PARTS
        or any(len(part.encode()) > LONGEST_PART for part in parts)
    ):
        raise Refusal(f"the name {shown} is too long")
    return parts


def members(path: Path, limits: Limits) -> Iterator[Member]:
    """The members of an archive in turn; each is to be read before the next is asked for, and all
    within `readable`.

    Raises
    ------
    Refusal
        When the archive is encrypted, holds what is no file and no folder, or says itself that it
        is larger than the limits.
    """
    yield from _zipped(path, limits) if zipfile.is_zipfile(path) else _tarred(path, limits)


@contextmanager
def readable() -> Iterator[None]:
    """Turn what zipfile and tarfile raise for an archive that is none, or is broken, into a
    `Refusal`."""
    try:
        yield
    except BROKEN as problem:
        raise Refusal(
            f"it is broken or no archive ({problem})"[:300],
            "Download it again, or ask the student for it again.",
        ) from None
    except (
        ValueError,
        RuntimeError,
        IndexError,
        KeyError,
        struct.error,
    ) as problem:  # what they raise on malformed fields
        raise Refusal(f"it cannot be read ({type(problem).__name__}: {problem})"[:300]) from None


def _zipped(path: Path, limits: Limits) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        found = archive.infolist()
        if len(found) > limits.members:
            raise Refusal(
                f"it holds {len(found):,} files and folders, more than {limits.members:,}",
                may_be_raised("most_members"),
            )
        total = sum(info.file_size for info in found)
        if total > limits.archive:
            raise Refusal(
                f"it says it holds {total:,} bytes, more than {limits.archive:,}",
                may_be_raised("largest_archive"),
            )
        _no_overlap(found)
        for info in found:
            _look_at(info, limits)
        for info in found:
            yield Member(
                _name(info), None if info.is_dir() else lambda info=info: archive.open(info)
            )


def _look_at(info: zipfile.ZipInfo, limits: Limits) -> None:
    name = repr(info.filename[:80])
    mode = info.external_attr >> 16 if info.create_system == 3 else 0
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refusal(f"{name} is a link or a device, not a file")
    if info.flag_bits & 0x1:
        raise Refusal(f"{name} is encrypted", "Ask the student for an archive without a password.")
    if info.file_size > limits.file:
        raise Refusal(
            f"{name} says it holds {info.file_size:,} bytes, more than {limits.file:,}",
            may_be_raised("largest_file"),
        )
    if info.file_size > SMALL and info.file_size > limits.ratio * max(1, info.compress_size):
        times = info.file_size // max(1, info.compress_size)
        raise Refusal(
            f"{name} is packed {times:,}-fold, as in a zip bomb", may_be_raised("largest_ratio")
        )


def _no_overlap(found: list[zipfile.ZipInfo]) -> None:
    """Members of a sound archive lie one after the other; those of a bomb share their bytes."""
    end, before = 0, None
    for info in sorted(found, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise Refusal(
                f"{before.filename[:80]!r} and {info.filename[:80]!r} overlap, as in a zip bomb"
            )
        end, before = info.header_offset + 30 + info.compress_size, info


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name. Some programs write UTF-8 without saying so; zipfile then reads the bytes as
    cp437."""
    name = getattr(info, "orig_filename", info.filename)
    if "\0" in name:
        raise Refusal(f"the name {name[:80]!r} holds control characters")
    if not info.flag_bits & 0x800 and not name.isascii():
        try:
            return name.encode("cp437").decode("utf-8")
        except UnicodeError:
            return name
    return name


class _Counted(io.RawIOBase):
    """The unpacked bytes of a tar archive, and no more of them than allowed: its headers too may be
    made of nothing."""

    def __init__(self, stream: IO[bytes], most: int):
        super().__init__()
        self.stream, self.left, self.most = stream, most, most

    def read(self, size: int = -1) -> bytes:
        if self.left <= 0:
            raise Refusal(
                f"it holds more than {self.most:,} bytes", may_be_raised("largest_archive")
            )
        found = self.stream.read(min(self.left, size) if size >= 0 else self.left)
        self.left -= len(found)
        return found


def _tarred(path: Path, limits: Limits) -> Iterator[Member]:
    with path.open("rb") as file:
        start = file.read(6)
    unpack = next((opened for magic, opened in PACKED.items() if start.startswith(magic)), open)
    most = limits.archive + HEADERS * limits.members
    with (
        unpack(path, "rb") as stream,
        tarfile.open(fileobj=_Counted(stream, most), mode="r|", encoding="utf-8") as archive,
    ):
        total = 0
        for info in archive:
            name = repr(info.name[:80])
            if not (info.isreg() or info.isdir()) or info.issparse():
                raise Refusal(f"{name} is a link, a device or a file with holes, not a plain file")
            total += info.size
            if info.size > limits.file:
                raise Refusal(
                    f"{name} says it holds {info.size:,} bytes, more than {limits.file:,}",
                    may_be_raised("largest_file"),
                )
            if total > limits.archive:
                raise Refusal(
                    f"it says it holds more than {limits.archive:,} bytes",
                    may_be_raised("largest_archive"),
                )
            yield Member(
                info.name, None if info.isdir() else lambda info=info: archive.extractfile(info)
            )


def may_be_raised(limit: str) -> str:
    """What to do about an archive that is larger than a limit."""
    return (
        f"If it is what it should be (a whole class's download, say), raise c.SafeExtractor.{limit}"
        " in nbgrader_config.py."
    )
