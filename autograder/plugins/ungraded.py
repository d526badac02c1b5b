"""Why a submission has no grade, in one sentence: from what was handed in, and from what nbgrader
logged."""

from __future__ import annotations

import re
from pathlib import Path

from autograder.plugins.intake.choosing import files_below, may_be_notebook, where_it_lies
from autograder.plugins.intake.reading import NotReadable, parse
from autograder.plugins.intake.submissions import look

LOGS = (".nbgrader.log", "nbgrader.log")
MOST_LOG = 20_000_000


def reason(folder: Path, submitted: Path, lesson: str, root: Path, said: str | None = None) -> str:
    """Why a submission could not be graded.

    Parameters
    ----------
    folder
        What was handed in.
    submitted
        The folder of all submissions.
    lesson
        Its name.
    root
        Of the class, where nbgrader's log lies if there is one.
    said
        What was said when it failed; looked for in the log when None.
    """
    found = look(folder, submitted, lesson)
    if found.refused:
        return found.refused
    notebooks = [path for path in files_below(folder, found.left_out) if may_be_notebook(path)]
    if not notebooks:
        return where_it_lies(folder, found.left_out)
    path = next((p for p in notebooks if p.stem == lesson), notebooks[0])
    try:
        parse(path.read_bytes())
    except OSError as problem:
        return f"{path.name} cannot be read: {problem}"
    except NotReadable as problem:
        return f"{path.name} {problem}; ask for it again"
    if path.stem != lesson:
        return f"{path.name} is a notebook, but none of this lesson"
    if why := said or _logged(folder, root):
        return f"{path.name} could not be graded: {why}"
    return (
        f"{path.name} has not been graded; if `nbgrader autograde {lesson}` failed, its last lines"
        " say why"
    )


def _logged(folder: Path, root: Path) -> str | None:
    """The last line of the last error that nbgrader logged about a submission; None where there is
    no log of it."""
    for name in LOGS:
        log = root / name
        if not log.is_file() or log.stat().st_size > MOST_LOG:
            continue
        text = log.read_text(encoding="utf-8", errors="replace")
        place = re.escape(str(folder))
        failed = list(re.finditer(rf"There was an error processing assignment: {place}\n", text))
        if failed:
            block = re.split(
                r"^\[",
                text[failed[-1].end() :].partition("| ERROR] ")[2],
                maxsplit=1,
                flags=re.MULTILINE,
            )[0]
            said = [
                line.strip()
                for line in block.splitlines()
                if line.strip() and not line.startswith(" ")
            ]
            return re.sub(r"^[\w.]+: (?=.)", "", said[-1])[:300] if said else None
    return None
