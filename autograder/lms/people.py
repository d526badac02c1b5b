"""Who of a platform is who in the gradebook: by what both sides keep of a person, never by a guess."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from autograder.lms.sheets import Who


class Person(NamedTuple):
    """A student of the gradebook."""

    id: str
    first: str = ""
    last: str = ""
    email: str = ""
    lms: str = ""


def people_of(gradebook) -> list[Person]:
    """The students of a gradebook, in the order of their ids."""
    return sorted(
        Person(each.id, *(getattr(each, name) or "" for name in FIELDS))
        for each in gradebook.students
    )


FIELDS = ("first_name", "last_name", "email", "lms_user_id")


class People:
    """The students of a class, found by what a platform knows of them.

    Parameters
    ----------
    people
        The students of the gradebook.
    """

    def __init__(self, people: Iterable[Person]):
        self.all = {person.id: person for person in people}
        self._keys: dict[tuple[str, str], set[str]] = {}
        self._names: dict[str, set[str]] = {}
        for person in self.all.values():
            for key in (("id", person.id), ("email", person.email), ("lms", person.lms)):
                self._keys.setdefault((key[0], key[1].casefold()), set()).add(person.id)
            for order in (person.first + person.last, person.last + person.first):
                self._names.setdefault(letters(order), set()).add(person.id)

    def by_keys(self, who: Who) -> list[str]:
        """The ids of the students that a row of a platform's table can be: by the platform's
        number, an id, the login or the email address."""
        keys = {
            ("lms", who.lms),
            ("lms", who.number),
            *(("id", each) for each in (who.lms, who.number, who.login, who.email)),
            *(("email", each) for each in (who.login, who.email)),
        }
        if who.participant:
            keys.add(("id", of_participant(who.participant)))
        return self._found(keys)

    def by_number(self, number: str) -> list[str]:
        """The ids of the students that have this number on the platform, or for their id."""
        return self._found({("lms", number), ("id", number)})

    def by_name(self, name: str) -> list[str]:
        """The ids of the students of this name, its words in either order; letters alone count."""
        return sorted(self._names.get(letters(name), set())) if letters(name) else []

    def _found(self, keys: Iterable[tuple[str, str]]) -> list[str]:
        wanted = {(kind, text.casefold()) for kind, text in keys if text}
        return sorted(set().union(*(self._keys.get(key, set()) for key in wanted)))


def letters(name: str) -> str:
    """What is left of a name in every platform's file names: its letters, marks and digits, small."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in text if unicodedata.category(sign)[0] in "LMN")


def of_participant(number: str) -> str:
    """The id of a student of whom Moodle says nothing but a number."""
    return f"participant-{number}"
