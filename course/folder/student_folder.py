"""The student's own folder: what is missing is copied from the release, nothing is overwritten.

Beside the lessons lie, hidden, the releases that they were made from (``.backprop/base/``), which
an update compares with.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from course.folder.whole_file import write_whole
from course.making.fingerprints import KEY, LANGUAGE, release_digest, released, text_digest

HIDDEN = ".backprop"

#: What the notebooks write beside themselves: a student's own, never the course's.
KEPT = ("predictions.json", "attempts.json", "review.json")

ELSEWHERE = " Choose another place: --folder PLACE"


class FolderError(Exception):
    """A folder that cannot be used; the message says what to do."""


@dataclass
class Filled:
    """What `fill` did and found, as names of lessons, or of files below the folder."""

    copied: list[str] = field(default_factory=list)
    rescued: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def said(self, place: str) -> list[str]:
        """What happened, in lines for the reader; the first says what was copied."""
        if self.copied:
            names = ", ".join(self.copied)
            lines = [f"Copied to {place}/: {names}. Nothing there was overwritten."]
        else:
            lines = [f"{place}/ holds every lesson already; nothing was copied or changed."]
        if self.rescued:
            lines.append(
                f"Edited in release/, and copied to {place}/ with the edits: "
                f"{', '.join(self.rescued)}. "
                f"Go on in {place}/; `git checkout release/` puts the course's own back."
            )
        if self.beside:
            lines.append(
                "Edited in release/ too; that version now stands beside yours: "
                f"{', '.join(self.beside)}."
            )
        if self.older:
            lines.append(
                f"The course has a newer version of: {', '.join(self.older)}. "
                "`backprop update` brings it and keeps what you wrote."
            )
        if self.unreadable:
            lines.append(f"Not a readable notebook, left alone: {', '.join(self.unreadable)}.")
        return lines


def read_notebook(path: Path) -> dict:
    """A notebook file as plain JSON, fast and without judging it.

    Raises
    ------
    ValueError
        When it is no notebook of format 4.
    OSError
        When it cannot be read.
    """
    try:
        nb = json.loads(path.read_bytes())
    except RecursionError:
        raise ValueError("nested too deeply") from None
    cells = nb.get("cells") if isinstance(nb, dict) else None
    if not isinstance(cells, list) or nb.get("nbformat") != 4:
        raise ValueError("not a notebook of format 4")
    if not isinstance(nb.get("metadata"), dict):
        raise ValueError("a notebook without metadata")
    if not all(isinstance(cell, dict) and "cell_type" in cell for cell in cells):
        raise ValueError("a cell is not a cell")
    return nb


def lessons(release: Path) -> list[str]:
    """The names of the lessons of a release, in order."""
    paths = release.glob("*/*.ipynb")
    return sorted(path.stem for path in paths if path.stem == path.parent.name)


def notebook(folder: Path, name: str) -> Path:
    """Where the notebook of a lesson lies in a folder of lessons."""
    return folder / name / f"{name}.ipynb"


def base(folder: Path, name: str) -> Path:
    """Where the release is kept that a student's notebook was made from."""
    return notebook(folder / HIDDEN / "base", name)


def is_edited(release: Path, name: str) -> bool:
    """Whether somebody wrote into a released notebook since it was made.

    One that bears no fingerprint is compared with what git knows; without git it counts as edited.

    Raises
    ------
    ValueError
        When it is no readable notebook.
    """
    path = notebook(release, name)
    nb = read_notebook(path)
    if released(nb) is not None:
        return released(nb) != release_digest(nb)
    shown = ["git", "show", f"HEAD:./{path.name}"]
    try:
        done = subprocess.run(shown, cwd=path.parent, capture_output=True, check=True)
        return release_digest(json.loads(done.stdout)) != release_digest(nb)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return True


