"""What the five decks print, what is right, and where they err: data with provenance.

`numbers.toml` holds every number that a deck prints and the values that the decks leave out;
`errata.toml` holds what a reader should know before trusting a slide. The exact value is the truth;
the printed digits stand beside it.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache
from html import escape
from importlib.resources import files
from itertools import zip_longest
from typing import Any

import numpy as np

DECKS = {  # title and institution, by the key that the data use
    "000": "Class notes, “Backpropagation: how MLPs are trained” (handwritten)",
    "001": "Class notes, “Backpropagation & Multi Layer Neural Networks” (handwritten)",
    "002": (
        "University of Central Florida, CAP 4453 Robot Vision, lecture 17 “Introduction to Deep"
        " Learning II”"
    ),
    "003": "Inha University, “Backpropagation, activation function”",
    "004": "Lecture series, lessons 8–13 on neural networks, loss and activation functions",
}

VERDICTS = {  # every verdict on a printed number, with its sign in a table
    "rounded": "✓",
    "cut off": "⌊",
    "misprint": "≠",
    "cascaded rounding": "≈",
    "base 2": "log₂",
    "not reproducible": "?",
    "not recomputable": "?",
    "never printed": "·",
}

TOLERANCE = 1e-10  # a computed value agrees with the exact one within TOLERANCE · (1 + |exact|)


class _Cited:
    deck: str
    slide: str

    @property
    def source(self) -> str:
        """Citation: the deck's title and institution, and the slide."""
        return f"{DECKS[self.deck]}, slide “{self.slide}”"


@dataclass(frozen=True)
class DeckNumber(_Cited):
    """One number of a deck: what is printed, what is right, and why they differ.

    Attributes
    ----------
    id, quantity : str
        Its name in the data, such as ``"cap4453.2-2-1.z1_2"``, and for people, such as ``"z₁⁽²⁾"``.
    deck, slide, lesson : str
        A key of `DECKS`, the slide's title (in handwritten notes the nearest caption), and ``"01"``
        to ``"08"``.
    verdict, why : str
        A key of `VERDICTS`, and one sentence on how the printed digits come about.
    printed, value, decimals : str, float or tuple, int
        What the deck prints, as text, as a number, and with how many decimals.
    exact, behind : float or (nested) tuple
        Full precision, and the number behind the printed digits where that is another (base 2,
        cascaded rounding).
    right : str
        What a misprinted label should say. None here and above where a field does not apply.
    """

    id: str
    deck: str
    slide: str
    lesson: str
    quantity: str
    verdict: str
    why: str
    printed: str | None = None
    value: float | tuple | None = None
    decimals: int | None = None
    exact: float | tuple | None = None
    behind: float | None = None
    right: str | None = None


@dataclass(frozen=True)
class Erratum(_Cited):
    """One place where a deck is wrong, misleading, incomplete or inconsistent.

    Attributes
    ----------
    n, deck, slide, lesson, kind : int and str
        Number of the entry from 1; deck, slide and lesson as in `DeckNumber`; kind is one of
        ``"deck error"``, ``"misleading"``, ``"notation"``, ``"incomplete"``, ``"outside fact"``,
        ``"transcript"`` (probably misread from the page) or ``"undecidable"`` (deck or transcript).
    printed, right, why, check : str
        What stands there, what should, the reason, and how to see it for oneself.
    """

    n: int
    deck: str
    slide: str
    kind: str
    lesson: str
    printed: str
    right: str
    why: str
    check: str


@cache
def numbers() -> tuple[DeckNumber, ...]:
    """Every number that a deck prints, then the values that the decks leave out, as
    `DeckNumber`."""
    return tuple(
        DeckNumber(**{key: _frozen(x) for key, x in row.items()})
        for row in _read("numbers.toml", "number")
    )


def number(id: str) -> DeckNumber:
    """The number called `id`; KeyError, naming the nearest ids, where there is none."""
    by_id = {row.id: row for row in numbers()}
    if id not in by_id:
        near = difflib.get_close_matches(id, by_id, n=4, cutoff=0.4)
        raise KeyError(f"no deck number is called {id!r}; near it: {', '.join(near) or 'none'}")
    return by_id[id]


