"""What a student reads: a table of quantities, what went wrong, and where to go on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from autograder.judging.way.lost import Lost

if TYPE_CHECKING:
    from autograder.evidence.plain import Plain

    Nested: TypeAlias = float | list["Nested"]


class Diagnosis(NamedTuple):
    """The misconception whose numbers the student's are: its name, the explanation, and how yours
    become the exact ones."""

    name: str
    explanation: str
    numbers: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the verdict: a quantity (or a property of the function), and whether it is right.

    `yours` and `exact` are shown as text; `deck` is what the deck prints, `comment` what there is
    to say. `general` marks rows about the function as a whole ("shape", "inputs unchanged").
    `given` names the student's own wrong quantities from which this one follows rightly: it counts
    as right. `judged` is False where nobody could see whether it is right, as something before it
    is not: it counts as wrong, and is not said to be.
    """

    name: str
    ok: bool
    symbol: str = ""
    yours: str = ""
    exact: str = ""
    deck: str = ""
    comment: str = ""
    general: bool = False
    given: str = ""
    judged: bool = True

    @property
    def mark(self) -> str:
        """The verdict in words, so that it does not depend on colour."""
        if self.given:
            return f"right, given your {self.given}"
        if not self.judged:
            return "not judged"
        return "right" if self.ok else "nothing came back" if self.yours == "—" else "wrong"


@dataclass(frozen=True)
class Verdict:
    """The judgement on an exercise.

    `score` is a fraction from 0 to 1, `rows` the table, `diagnosis` the misconception that was
    recognised (or None), `finding` what can be said without guessing a cause, `hint` where to go
    on, `case` the inputs that the table shows, `blamed` the student's earlier functions that this
    one uses and that are not right, `written` whether the function does more than raise
    NotImplementedError, `lost` the line at which the student's own computation leaves the right way
    (`autograder.judging.way.wayfinding`).
    """

    exercise: str
    score: float
    rows: tuple[Row, ...] = ()
    diagnosis: Diagnosis | None = None
    finding: str = ""
    hint: str | None = None
    case: str = ""
    section: str = ""
    points: float = 0.0
    notes: tuple[str, ...] = field(default=())
    blamed: tuple[str, ...] = field(default=())
    written: bool = True
    lost: Lost | None = None

    @property
    def passed(self) -> bool:
        """Whether everything is right."""
        return self.score == 1.0

    @property
    def headline(self) -> str:
        """One line: the exercise and how much of it is right."""
        if self.passed:
            return f"{self.exercise}: all right"
        if self.score == 0:
            return f"{self.exercise}: not yet right"
        return f"{self.exercise}: {self.score:.0%} right"

    def paragraphs(self) -> list[tuple[str, str]]:
        """What is said below the table: (label, text)."""
        said: list[tuple[str, str]] = []
        if self.diagnosis:
            said.append(("What happened", self.diagnosis.explanation))
            said += [("In numbers", self.diagnosis.numbers)] if self.diagnosis.numbers else []
        if self.finding:
            numbers = any(row.yours not in ("", "—") for row in self.rows)
            said.append(("What the numbers say" if numbers else "What happened", self.finding))
        if self.lost:
            said.append(("Where it got lost", self.lost.text))
        said += [("Note", note) for note in self.notes]
        if self.hint:
            said.append(("Hint", self.hint))
        if not self.passed and self.section:
            said.append(("Where to read", f"the section “{self.section}”"))
        return said

    def __str__(self) -> str:
        lines = [self.headline]
        if self.case and self.rows:
            lines.append(f"Shown: {self.case}")
        table, quiet = _shown(self.rows)
        lines += _text_table(table) + ([f"({quiet})"] if quiet else [])
        lines += [f"{label}: {text}" for label, text in self.paragraphs()]
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))  # what a saved notebook keeps for a reader without HTML

    def _repr_html_(self) -> str:
        return _html(self)


def _written(value: Nested, precision: int) -> str:
    """Numbers in nested lists, as text."""
    if isinstance(value, list):
        return f"[{', '.join([_written(part, precision) for part in value])}]"
    return f"{value + 0.0:.{precision}g}"


