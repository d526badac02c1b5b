"""Where a student's own computation leaves the right way: the data of that claim, and its words."""

from __future__ import annotations

from typing import NamedTuple

MOST = 6  # names in one sentence; of more the last ones are told


class Lost(NamedTuple):
    """What a run line by line showed. Every field is a fact about one call of one case.

    Parameters
    ----------
    case
        The label of the case.
    held
        The right quantities that the function's variables held, in the order in which they
        appeared.
    after
        The line of the last of them, and `after_code` its text.
    missing
        A right quantity that none of the variables held at any time.
    line, until
        The next line that computes a number, and the last of those of which it may be any; they are
        equal where it is only one. Lines are counted in the cell, from 1.
    code
        The text of `line`.
    turn
        In a loop: how often `line` had been executed then, this time included.
    calls
        Functions of the notebook that it calls.
    back
        Where nothing is missing: the quantity that a variable held and that is not what came back.
    key
        Where it did not come back at all: the key that the dictionary lacks.
    """

    case: str
    held: tuple[str, ...]
    after: int
    after_code: str
    missing: str
    line: int
    until: int
    code: str
    turn: int = 1
    calls: tuple[str, ...] = ()
    back: str = ""
    key: str = ""

    @property
    def text(self) -> str:
        """The claim as a student reads it."""
        names = self.held[-MOST:]
        more = "…, " * (len(self.held) > MOST)
        every = "none of them" if len(names) > 1 or more else "no variable"
        back = f"What comes back for {self.back} is another value"
        said = (
            f"For {self.case}: up to line {self.after}{_code(self.after_code)} your variables hold "
            f"{more}{_listed(names)} as {'they' if len(names) > 1 or more else 'it'} should be. "
        )
        if self.key:
            return said + (
                f"The dictionary that you return has no key {self.key!r}; your variable for it is"
                " right."
            )
        link = "and" if self.until == self.line + 1 else "to"
        said += f"{f'{self.missing} appears in {every}' if self.missing else back}; "
        said += (
            f"lines {self.line} {link} {self.until} are the next"
            if self.until > self.line
            else (f"line {self.line}{_code(self.code)} is the next")
        )
        said += f", the {_nth(self.turn)} time it is reached" if self.turn > 1 else ""
        said += (
            f"; there your {_listed([f'`{name}`' for name in self.calls])} is called"
            if self.calls
            else ""
        )
        return f"{said}."


def _code(text: str) -> str:
    return f" (`{text}`)" if text and "`" not in text else ""


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _nth(number: int) -> str:
    ending = (
        "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number}{ending}"
