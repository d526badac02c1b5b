"""A platform's table, of which single cells are changed and every other byte stays.

The ``csv`` module reads a table and writes another one: quotes, line ends, a mark at the beginning
and the encoding become its own. What a platform takes back should be what it gave. So the places of
the cells are kept here, and a change is a change of that place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, cast

from autograder.lms.problem import Refused

MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
DELIMITERS = ",;\t:"  # all that Canvas and Moodle offer; the first counts where two fit
# What begins a formula in a spreadsheet, also in the wide letters of East Asian keyboards.
FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*\s?%?")


class Cell(NamedTuple):
    """One cell: what it says, and where it stands in the text of its table."""

    text: str
    start: int
    end: int
    quoted: bool


class Row(NamedTuple):
    """One record, and the number of the line that it begins on."""

    line: int
    cells: list[Cell]

    def at(self, place: int | None) -> str:
        """What stands in a column, without the white space around it; empty where there is none."""
        return "" if place is None or place >= len(self.cells) else self.cells[place].text.strip()


@dataclass(frozen=True)
class Table:
    """A table as a platform wrote it.

    Attributes
    ----------
    text
        Everything after the mark at the beginning, decoded.
    rows
        The records; empty lines and Excel's ``sep=;`` are none.
    mark, encoding, delimiter
        How it is written.
    """

    text: str
    rows: list[Row]
    mark: bytes
    encoding: str
    delimiter: str

    def changed(self, changes: Mapping[tuple[int, int], str]) -> bytes:
        """The table with other text in some cells, as bytes.

        Parameters
        ----------
        changes
            What is to stand in a cell, by the numbers of its row and its column.

        Raises
        ------
        Refused
            When a row has no such column.
        """
        parts, done = [], 0
        for (number, column), new in sorted(changes.items()):
            row = self.rows[number]
            if column >= len(row.cells):
                raise Refused(f"Line {row.line} has {len(row.cells)} columns, not {column + 1}.")
            cell = row.cells[column]
            parts += [self.text[done : cell.start], self._written(new, cell.quoted)]
            done = cell.end
        return self.mark + "".join([*parts, self.text[done:]]).encode(self.encoding)

    def _written(self, text: str, quoted: bool) -> str:
        if quoted or any(sign in text for sign in (self.delimiter, '"', "\r", "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text


def read_table(data: bytes) -> Table:
    """Read a table, whatever its encoding and delimiter.

    Raises
    ------
    Refused
        When the bytes are no text, or hold no table.
    """
    mark = next((mark for mark in MARKS if data.startswith(mark)), b"")
    text, encoding = _decoded(data[len(mark) :], MARKS.get(mark))
    begin = 0
    if said := re.match(r"sep=(.)(?:\r\n|\n|\r)", text):  # Excel's own first line
        begin, delimiter = said.end(), said[1]
    else:
        counts = {sign: len(next(_records(text, sign, 0), ())) for sign in DELIMITERS}
        delimiter = max(DELIMITERS, key=counts.__getitem__)
    rows, line, counted = [], 1, 0
    for cells in _records(text, delimiter, begin):
        line += _lines(text[counted : cells[0].start])
        counted = cells[0].start
        if len(cells) > 1 or cells[0].text.strip():
            rows.append(Row(line, cells))
    if not rows:
        raise Refused("The table is empty.")
    return Table(text, rows, mark, encoding, delimiter)


def neutral(text: str) -> str:
    """Text that a person chose, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would compute what a cell says; a number and a lone sign are text."""
    return (
        bool(FORMULA.match(text)) and not NUMBER.fullmatch(text.strip()) and len(text.strip()) > 1
    )


def _decoded(data: bytes, encoding: str | None) -> tuple[str, str]:
    """The text and its encoding, one from which the same bytes come back."""
    for name in [encoding] if encoding else ["utf-8", "cp1252", "latin-1"]:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" in text or text.encode(name) != data:
            break
        return text, name
    raise Refused("It is no text in UTF-8, UTF-16 or Windows' Western letters. Download it again.")


def _records(text: str, delimiter: str, begin: int):
    """The records of a text one after the other, each a list of cells."""
    sign = re.escape(delimiter)
    end = rf"({sign}|\r\n|\n|\r|\Z)"
    cell = re.compile(rf'(?:"([^"]*(?:""[^"]*)*)"(?={end})|([^{sign}\r\n]*)){end}')
    cells, place = [], begin
    while place < len(text) or cells:
        found = cast("re.Match[str]", cell.match(text, place))  # there is always one, be it empty
        quoted = found[1] is not None
        said = found[1].replace('""', '"') if quoted else found[3]
        cells.append(Cell(said, place, found.start(4), quoted))
        place = found.end()
        if found[4] != delimiter:
            yield cells
            cells = []
        # A delimiter that ends the text leaves one more empty cell, which the next round finds.


def _lines(text: str) -> int:
    return len(re.findall(r"\r\n|\n|\r", text))