def show(value: Plain, digits: int = 8, room: int = 36) -> str:
    """Numbers as a reader wants them: all of a small array, a matrix row by row, the size of a
    large one.

    `room` is how many characters a line may have; the digits become fewer, from `digits` down to 4,
    to keep to it.
    """
    if value is None:
        return ""
    if isinstance(value, list) and value and isinstance(value[0], np.ndarray) and value[0].ndim:
        return f"{len(value)} array{'s' * (len(value) > 1)}"
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return str(value)[:room]
    if array.ndim == 0:
        return f"{float(array) + 0.0:.{digits}g}"
    if array.size > 12:
        return f"{array.size} numbers, shape {array.shape}"
    text = ""
    for precision in (digits, 6, 4):
        text = _written(array.tolist(), precision)
        if max(map(len, _by_rows(text))) <= room:
            return text
    return f"{array.size} numbers, shape {array.shape}" if array.size > 8 else text


def listed(names: list[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def coded(names: Sequence[str]) -> str:
    """Names as code in a sentence."""
    return listed([f"`{name}`" for name in names])


def _by_rows(text: str) -> list[str]:
    """The text of an array as lines, one for each row of a matrix."""
    return text.replace("], [", "],\n [").split("\n")


_IN_WORDS = {
    "shape": "the shapes",
    "inputs unchanged": "the inputs are left as they are",
    "new arrays": "the results are new arrays",
    "no warning": "numpy warns of nothing",
    "second call": "a second call gives the same",
}


def _shown(rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], str]:
    """The rows of the table, and the properties that hold, which are named in one line below it."""
    left_out = [row for row in rows if row.general and row.ok and not row.yours]
    table = tuple(row for row in rows if row not in left_out)
    seen: set[str] = set()
    for k, row in enumerate(table):  # one error often stops several quantities: say it once
        if row.comment and row.comment in seen:
            table = (*table[:k], replace(row, comment="as above"), *table[k + 1 :])
        seen.add(row.comment)
    quiet = [_IN_WORDS.get(row.name, row.name) for row in left_out]
    return table, (
        f"Also right: {'; '.join(quiet)}." if quiet and any(row.ok for row in table) else ""
    )


DECK = "the deck prints"


def _headings(rows: tuple[Row, ...]) -> list[str]:
    """The table's column heads. A property of the function as a whole is needed, a number is
    exact."""
    exact = "needed" if all(row.general for row in rows) else "exact"
    return [
        "quantity",
        "yours",
        exact,
        *([DECK] if any(row.deck for row in rows) else []),
        "verdict",
    ]


def _text_table(rows: tuple[Row, ...]) -> list[str]:
    if not rows:
        return []
    head = _headings(rows)
    deck = len(head) == 5
    body = [
        [
            _by_rows(text)
            for text in (
                row.symbol or row.name,
                row.yours,
                row.exact,
                *([row.deck] if deck else []),
                row.mark,
            )
        ]
        for row in rows
    ]
    widths = [
        max(len(line) for cells in [[[text] for text in head], *body] for line in cells[i])
        for i in range(len(head))
    ]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(head, widths, strict=True)).rstrip()
    ]
    for row, cells in zip(rows, body, strict=True):
        for parts in zip_longest(*cells, fillvalue=""):
            lines.append(
                "  ".join(
                    part.ljust(width) for part, width in zip(parts, widths, strict=True)
                ).rstrip()
            )
        if row.comment:
            lines.append(f"    {row.comment}")
    return lines


# for marks and lines; words have the colour of the page, dark or light
_GOOD, _BAD = "#009E73", "#D55E00"
_RAISED = re.compile("[⁽⁾⁰¹²³⁴⁵⁶⁷⁸⁹ᴺ]+")
_LEVEL = str.maketrans("⁽⁾⁰¹²³⁴⁵⁶⁷⁸⁹ᴺ", "()0123456789N")
_MINUS = re.compile(r"(?<![\w.)])-(?=[\d.])")


def _symbol(text: str) -> str:
    """The name of a quantity; raised letters, tiny in most fonts, as superscripts."""
    return _RAISED.sub(
        lambda raised: f'<sup style="line-height:0">{raised[0].translate(_LEVEL)}</sup>',
        escape(text),
    )


def _numbers(text: str) -> str:
    """Numbers in a cell: a matrix row by row, true minus signs."""
    return escape(_MINUS.sub("−", "\n".join(_by_rows(text))))


