"""What a student reads: a table of quantities, what went wrong, and where to go on."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple

import numpy as np


class Diagnosis(NamedTuple):
    """The misconception whose numbers the student's are: its name and the explanation."""

    name: str
    explanation: str


@dataclass(frozen=True)
class Row:
    """One line of the verdict: a quantity (or a property of the function), and whether it is right.

    `yours` and `exact` are shown as text; `deck` is what the deck prints, `comment` what there is to say. `general`
    marks rows about the function as a whole ("shape", "inputs unchanged").
    """

    name: str
    ok: bool
    symbol: str = ""
    yours: str = ""
    exact: str = ""
    deck: str = ""
    comment: str = ""
    general: bool = False

    @property
    def mark(self) -> str:
        """The verdict in a word, so that it does not depend on colour."""
        return "right" if self.ok else "wrong"


@dataclass(frozen=True)
class Verdict:
    """The judgement on an exercise.

    `score` is a fraction from 0 to 1, `rows` the table, `diagnosis` the misconception that was recognised (or None),
    `finding` what can be said without guessing a cause, `hint` where to go on, `case` the inputs that the table shows.
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
        right = sum(row.ok for row in self.rows)
        return f"{self.exercise}: {right} of {len(self.rows)} right ({self.score:.0%})"

    def paragraphs(self) -> list[tuple[str, str]]:
        """What is said below the table: (label, text)."""
        said = []
        if self.diagnosis:
            said.append(("What happened", self.diagnosis.explanation))
        if self.finding:
            said.append(("What the numbers say", self.finding))
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

    def _repr_html_(self) -> str:
        return _html(self)


def show(value: Any, digits: int = 8, room: int = 46) -> str:
    """Numbers as a reader wants them: all of a small array, the beginning of a large one."""
    if value is None:
        return ""
    if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
        return f"{len(value)} arrays"
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return str(value)[:room]
    if array.ndim == 0:
        return f"{float(array):.{digits}g}"
    for precision in (digits, 6, 4):
        text = np.array2string(array, separator=", ", formatter={"float": lambda v, p=precision: f"{v:.{p}g}"},
                               max_line_width=10_000).replace("\n", "")
        if len(text) <= room:
            return text
    return f"{array.size} numbers, shape {array.shape}" if array.size > 8 else text


def _shown(rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], str]:
    """The rows of the table, and the properties that hold, which are named in one line below it."""
    table = tuple(row for row in rows if not (row.general and row.ok and not row.yours))
    quiet = [row.name for row in rows if row not in table]
    return table, f"also right: {', '.join(quiet)}" if quiet and any(row.ok for row in table) else ""


def _text_table(rows: tuple[Row, ...]) -> list[str]:
    if not rows:
        return []
    deck = any(row.deck for row in rows)
    head = ["quantity", "yours", "exact", *(["deck prints"] if deck else []), ""]
    body = [[row.symbol or row.name, row.yours, row.exact, *([row.deck] if deck else []), row.mark] for row in rows]
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]
    lines = []
    for line, row in zip([head, *body], [None, *rows], strict=True):
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        if row is not None and row.comment:
            lines.append(f"    {row.comment}")
    return lines


_GOOD, _BAD = "#009E73", "#D55E00"


def _html(verdict: Verdict) -> str:
    colour = _GOOD if verdict.passed else _BAD
    border = "1px solid var(--jp-border-color2, #bbb)"
    cell = f"padding:4px 12px 4px 0;text-align:left;vertical-align:top;border-bottom:{border};background:none"
    mono = "font-family:var(--jp-code-font-family,monospace);font-size:0.95em"
    parts = [
        f'<div role="group" aria-label="{escape(verdict.headline)}" style="border-left:4px solid {colour};'
        'padding:2px 0 2px 14px;max-width:62em;color:var(--jp-ui-font-color1,#222);line-height:1.45">',
        f'<div style="font-weight:600;font-size:1.05em">{"✓" if verdict.passed else "✗"} {escape(verdict.headline)}</div>',
    ]
    if verdict.case and verdict.rows:
        parts.append(f'<div style="color:var(--jp-ui-font-color2,#555)">Shown: {escape(verdict.case)}</div>')
    if verdict.rows:
        rows, quiet = _shown(verdict.rows)
        deck = any(row.deck for row in rows)
        head = ["quantity", "yours", "exact", *(["the deck prints"] if deck else []), "verdict"]
        parts.append('<table style="border-collapse:collapse;margin:6px 0"><thead><tr>')
        parts += [f'<th scope="col" style="{cell};font-weight:600">{text}</th>' for text in head]
        parts.append("</tr></thead><tbody>")
        for row in rows:
            values = [row.yours, row.exact, *([row.deck] if deck else [])]
            mark = f'<span style="color:{_GOOD if row.ok else _BAD};font-weight:600">{"✓" if row.ok else "✗"} {row.mark}</span>'
            comment = f'<div style="font-size:0.92em">{escape(row.comment)}</div>' if row.comment else ""
            parts.append(f'<tr style="background:none"><th scope="row" style="{cell};font-weight:400">{escape(row.symbol or row.name)}</th>')
            parts += [f'<td style="{cell};{mono}">{escape(text)}</td>' for text in values]
            parts.append(f'<td style="{cell};max-width:26em">{mark}{comment}</td></tr>')
        parts.append("</tbody></table>")
        parts.append(f'<div style="color:var(--jp-ui-font-color2,#555)">{escape(quiet)}</div>' if quiet else "")
    for label, text in verdict.paragraphs():
        parts.append(f'<p style="margin:4px 0;white-space:pre-line"><b>{label}.</b> {escape(text)}</p>')
    return "".join([*parts, "</div>"])
