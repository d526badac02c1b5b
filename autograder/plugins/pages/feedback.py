"""The page that a student gets back, and what the formgrader shows of a submission.

nbgrader writes a page of its own for each; both load scripts and formulas from the internet and
show a student's HTML as it is. Here the feedback is one file without any script, with a summary at
its top; the formgrader's page keeps its shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, GetGrades
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from autograder.plugins.evidence import KEY, exercise_of
from autograder.plugins.pages.formgrader import mend_formgrader
from autograder.plugins.pages.leftout import LeaveOut
from autograder.plugins.pages.outputs import PagePreprocessor
from autograder.plugins.stubs import code_below_the_stub

TEMPLATES = Path(__file__).parent / "templates"
MOST_REMEMBERED = 5_000
NO_DESCRIPTION = "No description has been provided for this image"
_IMG = re.compile(r'<img\b((?:[^>"]|"[^"]*")*)>')
_HEADING = re.compile(r"^#{1,3}\s+(.+?)\s*$", re.MULTILINE)
_MARKERS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*(?:\n|\Z)", re.MULTILINE)


def configure_pages(c: Config) -> None:
    """Plug the pages in: feedback by `FeedbackPage`, and clean cells, MathML and no internet in the
    formgrader."""
    mend_formgrader()
    c.GenerateFeedback.exporter_class = FeedbackPage
    c.GenerateFeedback.preprocessors = [
        Grades,
        HideTheGradersPart,
        LeaveOut,
        Summary,
        CSSHTMLHeaderPreprocessor,
    ]
    c.CSSHTMLHeaderPreprocessor.style = "default"  # the other one needs JupyterLab around it
    c.HTMLExporter.preprocessors = [
        "autograder.plugins.pages.outputs.CleanOutputs",
        "autograder.plugins.pages.leftout.LeaveOut",
    ]
    c.HTMLExporter.filters = {"markdown2html": "autograder.plugins.pages.safe.markdown"}
    c.HTMLExporter.extra_template_basedirs = [str(TEMPLATES), handlers.template_path]


class FeedbackPage(HTMLExporter):
    """nbconvert's HTML exporter with our template, whatever template the formgrader asks for."""

    def __init__(self, **kwargs):
        super().__init__(
            **{
                **kwargs,
                "template_name": "feedback_page",
                "extra_template_basedirs": [str(TEMPLATES)],
            }
        )
        self._highlighted: dict[tuple, str] = {}

    def from_notebook_node(self, nb, resources=None, **kw):
        """The page of a notebook.

        nbconvert takes every page it has made to pieces, to give pictures without one a
        description and to make boxes focusable that our template does not have: more than half of
        the time. The first is done here; a description is all that a picture may lack.
        """
        told = nb.metadata.get("language_info", {})
        highlight = Highlight2HTML(
            pygments_lexer=told.get("pygments_lexer", told.get("name")), parent=self
        )
        resources = self._init_resources(resources)
        self.register_filter("highlight_code", self._remembered(highlight))
        self.register_filter(
            "filter_data_type",
            WidgetsDataTypeFilter(
                notebook_metadata=self._nb_metadata, parent=self, resources=resources
            ),
        )
        html, resources = TemplateExporter.from_notebook_node(self, nb, resources, **kw)
        return _IMG.sub(_described, html), resources

    def _remembered(self, highlight: Highlight2HTML) -> Callable[..., str]:
        """A highlighter that does the same code once: most of a class's cells are the lesson's."""

        def highlighted(source, language=None, metadata=None):
            key = (
                source,
                language,
                highlight.pygments_lexer,
                (metadata or {}).get("magics_language"),
            )
            if key not in self._highlighted:
                if len(self._highlighted) > MOST_REMEMBERED:
                    self._highlighted.clear()
                self._highlighted[key] = highlight(source, language=language, metadata=metadata)
            return self._highlighted[key]

        return highlighted


def _described(tag: re.Match) -> str:
    """A picture's tag with a description: every value in it stands in quotes."""
    if re.search(r"\salt\s*=", re.sub(r'"[^"]*"', '""', tag[0])):
        return tag[0]
    return f'<img alt="{NO_DESCRIPTION}"{tag[1]}>'


class Grades(GetGrades):
    """nbgrader's grades and comments in the cells; also which points a person has still to give."""

    def _get_score(self, cell, resources):
        super()._get_score(cell, resources)
        grade = self.gradebook.find_grade(
            cell.metadata["nbgrader"]["grade_id"],
            self.notebook_id,
            self.assignment_id,
            self.student_id,
        )
        cell.metadata["nbgrader"]["waiting"] = bool(grade.needs_manual_grade)