def prose(text: str) -> str:
    """Words, with `code` as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(_MINUS.sub("−", text)))


def _mark(ok: bool, words: str) -> str:
    return (
        f'<span style="color:{_GOOD if ok else _BAD}">{"✓" if ok else "✗"}</span> {escape(words)}'
    )


_BORDER = "1px solid var(--jp-border-color2, #bbb)"
_CELL = "padding:5px 6px 5px 3px;text-align:left;vertical-align:top;font-size:14px"
_MONO = "font-family:var(--jp-code-font-family,monospace);font-size:12.5px;white-space:pre-wrap;overflow-wrap:break-word"
_SOFT = "color:var(--jp-ui-font-color2,#595959)"


def _html(verdict: Verdict) -> str:
    """The verdict for a page of any width: numbers wrap in their own cells, what there is to say
    has the whole width."""
    parts = [
        (
            f'<div role="group" aria-label="{escape(verdict.headline)}" style="border-left:5px'
            " solid "
            f"{_GOOD if verdict.passed else _BAD};padding:2px 0 2px"
            " 10px;max-width:1120px;overflow-x:auto;"
            'color:var(--jp-ui-font-color1,#222);font-size:14px;line-height:1.5;white-space:normal">'
        ),
        (
            "<div"
            f' style="font-weight:600;font-size:16px">{_mark(verdict.passed, verdict.headline)}</div>'
        ),
    ]
    rows, quiet = _shown(verdict.rows)
    if verdict.case and verdict.rows:
        parts.append(f'<div style="{_SOFT}">Shown: {escape(verdict.case)}</div>')
    if rows:
        # the verdict beside the quantity: never out of sight
        head = [_headings(rows)[k] for k in (0, -1, 1, 2)]
        parts.append(
            '<table style="border-collapse:collapse;table-layout:auto;margin:6px'
            ' 0;max-width:100%;color:inherit"><thead><tr>'
        )
        parts += [
            f'<th scope="col" style="{_CELL};font-weight:600;border-bottom:{_BORDER}">{text}</th>'
            for text in head
        ]
        parts += ["</tr></thead><tbody>", *map(_html_row, rows), "</tbody></table>"]
    parts.append(f'<div style="{_SOFT};max-width:60em">{escape(quiet)}</div>' if quiet else "")
    for label, text in verdict.paragraphs():
        parts.append(
            f'<p style="margin:6px 0;max-width:60em;white-space:pre-line"><b>{label}:</b>'
            f" {prose(text)}</p>"
        )
    return "".join([*parts, "</div>"])


def _html_row(row: Row) -> str:
    """One quantity, and in a line of its own below what the deck prints and what there is to
    say."""
    tint = "transparent" if row.ok else f"color-mix(in srgb, {_BAD} 9%, transparent)"
    said = [f'{DECK} <span style="{_MONO}">{_numbers(row.deck)}</span>'] if row.deck else []
    said += [prose(row.comment)] if row.comment else []
    line = f"border-bottom:{_BORDER}"
    cell = f"{_CELL};{'border-bottom:0' if said else line}"
    plain, _, given = row.mark.partition(", ")
    given = f", {_symbol(given)}" if given else ""
    name = row.symbol or row.name
    parts = [f'<tr style="background:{tint}"><th scope="row" style="{cell};font-weight:400;'
             f'white-space:{"nowrap" if len(name) < 16 else "normal"}">{_symbol(name)}</th>']  # fmt: skip
    whole = "nowrap" if len(plain) < 8 else "normal"
    parts.append(
        f'<td style="{cell};min-width:5em;white-space:normal"><b'
        f' style="white-space:{whole}">{_mark(row.ok, plain)}</b>{given}</td>'
    )
    parts += [
        *(f'<td style="{cell};{_MONO}">{_numbers(text)}</td>' for text in (row.yours, row.exact)),
        "</tr>",
    ]
    if said:
        told = "".join(
            f'<div style="max-width:60em;white-space:normal;overflow-wrap:break-word">{text}</div>'
            for text in said
        )
        parts.append(
            f'<tr style="background:{tint}"><td colspan="4" style="{_CELL};padding:0 4px 6px'
            f' 18px;{line};{_SOFT}">{told}</td></tr>'
        )
    return "".join(parts)