@cache
def errata(lesson: str | int | None = None) -> tuple[Erratum, ...]:
    """The errata of one lesson (4 or ``"04"``), or all of them; ValueError when it is not one of 1
    … 8."""
    if lesson is not None and str(lesson).lstrip("0") not in set("12345678"):
        raise ValueError(f"lessons are 1 to 8, not {lesson!r}")
    entries = (Erratum(**row) for row in _read("errata.toml", "erratum"))
    return tuple(entry for entry in entries if lesson is None or int(entry.lesson) == int(lesson))


def reproduces(row: DeckNumber | str, value: Any) -> bool:
    """Whether `value`, printed to the deck's decimals, gives the deck's digits (False where it
    prints no number).

    With the verdict "cut off" it is cut after the last decimal, otherwise rounded. `row` may be
    given by its id.
    """
    row = number(row) if isinstance(row, str) else row
    return _prints(row, value, ROUND_DOWN if row.verdict == "cut off" else ROUND_HALF_UP)


def misprint_of(id: str, value: Any) -> bool:
    """Whether `value`, rounded or cut, gives wrong digits of the deck, and is not the exact value.

    Wrong digits are those of a misprint, of cascaded rounding, and those that the slide's own
    operands do not give.
    """
    row = number(id)
    if row.verdict not in ("misprint", "cascaded rounding", "not reproducible") or _agrees(
        value, row.exact
    ):
        return False
    return _prints(row, value, ROUND_HALF_UP) or _prints(row, value, ROUND_DOWN)


def _verdict(row: DeckNumber) -> str:
    """The verdict's sign and word. Digits that are all there is were not rounded."""
    whole = row.verdict == "rounded" and row.value is not None and row.value == row.exact
    return f"{VERDICTS[row.verdict]} {'exact' if whole else row.verdict}"


