"""What lies beside the lessons to be read: the course, the decks' misprints, the model answers.

JupyterLab opens nothing outside the folder that it shows, so copies are put there. They are made
anew each time and can be deleted.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

ABOUT = "about"
ANSWERS = "answers"
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?://|#)([^)\s]+)\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\((?!https?://)([^)\s]+)\)")


def put_about(folder: Path, repository: Path, self_study: bool) -> Path:
    """Put what is there to read into ``folder/about``.

    Parameters
    ----------
    folder : Path
        Where a student works.
    repository : Path
        Where the course lies: README.md, site/, source/.
    self_study : bool
        Whether the model answers are put there too. In a class they never are.

    Returns
    -------
    Path
        ``folder/about``
    """
    about = folder / ABOUT
    about.mkdir(parents=True, exist_ok=True)
    site = repository / "site"
    texts = (repository / "README.md", site / "errata.md", site / "glossary.md")
    found = [path for path in texts if path.exists()]
    names = {str(path.relative_to(repository)): path.name for path in found}
    pictures: dict[str, Path] = {}
    for path in found:
        text = _moved(path.read_text("utf-8"), path.parent, repository, names, pictures)
        _replace(about / path.name, text.encode())
    for name, path in pictures.items():
        _replace(about / "pictures" / name, path.read_bytes())
    _put_answers(about / ANSWERS, repository / "source", self_study)
    return about


def _put_answers(folder: Path, source: Path, self_study: bool) -> None:
    notebooks = sorted(source.glob("*/*.ipynb")) if self_study else []
    for path in notebooks:
        _replace(folder / path.name, path.read_bytes())
    if not notebooks and folder.is_dir():
        shutil.rmtree(folder)


def _moved(
    text: str, beside: Path, repository: Path, names: dict[str, str], pictures: dict[str, Path]
) -> str:
    """A text whose pictures are beside it; links to what is not there become plain words."""
    inside = repository.resolve()

    def picture(found: re.Match) -> str:
        path = (beside / found[2]).resolve()
        if not path.is_file():
            return found[1]
        pictures[path.name] = path
        return f"![{found[1]}](pictures/{path.name})"

    def link(found: re.Match) -> str:
        path = (beside / found[2]).resolve()
        name = names.get(str(path.relative_to(inside))) if path.is_relative_to(inside) else None
        return f"[{found[1]}]({name})" if name else found[1]

    return LINK.sub(link, PICTURE.sub(picture, text))


def _replace(path: Path, content: bytes) -> None:
    """Write a file to be read, never to be edited; leave alone what is as it should be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        if path.read_bytes() == content:
            return
        path.chmod(0o644)
    path.write_bytes(content)
    os.chmod(path, 0o444)
