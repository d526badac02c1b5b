"""What Canvas and Moodle write into a table: who stands in it, and where a grade goes.

Three tables are known: the gradebook that Canvas exports, the grading worksheet of one assignment
in Moodle, and Moodle's export of the grades of a course. Canvas writes its own columns in English;
Moodle's are in the language of the person who downloads, so some languages' words are listed here.
The column of the participants' numbers has a heading of too many kinds: it is known by what stands
in it, in a table whose other headings are a worksheet's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from autograder.lms.problem import Refused
from autograder.lms.tables import Row, Table, read_table

CANVAS, WORKSHEET, GRADES = "Canvas gradebook", "Moodle grading worksheet", "Moodle grades"
# Canvas computes these; what is written into them is ignored.
COMPUTED = re.compile(r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
TITLE = re.compile(r"(?P<title>.*?)\s*\((?P<id>\d+)\)")
PARTICIPANT = re.compile(r"(?P<word>[^\d]*[^\d\s])\s?(?P<number>\d+)")
EXCUSED = ("ex", "n/a")
WORDS = {
    "full": "full name|vollständiger name|nom complet|nombre completo|nome completo|全名",
    "first": "first name|vorname|prénom|nombre|nome|voornaam|名",
    "last": "last name|surname|nachname|nom de famille|nom|apellido(s)|apellidos|sobrenome|cognome"
    "|achternaam|姓",
    "email": "email address|e-mail address|e-mail-adresse|adresse de courriel|dirección de correo"
    "|dirección de correo electrónico|endereço de email|indirizzo email|e-mailadres|邮箱地址",
    "number": "id number|id-nummer|matrikelnummer|numéro d'identification|número de id|codice id",
    "login": "username|anmeldename|nom d'utilisateur|nombre de usuario|nome utente|用户名",
    "grade": "grade|bewertung|note|calificación|nota|valutazione|cijfer|成绩",
    "maximum": "maximum grade|bestwertung|note maximale|calificación máxima|nota máxima|最高分",
    "changeable": "grade can be changed|bewertung kann geändert werden|la note peut être modifiée"
    "|la calificación puede ser cambiada|nota pode ser alterada|允许更改成绩",
    "submitted": "last modified (submission)|zuletzt geändert (abgabe)"
    "|dernière modification (travail remis)|última modificación (entrega)",
    "section": "section|group|groups|gruppe|gruppen|groupe|grupo",
}
NARROWEST = 6  # columns that Moodle's worksheet has at least, an anonymous one
NO = ("no", "nein", "non", "não", "nee", "否")


class Who(NamedTuple):
    """A person of a table, as the platform has them; what it does not say is empty.

    `lms` is the platform's own number, `number` that of the institution, `participant` that of one
    assignment in Moodle.
    """

    lms: str = ""
    number: str = ""
    login: str = ""
    email: str = ""
    first: str = ""
    last: str = ""
    full: str = ""
    participant: str = ""
    section: str = ""

    @property
    def name(self) -> str:
        """The name to call this person by in a message."""
        name = " ".join(filter(None, (self.first, self.last))) or self.full
        keys = self.login or self.email or self.number or self.lms
        known = f"participant {self.participant}" if self.participant else "a person with no name"
        return f"{name} ({keys})" if name and keys else name or keys or known


@dataclass(frozen=True)
class Sheet:
    """A table that was understood.

    Attributes
    ----------
    kind
        Which of the three it is.
    places
        The numbers of the columns, by what they hold.
    people
        The numbers of the rows in which a person stands.
    points
        The number of the row of Canvas that tells what can be had; None elsewhere.
    """

    table: Table
    kind: str
    places: dict[str, int]
    people: list[int]
    points: int | None = None

    @property
    def heading(self) -> Row:
        """The row that names the columns."""
        return self.table.rows[0]

    def who(self, number: int) -> Who:
        """The person of a row."""
        row = self.table.rows[number]
        told = {name: row.at(self.places.get(name)) for name in Who._fields}
        if found := PARTICIPANT.fullmatch(told["participant"]):
            told["participant"] = found["number"]
        if self.kind == CANVAS:
            name = unquoted(told["full"])
            last, comma, first = name.partition(",")
            if comma and not told["last"]:
                told |= {"last": last.strip(), "first": first.strip(), "full": ""}
            told |= {each: unquoted(told[each]) for each in ("first", "last", "full")}
        return Who(**told)


def read_sheet(path: Path) -> Sheet:
    """Read a table of Canvas or Moodle.

    Raises
    ------
    Refused
        When it cannot be read, or is none of theirs.
    """
    try:
        found = sheet_of(read_table(path.read_bytes()))
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror or problem}.") from None
    except Refused as problem:
        raise Refused(f"{path}: {problem}") from None
    if found is None:
        raise Refused(
            f"{path} is no table of Canvas or Moodle. Canvas: Grades > Export. Moodle: the"
            " assignment's Download grading worksheet, or Grades > Export > Plain text file."
        )
    return found


def sheet_of(table: Table) -> Sheet | None:
    """A table as one of the three that are known; None when it is another."""
    heading = [plain(cell.text) for cell in table.rows[0].cells]
    return _canvas(table, heading) or _moodle(table, heading)


def plain(text: str) -> str:
    """A heading as it is compared: one form of each letter, small, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def unquoted(name: str) -> str:
    """A name as it is, where Canvas wrote ``="…"`` so that a spreadsheet takes it for text."""
    found = re.fullmatch(r'="(.*)"', name)
    return found[1].strip() if found else name


