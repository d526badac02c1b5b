"""Whose a submission is: the words of a platform's file name, and the students of the gradebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        sheet = self.sheet
        self._rows = {sheet.who(n).participant: n for n in sheet.people} if sheet else {}

    def of(self, source: Source) -> list[str]:
        """The ids of the students that a submission can be of; one where it is known."""
        for word in (source.number, source.participant, source.name):
            if word and word in self.named:
                return [self.named[word]]
        if source.platform == "canvas":
            return self._canvas(source)
        if (who := self.who(source)) is not None:
            # another address is another person, or one whose address changed: a person decides
            return self.people.by_keys(who) or [
                name
                for name in self.people.by_name(who.full or source.name)
                if not (who.email and self.people.all[name].email)
            ]
        known = of_participant(source.participant)
        return [known] if known in self.people.all else self.people.by_name(source.name)

    def of_all(self, sources: Iterable[Source]) -> dict[tuple[str, str], tuple[list[str], str]]:
        """The students of all submissions of a lesson, by `Source.key`, and why one has none.

        Two owners that fit one student are two people, of whom the gradebook knows one: neither
        submission is taken for that student's until the instructor says whose each is.
        """
        known = {source.key: source for source in sources}
        found = {key: self.of(source) for key, source in known.items()}
        sharing: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for key, fits in found.items():
            if len(fits) == 1:
                sharing.setdefault((key[0], fits[0]), []).append(key)
        settled = {}
        for key, fits in found.items():
            source = known[key]
            others = sharing.get((key[0], fits[0]), []) if len(fits) == 1 else []
            if len(others) > 1 and not self._is_named(source):
                settled[key] = ([], f"{len(others)} owners fit {fits[0]}. {advice(source)}")
            else:
                settled[key] = (fits, "" if len(fits) == 1 else reason(source, fits))
        return settled

    def _is_named(self, source: Source) -> bool:
        return any(w in self.named for w in (source.number, source.participant, source.name) if w)

    def who(self, source: Source) -> Who | None:
        """The line of the worksheet on a participant; None where there is none."""
        number = self._rows.get(source.participant)
        return None if number is None or self.sheet is None else self.sheet.who(number)

    def handed_in(self, source: Source) -> str:
        """When a participant handed in, in the words of the worksheet; empty where unknown."""
        number = self._rows.get(source.participant)
        if number is None or self.sheet is None:
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


def advice(source: Source) -> str:
    """What to type so that a submission has an owner."""
    return f"To say whose it is: --who '{source.number or source.participant or source.name}=ID'"


def reason(source: Source, fits: list[str]) -> str:
    """Why a submission has no student, and what to do."""
    if fits:
        return f"it fits {' and '.join(fits)}. {advice(source)}"
    if source.platform == "canvas" and not source.number:
        return f"Canvas gives no name with an anonymous submission. {advice(source)}, or --new"
    return f"nobody in the gradebook fits. {advice(source)}"
