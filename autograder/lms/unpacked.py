"""The archives of a lesson, opened: what each owner handed in, in the words of the platform.

What is downloaded is kept as it came, in ``downloaded/<lesson>/archive/``, where nbgrader looks for
it too. Everything else is read from there each time, so that nothing is kept in a second place.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from traitlets.config import Config

from autograder.lms.problem import Refused
from autograder.lms.zips import Handed, found_in
from autograder.plugins.intake.archives import JUNK, SafeExtractor

PACKED = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz")
# A whole class's download is larger than what one student packs; the class's own limits go before.
LIMITS = {"largest_archive": 2_000_000_000, "most_members": 50_000}


def archive_folder(root: Path, lesson: str) -> Path:
    """Where the downloaded archives of a lesson are kept."""
    return root / "downloaded" / lesson / "archive"


def keep(path: Path, folder: Path) -> Path:
    """Put an archive where those of its lesson are kept; one that is there already stays alone.

    Parameters
    ----------
    path
        Of an archive, or of a folder that a browser has unpacked one to.
    folder
        That of the archives.

    Raises
    ------
    Refused
        When it is neither.
    """
    path = path.expanduser()
    if not path.exists():
        raise Refused(f"{path} does not exist.")
    if path.is_file() and path.suffix.lower() not in PACKED:
        raise Refused(f"{path} is no archive. Give the zip file that the platform made.")
    folder.mkdir(parents=True, exist_ok=True)
    if path.parent.resolve() == folder.resolve():
        return path
    part = folder / f".{path.name}.unfinished"
    try:
        if path.is_dir():
            _pack(path, part)
        else:
            shutil.copy2(path, part)
        name = path.name if path.is_file() else f"{path.name}.zip"
        return _settle(part, folder, name)
    except OSError as problem:
        raise Refused(f"{path} cannot be kept: {problem.strerror or problem}.") from None
    finally:
        part.unlink(missing_ok=True)


def _pack(path: Path, target: Path) -> None:
    """Pack a folder; links are left out, and the newest file's time becomes the archive's."""
    newest = 0.0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for file in sorted(path.rglob("*")):
            if file.is_file() and not file.is_symlink():
                archive.write(file, file.relative_to(path).as_posix())
                newest = max(newest, file.stat().st_mtime)
    os.utime(target, (newest, newest))


def _settle(part: Path, folder: Path, name: str) -> Path:
    """Give a copied archive its name, or another where that one is taken by another archive."""
    stem, ending = os.path.splitext(name)
    for count in range(1, 1000):
        target = folder / (name if count == 1 else f"{stem} ({count}){ending}")
        if not target.exists():
            return part.rename(target)
        if _digest(target) == _digest(part):
            return target
    raise Refused(f"There are too many archives called {name}.")


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def unpack(folder: Path, room: Path, config: Config) -> tuple[list[Handed], list[str], list[str]]:
    """Open all archives of a lesson.

    Parameters
    ----------
    folder
        That of the archives.
    room
        An empty folder to unpack to.
    config
        The class's, for the limits of `SafeExtractor`.

    Returns
    -------
    handed, strange, refused
        What was handed in; files whose names say nothing of an owner; archives and files that were
        refused, and why.
    """
    said: list[str] = []
    log = logging.Logger("collect")
    log.addHandler(_Listed(said))
    extractor = SafeExtractor(config=config, log=log)
    for name, limit in LIMITS.items():
        if name not in config.SafeExtractor:
            setattr(extractor, name, limit)
    extractor.extract(str(folder), str(room))
    handed: dict[tuple, Handed] = {}
    strange = []
    for place in sorted(room.iterdir()):
        archive = _archive_of(place, folder)
        for path in _files(place) if place.is_dir() else [place]:
            member = path.relative_to(place if place.is_dir() else room).as_posix()
            found = found_in(member)
            if found is None:
                strange.append(f"{archive.name}: {member}")
                continue
            made = archive.stat().st_mtime
            key = (archive.name, found.source.key)
            handed.setdefault(key, Handed(found.source, archive.name, made)).files.append(
                (found, path)
            )
    return list(handed.values()), strange, [line for line in said if line.startswith("Refused")]


class _Listed(logging.Handler):
    """Keeps what is logged, from warnings upwards."""

    def __init__(self, said: list[str]):
        super().__init__(logging.WARNING)
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def _archive_of(place: Path, folder: Path) -> Path:
    """The archive that was unpacked to a place."""
    names = {path.name: path for path in folder.iterdir()}
    opened = {path.stem.removesuffix(".tar"): path for path in names.values()}
    return names.get(place.name) or opened.get(place.name) or folder


def _files(place: Path) -> Iterator[Path]:
    """The files that lie in an unpacked archive; of a packed one in it, what was in that."""
    for here, folders, names in os.walk(place):
        folders.sort()
        for name in sorted(names):
            opened = Path(name).stem.removesuffix(".tar") in folders
            if not (opened and name.lower().endswith(PACKED)) and name not in JUNK:
                yield Path(here) / name