def prepare(folder: Path, root: Path) -> None:
    """Make the student's folder where it is missing.

    Raises
    ------
    FolderError
        When nobody could work there, in a sentence that says what to do.
    """
    if folder.resolve() == root.resolve():
        raise FolderError(f"{folder} is the course's own folder. Choose another: --folder work")
    for name in ("release", "source", "course", "autograder"):
        if (root / name).resolve() in (folder.resolve(), *folder.resolve().parents):
            raise FolderError(
                f"{name}/ is the course's own and is built anew. Choose your own: --folder work"
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise FolderError(f"{folder} is a file, not a folder.{ELSEWHERE}") from None
    except OSError as error:
        raise FolderError(f"{folder} cannot be made ({error.strerror}).{ELSEWHERE}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FolderError(f"{folder} is read-only: nothing could be saved there.{ELSEWHERE}")


def fill(release: Path, folder: Path) -> Filled:
    """Copy what is missing of a release to the student's folder.

    Parameters
    ----------
    release, folder : Path
        Both exist.

    Raises
    ------
    FolderError
        When something cannot be copied. What was there before is untouched.
    """
    done = Filled()
    for name in lessons(release):
        try:
            _fill_lesson(release, folder, name, done)
        except OSError as error:
            raise FolderError(
                f"{name} could not be copied to {folder} ({error.strerror}). "
                "Nothing of yours was changed."
            ) from None
    return done


def _fill_lesson(release: Path, folder: Path, name: str, done: Filled) -> None:
    place = folder / name
    if place.exists() and not place.is_dir():
        raise FolderError(f"{place} is a file where the lesson's folder belongs. Move it away.")
    try:
        edited = is_edited(release, name)
    except ValueError:
        done.unreadable.append(f"release/{name}/{name}.ipynb")
        return
    if not place.exists():
        _copy_lesson(release, folder, name, edited)
        done.copied.append(name)
        if edited:
            done.rescued.append(name)
        return
    before = len(done.copied)
    for file in _files(release / name):
        own = file.name in KEPT or (file.suffix == ".ipynb" and file.stem != name)
        target = place / file.relative_to(release / name)
        if not own and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, _content(file))
            done.copied[before:] = [name]
            if file.stem == name and file.suffix == ".ipynb":
                _keep_base(release, folder, name, edited)
    _compare(release, folder, name, edited, done)


def _compare(release: Path, folder: Path, name: str, edited: bool, done: Filled) -> None:
    """Note that a student's notebook is older; put what was written in release/ beside it."""
    try:
        mine, theirs = read_notebook(notebook(folder, name)), read_notebook(notebook(release, name))
    except ValueError:
        done.unreadable.append(f"{name}/{name}.ipynb")
        return
    if not edited and released(mine) != released(theirs):
        done.older.append(name)
    if edited and _texts(mine) != _texts(theirs):
        before = (folder / name).glob(f"{name}.from-release*.ipynb")
        if _texts(theirs) not in map(_texts_or_none, before):
            target = free(folder / name, f"{name}.from-release", ".ipynb")
            write_whole(target, notebook(release, name).read_bytes())
            done.beside.append(f"{name}/{target.name}")


def free(folder: Path, stem: str, ending: str) -> Path:
    """A path in a folder that does not exist yet: ``stem`` with its ending, else numbered."""
    names = (f"{stem}{number}{ending}" for number in ["", *(f"-{n}" for n in range(2, 1000))])
    return next(folder / name for name in names if not (folder / name).exists())


def _texts(nb: dict) -> list[str]:
    return [text_digest(cell) for cell in nb["cells"]]


def _texts_or_none(path: Path) -> list[str] | None:
    try:
        return _texts(read_notebook(path))
    except ValueError:
        return None


def _copy_lesson(release: Path, folder: Path, name: str, edited: bool) -> None:
    # made apart and then moved: a lesson is there whole or not at all
    made = folder / HIDDEN / f"new-{name}"
    shutil.rmtree(made, ignore_errors=True)
    try:
        for file in _files(release / name):
            target = made / file.relative_to(release / name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_content(file))
        _keep_base(release, folder, name, edited)
        made.rename(folder / name)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    """The files of a lesson, but for hidden ones such as checkpoints."""
    found = (path for path in folder.rglob("*") if path.is_file())
    shown = (p for p in found if not any(part[0] == "." for part in p.relative_to(folder).parts))
    return sorted(shown)


def _content(file: Path) -> bytes:
    """A file's bytes; a notebook of ours says which Python runs it.

    JupyterLab writes that into every notebook that it opens, and calls it unsaved if that is new.
    """
    content = file.read_bytes()
    if file.suffix != ".ipynb":
        return content
    try:
        nb = read_notebook(file)
    except ValueError:
        return content
    if KEY not in nb["metadata"]:
        return content
    return dump(say_version(nb))


def say_version(nb: dict) -> dict:
    """The notebook, with this Python's version in its metadata, as the kernel will tell it."""
    nb["metadata"]["language_info"] = {**LANGUAGE, "version": sys.version.split()[0]}
    return nb


def dump(nb: dict) -> bytes:
    """A notebook as JupyterLab writes it to its file."""
    return (json.dumps(nb, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _keep_base(release: Path, folder: Path, name: str, edited: bool) -> None:
    if not edited:
        keep_base(release, folder, name)


def keep_base(release: Path, folder: Path, name: str) -> None:
    """Keep the release that a student's notebook is now made from."""
    path = base(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, notebook(release, name).read_bytes())
