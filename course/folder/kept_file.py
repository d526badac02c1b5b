"""A small file beside the notebook that keeps what a person did, and loses none of it.

Several kernels may keep something at the same moment, the disk may be full, the folder read-only,
the kernel killed in the middle, the file broken by an editor. What was kept before is then still
there, and the person is told at once what was not kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from course.folder.whole_file import prefix, write_whole

PATIENCE = 5.0  # seconds: another kernel holds the file for milliseconds


class NotKept(Exception):
    """Nothing was written; the message says why, in a sentence for the reader."""


class KeptFile:
    """Entries by key in one JSON file, a line each: {key: entry}.

    Parameters
    ----------
    name : str
        The file's name, ``"predictions.json"``.
    folder : str or Path, optional
        The current folder if left out, looked up anew at each use: a notebook's own.
    valid : callable, optional
        ``valid(entry) -> bool``: whether an entry can be one of this file's.
    """

    def __init__(
        self,
        name: str,
        folder: str | Path | None = None,
        valid: Callable[[object], bool] = lambda entry: True,
    ):
        self.name = name
        self._folder = folder
        self._valid = valid

    @property
    def path(self) -> Path:
        """Where the entries are kept."""
        return Path(self._folder or ".") / self.name

    def read(self) -> tuple[dict, str]:
        """All entries, and a remark for the reader ("" if there is none). Never raises.

        A file that is not valid is renamed (``predictions.broken.json``, ``….broken-2.json``), so
        that nothing is lost; where it cannot be renamed it is left alone.
        """
        try:
            return self._parse(), ""
        except OSError as error:
            return {}, f"{self.name} cannot be read ({error.strerror})."
        except ValueError:
            return self._read_again()

    def keep(self, key: str, entry: object) -> str:
        """Keep one entry in place of an earlier one with the same key; the others stay.

        Parameters
        ----------
        key : str
        entry
            Anything that JSON can hold.

        Returns
        -------
        str
            A remark for the reader, as of `read`.

        Raises
        ------
        NotKept
            When nothing could be written; what was kept before is still there.
        """
        return self.change(key, lambda _: entry)

    def change(self, key: str, new: Callable[[object], object]) -> str:
        """Keep ``new(old)`` under a key; `old` is what is kept there at this moment, or None.

        No other kernel writes in between, so that counting loses no count. Returns and raises as
        `keep` does.
        """
        try:
            with self._alone():
                kept, remark = self._entries()
                kept[key] = new(kept.get(key))
                self._write(kept)
                return remark
        except TimeoutError:
            raise NotKept(f"{self.name} is being written by another notebook. Try again.") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise NotKept(f"{self.name} could not be written ({reason}).") from None

    # ---- reading

    def _parse(self) -> dict:
        """The entries of the file; ValueError where it is none of ours."""
        try:
            kept = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if not isinstance(kept, dict) or not all(map(self._valid, kept.values())):
            raise ValueError("not entries by key")
        return kept

    def _entries(self) -> tuple[dict, str]:
        """As `read`, for whoever holds the file and is about to write it."""
        try:
            return self._parse(), ""
        except ValueError:
            return {}, self._set_aside()
        except OSError as error:
            raise NotKept(f"{self.name} cannot be read ({error.strerror}).") from None

    def _read_again(self) -> tuple[dict, str]:
        # held: another kernel may have set it aside, and begun a new one, a moment ago
        try:
            with self._alone():
                return self._entries()
        except NotKept as problem:
            return {}, str(problem)
        except OSError:  # held for too long, or the folder has gone
            return {}, f"{self.name} is not valid; it was left as it is."

    def _set_aside(self) -> str:
        stem = Path(self.name).stem
        numbers = ["", *(f"-{n}" for n in range(2, 1000))]
        names = (f"{stem}.broken{number}.json" for number in numbers)
        free = next(name for name in names if not self.path.with_name(name).exists())
        try:
            self.path.rename(self.path.with_name(free))
        except OSError:
            raise NotKept(
                f"{self.name} is not valid and cannot be renamed; it was left as it is."
            ) from None
        return f"{self.name} was not valid; it is kept as {free}, and a new one is begun."

    # ---- writing

    def _write(self, kept: dict) -> None:
        lines = (
            f"  {json.dumps(key, ensure_ascii=False)}: {json.dumps(entry, ensure_ascii=False)}"
            for key, entry in kept.items()
        )
        for left in self.path.parent.glob(f"{prefix(self.name)}*.tmp"):  # of a killed kernel
            left.unlink(missing_ok=True)
        write_whole(self.path, ("{\n" + ",\n".join(lines) + "\n}\n").encode())

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else is in such a block of a file in the same folder; TimeoutError after a while.

        Where the system or the file system has no locks, everybody may enter.
        """
        handle = _lock_file(self.path.parent)
        try:
            end = time.monotonic() + PATIENCE
            while not _lock(handle):
                if time.monotonic() > end:
                    raise TimeoutError
                time.sleep(0.01)
            yield
        finally:
            os.close(handle)  # gives the lock back, as the end of a killed process does


try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
if not hasattr(fcntl, "flock"):  # a browser's tab has a module without locks
    fcntl = None
try:
    import msvcrt
except ImportError:
    msvcrt = None


def _lock_file(folder: Path) -> int:
    """What is locked: the folder itself, so that no file of ours stands in it (never deleted
    safely); on Windows, where a folder cannot be opened, a file among the temporary ones."""
    if fcntl:
        return os.open(folder, os.O_RDONLY)
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    place = Path(tempfile.gettempdir()) / f"backprop-{name}.lock"
    return os.open(place, os.O_RDWR | os.O_CREAT)


def _lock(handle: int) -> bool:
    """Whether it is ours now. False only while somebody else holds it."""
    try:
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        elif msvcrt:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # pyright: ignore[reportAttributeAccessIssue]  # Windows has both
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a network folder without locks
        return True
    return True
