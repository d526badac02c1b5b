"""Whose a submission is: the words of a platform's file name, and the students of the gradebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.lms.people import People, of_participant
from autograder.lms.problem import Refused
from autograder.lms.sheets import WORKSHEET, Sheet, Who
from autograder.lms.zips import Source


@dataclass
class Owners:
    """Finds the students that submissions are of.

    Parameters
    ----------
    people
        The students of the gradebook.
    sheet
        Moodle's grading worksheet, which says who a participant's number is; None without one.
    named
        What the instructor says: a name, a number or a participant, and the student's id.

    Raises
    ------
    Refused
        When the worksheet is another table, or a student that is named is not in the gradebook.
    """

    people: People
    sheet: Sheet | None = None
    named: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self):
        if missing := sorted(set(self.named.values()) - set(self.people.all)):
            raise Refused(f"Nobody in the gradebook is called {', '.join(missing)}.")
        if self.sheet is not None and self.sheet.kind != WORKSHEET:
            raise Refused(
                f"That table is a {self.sheet.kind}. Who a participant is stands in Moodle's grading"
                " worksheet: the assignment, Download grading worksheet."
            )
        self._rows = {
            self.sheet.who(number).participant: number
            for number in (self.sheet.people if self.sheet else ())
        }

    def of(self, source: Source) -> list[str]:
        """The ids of the students that a submission can be of; one where it is known."""
        for word in (source.number, source.participant, source.name):
            if word and word in self.named:
                return [self.named[word]]
        if source.platform == "canvas":
            return self._canvas(source)
        if (who := self.who(source)) is not None:
            return self.people.by_keys(who) or self._by_name(who.full or source.name)
        known = of_participant(source.participant)
        return [known] if known in self.people.all else self._by_name(source.name)

    def who(self, source: Source) -> Who | None:
        """The line of the worksheet on a participant; None where there is none."""
        number = self._rows.get(source.participant)
        return None if number is None else self.sheet.who(number)

    def handed_in(self, source: Source) -> str:
        """When a participant handed in, in the words of the worksheet; empty where unknown."""
        number = self._rows.get(source.participant)
        if number is None:
            return ""
        return self.sheet.table.rows[number].at(self.sheet.places.get("submitted"))

    def new_id(self, source: Source) -> str:
        """The id that somebody gets who is not in the gradebook: the platform's own word."""
        if source.platform == "moodle" and source.participant:
            return of_participant(source.participant)
        return source.number or source.name

    def _canvas(self, source: Source) -> list[str]:
        if found := self.people.by_number(source.number) if source.number else []:
            return found
        # A name is a person's only where Canvas's number does not say that it is another's.
        free = [name for name in self.people.by_name(source.name) if not self.people.all[name].lms]
        if source.number:
            return free
        return [source.name] if source.name in self.people.all else []

    def _by_name(self, name: str) -> list[str]:
        return self.people.by_name(name)


def reason(source: Source, fits: list[str]) -> str:
    """Why a submission has no student, and what to do."""
    word = source.number or source.participant or source.name
    advice = f"To say whose it is: --who '{word}=ID'"
    if fits:
        return f"it fits {' and '.join(fits)}. {advice}"
    if source.platform == "canvas" and not source.number:
        return f"Canvas gives no name with an anonymous submission. {advice}, or --new"
    return f"nobody in the gradebook fits. {advice}"
