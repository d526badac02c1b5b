"""The course as one wheel for the tab: pure Python, the same bytes each time, without MNIST."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

NAME, VERSION = "backprop_by_hand", "0.1.0"

#: What the lessons import, and their texts, for the model answers. The rest needs a server, a class or processes, which a tab has not.
COURSE = ("folder", "lessons", "opening", "plots", "prediction", "widgets")
AUTOGRADER = ("decks", "evidence", "exercises", "judging", "notebook", "review")

#: What is packed.
ALSO = {".py", ".js", ".css", ".toml", ".md"}

METADATA = f"Metadata-Version: 2.1\nName: {NAME.replace('_', '-')}\nVersion: {VERSION}\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: site/lab\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def files(repository: Path) -> Iterator[Path]:
    """What the wheel holds of a repository, in a fixed order."""
    for package, rooms in (("course", COURSE), ("autograder", AUTOGRADER)):
        root = repository / package
        places = [root.glob("*"), *((root / room).rglob("*") for room in rooms)]
        found = (path for place in places for path in place)
        yield from sorted(path for path in found if path.is_file() and path.suffix in ALSO)


def pack(repository: Path) -> tuple[str, bytes]:
    """The wheel's name and content.

    Parameters
    ----------
    repository : Path
        Where `course` and `autograder` lie.
    """
    info = f"{NAME}-{VERSION}.dist-info"
    content = {
        path.relative_to(repository).as_posix(): path.read_bytes() for path in files(repository)
    }
    content.pop("autograder/app.py", None)  # an instructor's command
    content |= {f"{info}/METADATA": METADATA.encode(), f"{info}/WHEEL": WHEEL.encode()}
    record = "".join(
        f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in content.items()
    )
    content[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as wheel:
        _write(wheel, content)
    return f"{NAME}-{VERSION}-py3-none-any.whl", packed.getvalue()


def add(wheel: Path, content: dict[str, bytes]) -> None:
    """Put more files into a wheel that is there, or others in place of those of the same name."""
    with zipfile.ZipFile(wheel) as packed:
        old = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(wheel, "w") as packed:
        _write(packed, old | content)


def _write(wheel: zipfile.ZipFile, content: dict[str, bytes]) -> None:
    for name, data in content.items():
        entry = zipfile.ZipInfo(name)  # 1980-01-01: no clock is read
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        wheel.writestr(entry, data)


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
