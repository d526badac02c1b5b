"""Failing checks and hints shown, for each exercise: in a small file beside the notebook, and in
memory.

A check that fails on the same code again is no other attempt. A restarted kernel goes on where the
last one was. The file is a convenience: where it is missing, broken or cannot be written, this
kernel still knows what happened in it, and says so once.
"""

from __future__ import annotations

from typing import TypedDict

from autograder.exercises.exercise import Exercise
from autograder.notebook.live import say, shell
from course.folder.kept_file import KeptFile, NotKept

FILE = "attempts.json"
FIELDS = ("failed", "shown")
# the fingerprint of the functions that failed last; files of older versions have none
LAST = "last"
USE_IT = "Use it, run the check again, and there is another one."
CHANGE_IT = "Change something and run the check again: the same code once more is not another try."


class Entry(TypedDict, total=False):
    """What is kept of one exercise: `FIELDS`, and what `LAST` names."""

    failed: int
    shown: int
    last: str


def _valid(entry: object) -> bool:
    return (isinstance(entry, dict) and type(entry.get(LAST, "")) is str
            and all(type(entry.get(field, 0)) is int and entry.get(field, 0) >= 0 for field in FIELDS))  # fmt: skip


class Attempts:
    """How often each exercise's check failed, and how many of its hints were shown.

    Parameters
    ----------
    file
        Where it is kept. Only a live kernel reads or writes it.
    """

    def __init__(self, file: KeptFile | None = None):
        self._file = KeptFile(FILE, valid=_valid) if file is None else file
        self._own: dict[str, Entry] = {}
        self._same: set[str] = set()
        self._told = False

    def failed(self, name: str) -> int:
        """How many failing checks of an exercise count."""
        return self._entry(name).get("failed", 0)

    def shown(self, name: str) -> int:
        """How many hints of an exercise were shown."""
        return self._entry(name).get("shown", 0)

    def same(self, name: str) -> bool:
        """Whether the last failing check of an exercise was of the same code as the one before
        it."""
        return name in self._same

    def fail(self, name: str, code: str, written: bool = True) -> int:
        """Count a failing check, where it is another attempt.

        Parameters
        ----------
        name
        code
            The fingerprint of what was handed over. What failed last is not counted again.
        written
            One of a function that is not written counts only as the first.

        Returns
        -------
        int
            How many count now.
        """
        before = self._entry(name)
        failed = before.get("failed", 0)
        again = written and code == before.get("last")
        (self._same.add if again else self._same.discard)(name)
        if again:
            return failed
        news = Entry(failed=failed + 1, last=code) if written else Entry(failed=max(failed, 1))
        return self._keep(name, news).get("failed", 0)

    def show(self, name: str, number: int) -> None:
        """Remember that so many hints were shown."""
        self._keep(name, Entry(shown=number))

    def climb(self, exercise: Exercise) -> tuple[list[str], str]:
        """Show the next hint, where a failing check allows one.

        Returns
        -------
        list of str
            All hints shown so far, numbered.
        str
            Why there is no further one yet; "" when there is one, or when these are all.
        """
        rungs = exercise.hints
        allowed, shown = min(self.failed(exercise.name), len(rungs)), self.shown(exercise.name)
        if shown < allowed:
            shown += 1
            self.show(exercise.name, shown)
        said = [
            f"Hint {k} of {len(rungs)}: {text}" for k, text in enumerate(rungs[:shown], start=1)
        ]
        why = CHANGE_IT if self.same(exercise.name) else USE_IT
        return said, why if allowed <= shown < len(rungs) else ""

    def forget(self, name: str) -> None:
        """Forget what this kernel knows of an exercise. The file stays."""
        self._own.pop(name, None)
        self._same.discard(name)

    def _entry(self, name: str) -> Entry:
        kept, remark = self._file.read() if shell() is not None else ({}, "")
        self._tell(remark)
        places: tuple[Entry, Entry] = (kept.get(name, {}), self._own.get(name, {}))
        entry = Entry(
            failed=max(place.get("failed", 0) for place in places),
            shown=max(place.get("shown", 0) for place in places),
        )
        last = [place["last"] for place in places if "last" in place]
        if last:
            entry["last"] = last[-1]
        return entry

    def _keep(self, name: str, news: Entry) -> Entry:
        entry = self._entry(name) | news
        self._own[name] = entry
        if shell() is not None:
            try:
                self._tell(self._file.keep(name, entry))
            except NotKept as problem:
                self._tell(f"{problem} Attempts and hints are remembered until this kernel ends.")
        return entry

    def _tell(self, remark: str) -> None:
        if remark and not self._told:
            self._told = True
            say(remark)