class HideTheGradersPart(PagePreprocessor):
    """Take hidden tests and mark schemes out of the page; of an error in a hidden test, only the
    last line stays."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._regions = [
            self._region(ClearHiddenTests, "begin_test_delimeter", "end_test_delimeter"),
            self._region(
                ClearMarkScheme, "begin_mark_scheme_delimeter", "end_mark_scheme_delimeter"
            ),
        ]

    def _region(self, kind, *names) -> re.Pattern:
        """Between the two lines that nbgrader's preprocessor of this kind looks for, as
        configured."""
        begin, end = (
            re.escape(self.config[kind.__name__].get(name, getattr(kind, name).default_value))
            for name in names
        )
        return re.compile(
            rf"^[^\n]*{begin}.*?(?:{end}[^\n]*(?:\n|\Z)|\Z)", re.MULTILINE | re.DOTALL
        )

    def preprocess_cell(self, cell, resources, cell_index):
        """Take out of a cell what only graders are meant to see; where code went, an error keeps
        its last line only."""
        if "nbgrader" not in cell.metadata:
            return cell, resources
        cell.source = _MARKERS.sub("", cell.source)
        shown = cell.source
        for region in self._regions:
            shown = region.sub("", shown)
        if shown != cell.source:
            cell.source = shown.rstrip()
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources


class Summary(PagePreprocessor):
    """What stands at the top: the points of every exercise, why some are missing, and where to
    start.

    It fills ``resources["feedback"]`` and, for each cell that has a place in it,
    ``cell.metadata["feedback"]``.
    """

    def preprocess(self, nb, resources):
        """Gather title, points and where to start, for the head of the page."""
        headings = [
            _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
            for cell in nb.cells
        ]
        title = next((_plain(found[1]) for found in headings if found), "")
        rows = []
        for place, (cell, above) in enumerate(zip(nb.cells, [None, *headings], strict=False)):
            row = _row(cell, _plain(above[1]) if above else "")
            if row is None:
                continue
            if row["why"].startswith("Not written yet") and (
                below := code_below_the_stub(nb.cells[:place], row["name"])
            ):
                row["why"] = f"{below[0].upper()}{below[1:]}.".replace("`", "")
            commented = (
                rows
                and rows[-1]["most"] is None
                and rows[-1]["comment"]
                and row["code"]
                and not row["answered"]
            )
            if commented:  # a comment on the code is named with the points of its check
                row["commented"] = rows.pop()["link"]
            rows.append(row)
        told = resources["nbgrader"]
        resources["feedback"] = {
            "title": title or told["notebook"],
            "student": told["student"],
            "score": _points(told["score"]),
            "most": _points(told["max_score"]),
            "penalty": _points(told["late_penalty"]) if told["late_penalty"] else "",
            "rows": [row for row in rows if row["most"] is not None or row["comment"]],
            "first": _first(rows),
            "waiting": sum(row["waiting"] for row in rows),
        }
        return nb, resources


def _plain(heading: str) -> str:
    return re.sub(r"[*_`$]", "", heading)


def _row(cell: NotebookNode, heading: str) -> dict | None:
    """A cell that has points or that a comment can be written to, as a row of the summary.

    A written answer is called by the heading of the question above it.
    """
    told = cell.metadata.get("nbgrader", {})
    graded, answered = (
        utils.is_grade(cell) or utils.is_task(cell),
        utils.is_solution(cell) or utils.is_task(cell),
    )
    if not graded and not answered:
        return None
    exercise = exercise_of(cell)
    name = exercise.name.partition(".")[2] if exercise else told["grade_id"].removeprefix("check-")
    score, most = (told["score"], told["points"]) if graded else (None, None)
    row = {
        "link": "part-" + re.sub(r"[^A-Za-z0-9_-]", "-", told["grade_id"]),
        "name": heading if cell.cell_type == "markdown" and heading else name,
        "score": _points(score),
        "most": _points(most),
        "code": cell.cell_type == "code",
        "answered": answered,
        "waiting": bool(told.get("waiting")),
        "comment": told.get("comment") or "",
        "commented": "",
        "why": "",
        "state": "",
    }
    if row["comment"]:
        row["commented"] = row["link"]
    if graded:
        row["state"] = (
            "waiting"
            if row["waiting"]
            else "right"
            if score >= most
            else "wrong"
            if score <= 0
            else "partly"
        )
        row["why"] = _why(cell, row["state"], exercise is not None)
    cell.metadata["feedback"] = row
    return row


def _why(cell: NotebookNode, state: str, judged: bool) -> str:
    if state == "waiting":
        return "A person will read this answer; its points come later."
    if state == "right":
        return "All right." if judged else ""
    for output in cell.get("outputs", []):
        told = output.get("metadata", {}).get(KEY, {}) if judged else {}
        if told.get("why"):
            return told["why"][0].upper() + told["why"][1:]
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}".rstrip(": ")[:160]
    return ""


def _first(rows: list[dict]) -> dict | None:
    """Where to start: the first exercise with points missing that is not only wrong because of an
    earlier one."""
    open_ones = [row for row in rows if row["state"] in ("wrong", "partly") and not row["answered"]]
    own = [row for row in open_ones if not row["why"].startswith("Uses ")]
    return (own or open_ones or [None])[0]


def _points(number: float | None) -> str | None:
    return None if number is None else f"{round(float(number), 2):g}"