def _canvas(table: Table, heading: list[str]) -> Sheet | None:
    known = {
        "student": "full",
        "lastname": "last",
        "firstname": "first",
        "id": "lms",
        "sis user id": "number",
        "sis login id": "login",
        "section": "section",
    }
    places = {known[name]: place for place, name in enumerate(heading) if name in known}
    if not {"lms", "section"} <= set(places) or not {"full", "last"} & set(places):
        return None
    name = places.get("full", places.get("last"))
    points, people = None, []
    for number, row in enumerate(table.rows[1:], start=1):
        if row.at(name) == "Points Possible" and not row.at(places["lms"]):
            points = number
        elif row.at(places["lms"]) or row.at(places.get("login")):
            people.append(number)
        # What is left names no person: the row that says "Manual Posting".
    return Sheet(table, CANVAS, places, people, points)


def _moodle(table: Table, heading: list[str]) -> Sheet | None:
    places: dict[str, int] = {}
    for name, words in WORDS.items():
        wanted = words.split("|")
        if found := [place for place, text in enumerate(heading) if text in wanted]:
            places[name] = found[0]
    people = list(range(1, len(table.rows)))
    # A student may be called "Test 1", and an id may be student1: the headings decide. Only where
    # all are in words that are not listed does a column's content, in a table as wide as Moodle's.
    names = {places.get(name) for name in ("first", "last", "full", "email")}
    numbers = [
        place
        for place in range(min(2, len(heading)))
        if place not in names and _participants(table, place)
    ]
    graded = {"maximum", "changeable", "submitted"} & set(places)
    wide = len(heading) >= NARROWEST
    if numbers and (graded or wide and ("grade" in places or not places)):
        return Sheet(table, WORKSHEET, {**places, "participant": numbers[0]}, people)
    places.pop("grade", None)
    if {"first", "last", "email"} <= set(places):
        return Sheet(table, GRADES, places, people)
    return None


def _participants(table: Table, place: int) -> bool:
    """Whether a column holds Moodle's numbers of participants: one word, and a number each."""
    found = [PARTICIPANT.fullmatch(row.at(place)) for row in table.rows[1:]]
    words = {each and each["word"] for each in found}
    return len(words) == 1 and None not in words


def is_test_student(who: Who) -> bool:
    """Whether a row is the student that Canvas makes for its student view."""
    return (who.last, who.first) == ("Student", "Test")


def is_locked(sheet: Sheet, row: Row, cell: str) -> str:
    """Why a platform would not take a grade for a person; empty where it would."""
    if cell.casefold() in EXCUSED:
        return f"the platform says {cell}"
    if row.at(sheet.places.get("changeable")).casefold() in NO:
        return "the platform says that the grade cannot be changed"
    return ""


def columns(sheet: Sheet) -> dict[int, str]:
    """The columns that a grade may go into, by their numbers: what each is called."""
    cells = [cell.text.strip() for cell in sheet.heading.cells]
    if sheet.kind == WORKSHEET:
        return (
            {sheet.places["grade"]: cells[sheet.places["grade"]]}
            if ("grade" in sheet.places)
            else {}
        )
    taken = set(sheet.places.values())
    if sheet.kind == CANVAS:
        taken |= set(range(sheet.places["section"]))
        taken |= {place for place, title in enumerate(cells) if COMPUTED.search(title)}
        if sheet.points is not None:
            row = sheet.table.rows[sheet.points]
            taken |= {place for place in range(len(cells)) if "read only" in row.at(place)}
    return {place: title for place, title in enumerate(cells) if place not in taken and title}


def column_of(sheet: Sheet, lesson: str, asked: str = "") -> int:
    """The column that a lesson's grades go into.

    Parameters
    ----------
    lesson
        Its name.
    asked
        The heading of the column, where the instructor says it; with or without Canvas's number.

    Raises
    ------
    Refused
        When none fits, or more than one does.
    """
    cells = [cell.text.strip() for cell in sheet.heading.cells]
    if asked:
        fit = [p for p, title in enumerate(cells) if plain(asked) in (plain(title), _bare(title))]
        free = columns(sheet)
        found = [place for place in fit if place in free or sheet.kind == WORKSHEET]
        if fit and not found:
            raise Refused(f"The platform computes the column {asked!r}; no grade can go there.")
    else:
        free = columns(sheet)
        found = [place for place in free if _bare(cells[place]) == plain(lesson)] or [
            place for place in free if _holds(cells[place], lesson)
        ]
        if sheet.kind == WORKSHEET:
            found = list(free)
    if len(found) == 1:
        return found[0]
    shown = ", ".join(repr(title) for title in columns(sheet).values()) or "none"
    what = (
        f"More than one column fits {asked or lesson}"
        if found
        else (f"No column fits {asked or lesson}")
    )
    raise Refused(f"{what}. The columns: {shown}.")


def _bare(title: str) -> str:
    """A heading without what the platforms put around an assignment's name."""
    if found := TITLE.fullmatch(title):
        title = found["title"]
    return plain(re.sub(r"^[^:]{1,40}:\s*(?=\S)|\s*\((?:Real|Punkte|Brut)\)$", "", title))


def _holds(title: str, lesson: str) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(plain(lesson))}(?![\w-])", plain(title)))


def maximum(sheet: Sheet, column: int) -> set[str]:
    """What the platform says can be had in a column, as it wrote it; empty where it says nothing."""
    if sheet.kind == CANVAS:
        found = {sheet.table.rows[sheet.points].at(column)} if sheet.points is not None else set()
    else:
        place = sheet.places.get("maximum")
        found = {sheet.table.rows[number].at(place) for number in sheet.people}
    return found - {""}
