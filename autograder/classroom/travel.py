"""What travels between the coordinator and the workers: texts and bytes that the course's own code
makes and reads. Nothing of a student's is ever pickled."""

from __future__ import annotations

import errno
import importlib
import io
import json
import os
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbgrader.preprocessors import SaveAutoGrades
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

MOST_FILES = 50_000_000
"""Bytes of the files that go along with a notebook; the grading kernel takes no more either."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""What the operating system says when it is the disk, and not the submission."""
CLASS, LAZY = "class", "lazy"
NEEDED = ("ExecuteWithLimits", "JudgeEvidence", "DrawInputs", "LockedProvisioner", "Autograde")


class CannotTravel(Exception):
    """A setting of the class cannot be sent to a worker; the message names it."""


def packed(config: Config) -> dict[str, Any]:
    """The settings of a class as JSON can hold them.

    Parameters
    ----------
    config
        As `autograder.plugins.directory.configuration` reads it.

    Raises
    ------
    CannotTravel
        When one that a worker needs is an object that only this process knows.
    """
    found: dict[str, Any] = {}
    for section, values in config.items():
        for name, value in values.items():
            try:
                found.setdefault(section, {})[name] = _plain(value)
            except CannotTravel:
                if section in NEEDED:
                    raise CannotTravel(
                        f"c.{section}.{name} in nbgrader_config.py is an object that cannot be sent"
                        " to a worker: put it into a module and name it there"
                    ) from None
    return found


def unpacked(told: dict[str, Any]) -> Config:
    """The settings that `packed` gave; classes are imported by their names."""
    config = Config()
    for section, values in told.items():
        for name, value in values.items():
            config[section][name] = _live(value)
    return config


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, type):
        if value.__module__ == "__main__" or "<" in value.__qualname__ or not _found(value):
            raise CannotTravel
        return {CLASS: f"{value.__module__}:{value.__qualname__}"}
    if isinstance(value, LazyConfigValue):
        return {LAZY: _plain(value.to_dict())}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return {"set": [_plain(each) for each in sorted(value, key=repr)]}
    if isinstance(value, dict):
        return {"dict": [[_plain(key), _plain(each)] for key, each in value.items()]}
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise CannotTravel


def _live(value: Any) -> Any:
    if isinstance(value, list):
        return [_live(each) for each in value]
    if isinstance(value, dict):
        ((kind, told),) = value.items()
        if kind == CLASS:
            return named(told)
        if kind == LAZY:
            lazy = LazyConfigValue()
            for method, items in _live(told).items():
                if method == "inserts":
                    for place, each in items:
                        lazy.insert(place, each)
                else:
                    getattr(lazy, method)(items)
            return lazy
        if kind == "set":
            return set(_live(told))
        return {_live(key): _live(each) for key, each in told}
    return value


def _found(kind: type) -> bool:
    try:
        return named(f"{kind.__module__}:{kind.__qualname__}") is kind
    except (ImportError, AttributeError):
        return False


def named(name: str) -> Any:
    """What stands under ``"module:name"``, or under a dotted name."""
    module, colon, inside = name.partition(":")
    if not colon:
        module, _, inside = name.rpartition(".")
    found = importlib.import_module(module)
    for part in inside.split("."):
        found = getattr(found, part)
    return found


def parted(preprocessors: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """The preprocessors of an autograde run before the first that writes into the gradebook, and
    the others."""
    every = list(preprocessors)
    kinds = [named(each) if isinstance(each, str) else each for each in every]
    first = next(
        (k for k, kind in enumerate(kinds) if issubclass(kind, SaveAutoGrades)), len(every)
    )
    return every[:first], every[first:]


def packed_files(folder: Path, left_out: Iterable[Path] = ()) -> tuple[bytes, list[str]]:
    """The files of a folder as an archive, and the names of those that were too much.

    Links and special files are left out.
    """
    left, dropped, total, into = set(left_out), [], 0, io.BytesIO()
    files = [
        path
        for path in (sorted(folder.rglob("*")) if folder.is_dir() else ())
        if path.is_file() and not path.is_symlink() and path not in left
    ]
    if not files:
        return b"", []
    with tarfile.open(fileobj=into, mode="w") as archive:
        for path in files:
            place, size = str(path.relative_to(folder)), path.stat().st_size
            if total + size > MOST_FILES:
                dropped.append(place)
                continue
            total += size
            archive.add(path, arcname=place, recursive=False)
    return into.getvalue(), dropped


def unpack_files(archive: bytes, folder: Path) -> None:
    """Lay down the files of `packed_files` below a folder."""
    if archive:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")


def sent(message: dict[str, Any]) -> bytes:
    """A message as it goes over the wire."""
    return json.dumps(message).encode()


def received(message: bytes) -> dict[str, Any]:
    """A message from the wire.

    Raises
    ------
    ValueError
        When it is none.
    """
    found = json.loads(message)
    if not isinstance(found, dict):
        raise ValueError("a message is a table of names")
    return found
