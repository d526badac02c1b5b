"""What the release shows in place of a solution where a bug is planted: the exercises called “break
it”."""

from __future__ import annotations

import re

from nbgrader.preprocessors import ClearSolutions

from course.making.fingerprints import one_newline

REGION = re.compile(
    r"^(?P<indent>[ \t]*)### BEGIN SOLUTION\n(?P<right>(?:(?!### END SOLUTION).)*?)^[ \t]*###"
    r" INSTEAD\n"
    r"(?P<shown>.*?)^[ \t]*### END SOLUTION[ \t]*$",
    re.MULTILINE | re.DOTALL,
)


class ClearOrPlant(ClearSolutions):
    """nbgrader's ClearSolutions, but a solution region with an ``### INSTEAD`` part gives way to
    that part, uncommented.

    The lines after ``### INSTEAD`` are comments in the lesson and code in the release; nothing
    there marks where the bug is.
    """

    def preprocess_cell(self, cell, resources, cell_index):
        """Put in what the release shows instead of a solution; where nothing is given for that,
        nbgrader's stub."""
        cell.source = one_newline(cell.source)  # a region is found by its lines
        if cell.cell_type == "code" and REGION.search(cell.source):
            cell.source = plant(cell.source)
            if "### BEGIN SOLUTION" not in cell.source:
                return cell, resources
        return super().preprocess_cell(cell, resources, cell_index)


def plant(source: str) -> str:
    """The text that a release shows for a solution cell with planted bugs.

    Raises
    ------
    ValueError
        When a line after ``### INSTEAD`` is no comment.
    """

    def shown(match: re.Match) -> str:
        lines = []
        for line in match["shown"].splitlines():
            text = line.strip()
            if text and not text.startswith("#"):
                raise ValueError(
                    f"after ### INSTEAD every line is a comment, but this one is not: {text!r}"
                )
            lines.append((match["indent"] + re.sub(r"^# ?", "", text)).rstrip())
        return "\n".join(lines)

    return REGION.sub(shown, source)
