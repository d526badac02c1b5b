"""A file is written whole or not at all: no crash and no full disk leaves half of one."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Put a new file in an old one's place; until the last moment the old one stays as it was.

    A link is followed, and an old file's permissions stay.

    Parameters
    ----------
    path : Path
    content : bytes

    Raises
    ------
    OSError
        When it cannot be written; nothing has changed then.
    """
    path = Path(os.path.realpath(path))
    new = path.with_name(f"{prefix(path.name)}{os.getpid()}.tmp")
    try:
        with open(new, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            new.chmod(path.stat().st_mode & 0o777)
        os.replace(new, path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def prefix(name: str) -> str:
    """How the name of a file begins that is being written in the place of ``name``."""
    return f".{name}-"
