"""What an instructor says of a lesson's submissions beside the archives: whose they are, in which
table that stands, and in which time zone.

It is kept beside the archives, ``downloaded/<lesson>/``, so that it is said once: later runs of
``backprop collect`` and ``backprop return`` know it.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.lms.problem import Refused
from course.folder.whole_file import write_whole

KEPT, TABLE = "owners.json", "worksheet.csv"


@dataclass(frozen=True)
class Asked:
    """What a run of ``backprop collect`` is told beside the archives.

    `table` is Moodle's grading worksheet, `zone` the time zone that it speaks in; `who` says whose
    a submission is; `newer` takes the newest also where it holds less; `new` makes a student of
    everybody who is not in the gradebook.
    """

    table: Path | None = None
    zone: str = ""
    who: Mapping[str, str] = field(default_factory=dict)
    newer: bool = False
    new: bool = False


def with_what_was_said(asked: Asked, root: Path, lesson: str, known: Container[str]) -> Asked:
    """What a run is told, with what earlier ones of its lesson were; what is said now goes first.

    Parameters
    ----------
    asked
        What is said now.
    root
        The folder of the class.
    lesson
        Its name.
    known
        The ids of the students that there are; what was said of others is over.

    Raises
    ------
    Refused
        When what was kept cannot be read.
    """
    folder = root / "downloaded" / lesson
    if not (folder / KEPT).is_file():
        return asked
    try:
        kept = json.loads((folder / KEPT).read_text(encoding="utf-8"))
        who, zone = dict(kept["who"]), str(kept["timezone"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Refused(
            f"{folder / KEPT} cannot be read. It keeps what --who, --table and --timezone said:"
            " delete it, and say them again."
        ) from None
    table = asked.table or (folder / TABLE if (folder / TABLE).is_file() else None)
    still = {word: student for word, student in who.items() if student in known}
    return replace(asked, table=table, zone=asked.zone or zone, who={**still, **asked.who})


def keep_what_is_said(asked: Asked, root: Path, lesson: str) -> None:
    """Keep for later runs what `asked` says of owners; the table is copied.

    Parameters
    ----------
    asked, root, lesson
        As for `with_what_was_said`, which gave `asked`.
    """
    folder = root / "downloaded" / lesson
    if not (asked.who or asked.table or asked.zone):
        return
    folder.mkdir(parents=True, exist_ok=True)
    if asked.table is not None:
        data = asked.table.expanduser().read_bytes()  # read before: it may be the copy itself
        write_whole(folder / TABLE, data)
    kept = {"who": dict(sorted(asked.who.items())), "timezone": asked.zone}
    text = json.dumps(kept, indent=2, ensure_ascii=False) + "\n"
    write_whole(folder / KEPT, text.encode("utf-8"))
