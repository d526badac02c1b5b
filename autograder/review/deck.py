"""What was answered wrongly comes back: after a day, then after longer and longer.

When is fsrs's to say, a scheduler that is kept by others. A question's state is kept in
``review.json`` beside the notebook of its lesson.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from fsrs import Card as Memory
from fsrs import Rating, Scheduler

from autograder.review.cards import Question
from autograder.review.questions import by_name, of_lesson
from course.folder.kept_file import KeptFile, NotKept

FILE = "review.json"
#: Days, not minutes: what is asked again in the same sitting is asked for practice, not to be kept.
SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def _day(now: datetime | None) -> date:
    """The day of a moment, as the reader's calendar has it."""
    return (now or datetime.now(UTC)).astimezone().date()


def _valid(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("card"), dict):
        return False
    try:
        Memory.from_dict(entry["card"])
    except Exception:  # whatever an editor made of it
        return False
    return True


class Deck:
    """The questions that come back, of this lesson and of those in the folders beside it.

    Parameters
    ----------
    folder : Path
        Of the notebook.
    """

    def __init__(self, folder: Path | None = None):
        self.folder = Path(folder or ".").resolve()

    def due(self, now: datetime | None = None) -> list[tuple[Question, Path]]:
        """What comes back today or was to come before, longest due first, with the folder where its
        state is kept."""
        today, found = _day(now), []
        for folder in self._folders():
            entries, _ = KeptFile(FILE, folder, _valid).read()
            for name, entry in entries.items():
                question, memory = by_name(name), Memory.from_dict(entry["card"])
                mine = folder == self.folder or folder.name.startswith(f"{name[:2]}-")
                if mine and question is not None and memory.due.date() <= today:
                    found.append((memory.due, name, question, folder))
        return [(question, folder) for _, _, question, folder in sorted(found, key=lambda f: f[:2])]

    def _folders(self) -> list[Path]:
        beside = [path.parent for path in self.folder.parent.glob(f"*/{FILE}")]
        return sorted({self.folder, *beside})

    def note(
        self,
        question: Question,
        right: bool,
        folder: Path | None = None,
        now: datetime | None = None,
    ) -> str:
        """Keep how a question was answered at the first try.

        One that never was answered wrongly is not kept: it need not come back. What is kept is the
        day, as noon of it in UTC: a question comes back on a day, at whatever hour.

        Returns
        -------
        str
            When it comes back, in words; "" where it does not. It says so when nothing could be
            written.
        """
        today, file = _day(now), KeptFile(FILE, folder or self.folder, _valid)
        entries, _ = file.read()
        if right and question.name not in entries:
            return ""
        rating = Rating.Good if right else Rating.Again
        when: list[datetime] = []

        def reviewed(old: Any) -> dict:
            memory = Memory.from_dict(old["card"]) if old else Memory()
            noon = datetime.combine(today, time(12), UTC)
            memory, _ = SCHEDULER.review_card(memory, rating, noon)
            when.append(memory.due)
            return {"card": memory.to_dict()}

        try:
            remark = file.change(question.name, reviewed)
        except NotKept as problem:
            return f"It will not come back by itself: {problem}"
        days = (when[0].date() - today).days
        back = "tomorrow" if days <= 1 else f"in {days} days"
        return f"{remark} It comes back {back}.".strip()


def next_questions(lesson: str, deck: Deck) -> list[tuple[Question, Path | None]]:
    """What to ask at the end of a lesson: first what is due, then the lesson's own."""
    due = deck.due()
    asked = {question.name for question, _ in due}
    return [*due, *((one, None) for one in of_lesson(lesson) if one.name not in asked)]
