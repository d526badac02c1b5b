"""The symbols of the course as a page: ``site/glossary.md``, built from the data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from autograder.decks.numbers import DECKS

#: A deck in the two or three words that a table has room for.
SHORT = {
    "000": "class notes (how MLPs are trained)",
    "001": "class notes (multi-layer networks)",
    "002": "Robot Vision, lecture 17",
    "003": "Inha University",
    "004": "lessons 8–13",
}
HEAD = """\
# The symbols of the course

Five decks, five ways to write the same things. Here is what each letter means in the lessons, the shape it has, the lesson
in which it first stands, and how each deck writes it.

*Built from `autograder/decks/deck_data/symbols.toml` by `make build`.*

**Indices.** In this course, as in CAP 4453, $w_{ij}^{(k)}$ leads from unit $i$ of layer $k-1$ to unit $j$ of layer $k$. In
the code it is `W[i, j]` of that layer. The Inha slides number all weights of a network from one end to the other.

**Rows and columns.** From the end of lesson 3 on, one example is one row, and `Z = A @ W + b`. Lesson 3 begins with one
example a column, $z = wx + b$, as its deck does.

**The hat.** $\\hat y$ is the output in the two class notes and the target in lessons 8–13; CAP 4453 has it in both roles.

**The sign of δ.** On the Inha slides δ appears with two signs. Here $\\delta = \\partial E/\\partial z$, and a weight takes
the step $-\\eta\\,\\delta\\,y$.

**Gradients.** In the code a gradient has the name of what it is a gradient of: `gradients["W1"]` has the shape of `W1`.
"""


@dataclass(frozen=True)
class Symbol:
    """One entry of the glossary.

    Attributes
    ----------
    latex, name, meaning, shape : str
        As the lessons write it, what it is called, what it means, and its shape.
    lesson : str
        The lesson in which it first stands, ``"01"`` to ``"08"``.
    elsewhere : list
        Earlier lessons that have a letter of it with other meanings only; `twice` says which.
    decks : dict
        Key of a deck -> how it writes the symbol, as Markdown; without an entry it has none.
    twice : str
        Where the same letter means something else; "" where it does not.
    """

    latex: str
    name: str
    meaning: str
    shape: str
    lesson: str
    decks: dict[str, str] = field(default_factory=dict)
    twice: str = ""
    elsewhere: tuple[str, ...] = ()


@cache
def symbols() -> tuple[Symbol, ...]:
    """All entries, in the order of the file."""
    text = files("autograder.decks.deck_data").joinpath("symbols.toml").read_text("utf-8")
    return tuple(Symbol(**entry) for entry in tomllib.loads(text)["symbol"])


def glossary_page() -> str:
    """The page as Markdown: one section a symbol."""
    parts = [HEAD]
    for one in symbols():
        parts += [
            f"## ${one.latex}$ · {one.name}",
            "",
            f"{one.meaning[0].upper()}{one.meaning[1:]}.",
            "",
            f"- shape: {one.shape}",
            f"- first in lesson {one.lesson}",
            *(f"- {SHORT[key]}: {text}" for key, text in sorted(one.decks.items())),
            *([f"- mind: {one.twice}"] if one.twice else []),
            "",
        ]
    parts += ["## The decks", "", *(f"- {SHORT[key]}: {title}" for key, title in DECKS.items()), ""]
    return "\n".join(parts)