@dataclass(frozen=True)
class Comparison:
    """Computed values beside what the decks print: a table in a notebook and in a terminal.

    `inexact` holds the ids of the values that are not the exact ones, `yours` the names of the
    reader's functions that they came from.
    """

    rows: tuple[tuple[DeckNumber, Any], ...]
    inexact: frozenset[str] = frozenset()
    yours: tuple[str, ...] = ()
    HEADINGS = ("quantity", "computed", "deck prints", "verdict", "why")

    def cells(self) -> list[tuple[str, ...]]:
        """The table's text, row by row, in the order of `HEADINGS`."""
        return [
            (
                row.quantity,
                _show(row, value),
                row.printed or "nothing",
                *(self._not_exact() if row.id in self.inexact else (_verdict(row), _why(row))),
            )
            for row, value in self.rows
        ]

    def _not_exact(self) -> tuple[str, str]:
        """Verdict and reason of a value that one of the reader's functions got wrong."""
        return "✗ not exact", f"the exact value is another; this one comes from {self._whose()}"

    def _whose(self) -> str:
        return "your own " + " and ".join(
            filter(None, (", ".join(self.yours[:-1]), self.yours[-1]))
        )

    def sources(self) -> str:
        """Each deck that appears, by title and institution, once."""
        return "; ".join(DECKS[deck] for deck in dict.fromkeys(row.deck for row, _ in self.rows))

    def __repr__(self) -> str:
        table = [[cell.split("\n") for cell in texts] for texts in (self.HEADINGS, *self.cells())]
        widths = [max(len(line) for texts in table for line in texts[i]) for i in range(4)] + [0]
        lines = [parts for texts in table for parts in zip_longest(*texts, fillvalue="")]
        rows = [
            "  ".join(part.ljust(width) for part, width in zip(parts, widths)).rstrip()
            for parts in lines
        ]
        return "\n".join([rows[0], "-" * (sum(widths) + 20), *rows[1:], f"Deck: {self.sources()}"])

    def _repr_html_(self) -> str:
        line = "1px solid var(--jp-border-color2, rgba(128, 128, 128, 0.45))"
        cell = (
            f"padding: 0.35em 0.8em; text-align: left; vertical-align: top; border-bottom: {line};"
        )
        digits = (
            f"{cell} font-family: var(--jp-code-font-family, monospace); white-space: pre-line;"
        )
        short = f"{cell} white-space: nowrap;"
        styles = (short, digits, digits, short, f"{cell} max-width: 32em;")
        head = "".join(f'<th scope="col" style="{cell}">{name}</th>' for name in self.HEADINGS)
        body = "".join(
            f'<tr title="{escape(row.source)}" style="background: transparent;">'
            + "".join(
                f'<td style="{style}">{escape(text)}</td>' for text, style in zip(texts, styles)
            )
            + "</tr>"
            for (row, _), texts in zip(self.rows, self.cells())
        )
        return (
            '<div style="overflow-x: auto;"><table style="border-collapse: collapse; table-layout:'
            " auto; margin: 0; "
            'font-size: var(--jp-ui-font-size1, 13px); color: var(--jp-ui-font-color1, inherit);">'
            '<caption style="caption-side: bottom; text-align: left; padding: 0.4em 0.8em; '
            f'color: var(--jp-ui-font-color2, inherit);">Deck: {escape(self.sources())}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )


def _why(row: DeckNumber) -> str:
    return f"should read {row.right}: {row.why}" if row.right else row.why


def compare(values: Mapping[str, Any], yours: tuple[str, ...] = ()) -> Comparison:
    """Set computed values beside the decks' numbers: quantity, computed, printed, verdict, why.

    Parameters
    ----------
    values : mapping from id to number or array
        None shows a row without an exact value (a misprinted label, an unprinted matrix). Where the
        deck used base 2 without saying so, nats and bits are both right.
    yours : tuple of str
        Names of the reader's own functions that the values come from. Then a value that is not the
        exact one does not stop the notebook: its row says so, and names them.

    Raises
    ------
    KeyError, ValueError
        For an unknown id; without `yours`, for a value, named by its id, that does not agree with
        the exact one.
    """
    rows, inexact = [], set()
    for id, value in values.items():
        row = number(id)
        if row.exact is None and value is not None:
            raise ValueError(f"{id} ({row.quantity}) has no exact value to compare with; give None")
        right = (row.exact, row.behind) if row.verdict == "base 2" else (row.exact,)
        if row.exact is not None and not any(_agrees(value, exact) for exact in right):
            if not yours:
                raise ValueError(f"{id} ({row.quantity}): computed {value!r}, exact {row.exact!r}")
            inexact.add(id)
        rows.append((row, value))
    return Comparison(tuple(rows), frozenset(inexact), tuple(yours))


def _read(name: str, table: str) -> list[dict]:
    return tomllib.loads(
        files("autograder.decks.deck_data").joinpath(name).read_text(encoding="utf-8")
    )[table]


def _frozen(field: Any) -> Any:
    return tuple(map(_frozen, field)) if isinstance(field, list) else field


def _prints(row: DeckNumber, value: Any, mode: str) -> bool:
    """`value` has the shape of the printed number and, to its decimals, the same digits."""
    if value is None or row.value is None or row.decimals is None:
        return False
    value, printed = np.asarray(value, dtype=float).squeeze(), np.asarray(row.value)
    if value.shape != printed.shape or not np.isfinite(value).all():
        return False
    unit = Decimal(1).scaleb(-row.decimals)
    pairs = (
        (Decimal(repr(float(v))), Decimal(repr(float(p)))) for v, p in zip(value.flat, printed.flat)
    )
    return all(v.quantize(unit, mode) == p.quantize(unit) for v, p in pairs)


def _agrees(value: Any, exact: Any) -> bool:
    if value is None or exact is None:
        return False
    value, exact = _as_floats(value), np.asarray(exact)
    return (
        value is not None
        and value.shape == exact.shape
        and np.allclose(value, exact, rtol=TOLERANCE, atol=TOLERANCE)
    )


def _as_floats(value: Any) -> np.ndarray | None:
    """`value` as an array without axes of length 1; None where it is no array of numbers."""
    try:
        return np.asarray(value, dtype=float).squeeze()
    except (TypeError, ValueError):
        return None


def _show(row: DeckNumber, value: Any) -> str:
    """The computed value with three digits more than the deck prints, at least six; "—" for None
    and for what is no number."""
    value = None if value is None else _as_floats(value)
    if value is None:
        return "—"
    digits = max(6, (row.decimals or 0) + 3)
    form = lambda v: f"{v + 0.0:.{digits}g}".replace("-", "−")
    return np.array2string(value, separator=", ", max_line_width=72, formatter={"float_kind": form})
