"""What somebody wrote into a built folder is not overwritten, nor what the build did not make."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from course.folder.student_folder import is_edited, notebook, read_notebook
from course.folder.whole_file import write_whole
from course.making.fingerprints import KEY, cells_digest

KINDS = ("source", "release")


def is_ours(path: Path) -> bool:
    """Whether a notebook was built from a lesson, as it says itself; a broken one there counts."""
    try:
        told = read_notebook(path)["metadata"].get(KEY)
    except (OSError, ValueError):
        return path.stem == path.parent.name
    return isinstance(told, dict) and told.get("lesson") == path.stem == path.parent.name


def built(root: Path, kind: str) -> list[str]:
    """The names of the lessons that were built into ``source/`` or ``release/``."""
    paths = (root / kind).glob("*/*.ipynb")
    return sorted(path.stem for path in paths if path.stem == path.parent.name and is_ours(path))


def edited(root: Path, kinds: Collection[str] = KINDS, but: Collection[str] = ()) -> str:
    """What was edited in the built folders, and what to do, in sentences; "" where nothing was.

    Parameters
    ----------
    root : Path
        The repository.
    kinds : collection of str
        "source", "release", or both.
    but : collection of str
        Lessons whose ``source/`` notebook is in the lesson's text already.
    """
    source, release, unreadable = [], [], []
    for kind in kinds:
        for name in built(root, kind):
            path = notebook(root / kind, name)
            try:
                if kind == "release" and is_edited(root / kind, name):
                    release.append(_name(root, path))
                elif kind == "source" and name not in but and _differs(path):
                    source.append(_name(root, path))
            except ValueError as problem:
                said = f"{_name(root, path)} is not a readable notebook ({problem})."
                unreadable.append(said)
    said = []
    if source:
        said.append(
            f"{_listed(source)} edited. Run `make sync` to bring the edit into the lesson, "
            "or `backprop build --force` to throw it away."
        )
    if release:
        said.append(
            f"{_listed(release)} edited. `backprop lab` copies it to work/, where nobody overwrites"
            " it; then `git checkout release/` puts the course's own back (before a `git pull` as"
            " well). `backprop build --force` throws every edit away, in release/ and in source/."
        )
    if unreadable:
        said.append(" ".join(unreadable) + " Restore it with git checkout.")
    return "\n".join([*said, "Nothing was changed."]) if said else ""


def put(made: Path, root: Path) -> list[str]:
    """Put what was built into the repository: only notebooks of ours are replaced or taken away.

    Parameters
    ----------
    made, root : Path
        Both with ``source/`` and ``release/``.

    Returns
    -------
    list of str
        What was left alone in folders of lessons that are gone.
    """
    left = []
    for kind in KINDS:
        for name in set(built(root, kind)) - set(built(made, kind)):
            notebook(root / kind, name).unlink()
            left += _clear(root, root / kind / name)
        for name in built(made, kind):
            new, old = notebook(made / kind, name), notebook(root / kind, name)
            old.parent.mkdir(parents=True, exist_ok=True)
            if not old.exists() or old.read_bytes() != new.read_bytes():
                write_whole(old, new.read_bytes())
    return sorted(left)


def _clear(root: Path, folder: Path) -> list[str]:
    """Take away the folder of a lesson that is gone, if nothing else lies there; what does."""
    left = [_name(root, path) for path in folder.rglob("*") if path.is_file()]
    if not left:
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir()
        folder.rmdir()
    return left


def _differs(path: Path) -> bool:
    nb = read_notebook(path)
    return nb["metadata"][KEY].get("cells") != cells_digest(nb)


def _listed(names: list[str]) -> str:
    return f"{', '.join(names)} {'was' if len(names) == 1 else 'were'}"


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
