"""Whatever a student writes into a notebook is shown, and cannot run: HTML, formulas, fields of
forged outputs, paths.

`HOSTILE_HTML` and `HOSTILE_MARKDOWN` try every way we know; tests/test_feedback.py sends them
through a real autograde and a real browser.
"""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from autograder.evidence.probe import Evidence
from autograder.exercises import find_exercise
from autograder.judging.judge import draw_cases, judge
from autograder.plugins import configure
from autograder.plugins.evidence import _hints
from autograder.plugins.pages.feedback import FeedbackPage, HideTheGradersPart
from autograder.plugins.pages.mathml import mathml
from autograder.plugins.pages.outputs import CleanOutputs, shortened, without_paths
from autograder.plugins.pages.safe import clean, render

ROOT = Path(__file__).resolve().parent.parent
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
BOOM = "console.error('HIT')"
FAR = "https://far.invalid/"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"'
    f' onload="{BOOM}"><script>{BOOM}</script><image href="{FAR}svg"/></svg>'
)

HOSTILE_HTML = [
    f"<script>{BOOM}</script>",
    f'<img src="x" onerror="{BOOM}">',
    f'<svg onload="{BOOM}"><script>{BOOM}</script></svg>',
    f'<iframe srcdoc="<script>parent.{BOOM}</script>"></iframe>',
    f'<details open ontoggle="{BOOM}">x</details>',
    f'<a href="javascript:{BOOM}">press</a>',
    f'<a href="java&#115;cript:{BOOM}">press</a>',
    f'<a href="data:text/html,<script>{BOOM}</script>">press</a>',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--><img src=x onerror={BOOM}>">',
    f'<object data="{FAR}o"></object><embed src="{FAR}e">',
    f'<img src="{FAR}picture.png">',
    f'<p style="background:u&#114;l({FAR}css)">styled</p>',
    f'<link rel="stylesheet" href="{FAR}l.css">',
    f"<style>body {{ background: url({FAR}s) }}</style>",
    f'<base href="{FAR}">',
    f'<meta http-equiv="refresh" content="0;url={FAR}">',
    (
        f'<form action="{FAR}"><input name="check-divergence" id="check-divergence" autofocus'
        f' onfocus="{BOOM}"></form>'
    ),
    '<p id="my-test" class="score btn full-credit">5 of 5</p>',
    '<div style="position:fixed;inset:0;z-index:99;margin-top:-900px">over all</div>',
    f'<video src="{FAR}v" onerror="{BOOM}"></video><audio src=x onerror="{BOOM}">',
    f'<body onload="{BOOM}">',
    f'<noscript><p title="</noscript><img src=x onerror={BOOM}>">',
]
HOSTILE_MARKDOWN = [
    *HOSTILE_HTML,
    f"[press](javascript:{BOOM})",
    f"[press][j]\n\n[j]: javascript:{BOOM}",
    f"![far]({FAR}markdown.png)",
    "![gone](attachment:gone.png)",
    rf"$\text{{<img src=x onerror={BOOM}>}}$",
    rf"$\href{{javascript:{BOOM}}}{{x}}$",
    rf"$$\style{{background:url({FAR})}}{{x}}$$",
    r"$\newcommand{\a}{x}\newcommand{\b}{\a\a\a\a\a\a\a\a\a\a}\b$",
    f'![$" onerror="{BOOM}$](attachment:sketch.png)',
    f'<span title="$" onmouseover="{BOOM}$">t</span>',
    f"```mermaid\n<img src=x onerror={BOOM}>\n```",
    f'```"><img src=x onerror={BOOM}>\ncode\n```',
    r"$\frac{$",
    "$" + "{" * 3000 + "$",
    "![](.)",
    "![](\0)",
    "> " * 900 + "deep",
    "<div>" * 900 + "deep",
    "[" * 900,
    "x\ud800y".encode("utf-8", "replace").decode(),
]


class Links(HTMLParser):
    """Collects the ids of a page and where its own links go."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.tags = [], set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.tags.add(tag)
        self.ids += [told["id"]] if "id" in told else []
        if told.get("href", "").startswith("#"):
            self.links.add(told["href"][1:])


# ---- notebooks that no kernel would write


def exporters():
    config = Config()
    configure(config)
    formgrader = Config(config)
    formgrader.HTMLExporter.template_name = "formgrade"
    return {"feedback": FeedbackPage(config=config), "formgrader": HTMLExporter(config=formgrader)}


RESOURCES = {
    "nbgrader": {"notebook": "04-mini"},
    "feedback": {"title": "t", "student": "s", "rows": []},
    "inlining": {"css": []},
    "base_url": "",
    "index": 0,
    "total": 1,
    "notebook_id": "04-mini",
    "assignment_id": "04-mini",
    "submission_id": "1",
    "notebook_path": "",
}


@pytest.mark.parametrize("name", ["feedback", "formgrader"])
def test_fields_that_a_template_prints_as_they_are_cannot_carry_html(name):
    evil = f"<img src=x onerror={BOOM}>"
    code = new_code_cell(
        "1",
        execution_count=1,
        outputs=[
            new_output("execute_result", {"text/plain": "1"}, execution_count=1),
            new_output("stream", name="stdout", text="x"),
            new_output("error", ename=evil, evalue=evil, traceback=[evil]),
            new_output("display_data", {"image/png": f'x" onerror="{BOOM}'}),
            new_output(
                "display_data", {"text/html": "x"}, metadata={"text/html": {"isolated": True}}
            ),
        ],
    )
    nb = new_notebook(cells=[code])
    code.execution_count = code.outputs[0].execution_count = code.outputs[1].name = evil
    nb.metadata = nbformat.from_dict(
        {"title": evil, "widgets": {evil: evil}, "language_info": {"name": evil}}
    )
    nb, _ = CleanOutputs().preprocess(nb, {})
    text, _ = exporters()[name].from_notebook_node(nb, resources=json.loads(json.dumps(RESOURCES)))
    assert '<img src="x"' not in text and "<iframe" not in text and evil not in text


def test_feedback_keeps_its_template_when_the_formgrader_makes_it():
    config = Config()
    config.HTMLExporter.template_name = "feedback"
    assert FeedbackPage(config=config).template_name == "feedback_page"


@pytest.mark.parametrize("html", HOSTILE_HTML)
def test_cleaning_twice_changes_nothing_more(html):
    for strip in (True, False):
        assert clean(clean(html, strip), strip) == clean(html, strip)


def test_html_that_takes_the_square_of_its_depth_to_clean_is_shown_as_text():
    assert clean("<div>" * 20_000) == "&lt;div&gt;" * 20_000
    assert clean("<p>one" * 2_000).count("<p>") == 2_000


def test_a_verdict_passes_the_cleaning_unchanged():
    exercise = find_exercise("two_two_one.divergence")
    cases = draw_cases(exercise, 7)
    shown = judge(exercise, Evidence(exercise.name, cases, problem="It broke: <b>"))._repr_html_()

    def plain(html):
        return re.sub(r"\s*([:;,])\s*", r"\1", html).replace(';"', '"')

    assert plain(clean(shown)) == plain(shown)


# ---- formulas


def formulas():
    """Every formula of the lessons, with whether it stands alone."""
    for path in sorted((ROOT / "course" / "lessons").glob("*.md")):
        text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for alone, within in re.findall(
            r"(?s)\$\$(.+?)\$\$|(?<![\\$])\$([^$\n]+(?:\n[^$\n]+)*)\$", text
        ):
            yield path.stem, alone or within, bool(alone)


def test_every_formula_of_the_lessons_becomes_mathml():
    found = list(formulas())
    assert len({lesson for lesson, _, _ in found}) == 8 and len(found) > 1000
    assert [
        (lesson, latex)
        for lesson, latex, alone in found
        if not mathml(latex, alone).startswith("<math")
    ] == []
    left = [
        latex
        for _, latex, alone in found
        if re.search(
            r">[^<]*[\\&][a-zA-Z{][^<]*<",
            mathml(latex, alone).replace("&lt;", "").replace("&gt;", ""),
        )
    ]
    assert left == []


@pytest.mark.parametrize(
    "latex",
    [r"\frac{", "{" * 3000, r"\newcommand{\a}{\b\b}\a", r"\begin{aligned} a = b", "x" * 5000],
)
def test_a_formula_that_cannot_be_read_stays_as_it_was_written(latex):
    shown = mathml(latex)
    assert shown.startswith('<code class="formula">$') and latex.strip() in shown


def test_a_picture_from_far_away_becomes_a_link():
    assert (
        render(f"![far]({FAR}p.png)").strip() == f'<p><a href="{FAR}p.png">[picture: far]</a></p>'
    )


# ---- paths


def test_paths_of_this_computer_are_shortened():
    home = without_paths(f"{Path.home()}/x.txt" if Path.home() != Path("/") else "…")
    assert str(Path.home()) + "/" not in home
    assert without_paths("/tmp/ipykernel_12/34.py:3: RuntimeWarning") == "cell:3: RuntimeWarning"
    assert (
        without_paths("see https://example.org/a/b.py and 1/2")
        == "see https://example.org/a/b.py and 1/2"
    )


def test_a_frame_of_ours_is_left_out():
    ours = (
        f"\x1b[36mFile \x1b[39m\x1b[32m{ROOT}/autograder/check.py:120\x1b[39m, in check(name)\n  "
        " code"
    )
    assert shortened(
        ["ValueError  Traceback", ours, "Cell In[1], line 2\n    f()", "ValueError: x"]
    ) == ["ValueError  Traceback", "Cell In[1], line 2\n    f()", "ValueError: x"]


def test_a_widget_in_an_assert_cell_keeps_the_text_that_nbgrader_reads_points_from():
    told = {
        "grade": True,
        "solution": False,
        "locked": True,
        "grade_id": "t",
        "points": 4,
        "schema_version": 3,
    }
    data = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "2.0"}
    cells = [
        new_code_cell("1", metadata=metadata, outputs=[new_output("execute_result", dict(data))])
        for metadata in ({"nbgrader": told}, {})
    ]
    nb, _ = CleanOutputs().preprocess(new_notebook(cells=cells), {})
    assert [c.outputs[0].data["text/plain"] for c in nb.cells] == [
        "2.0",
        "(An interactive figure. It can be used in the notebook.)",
    ]


# ---- what the instructor allows


def test_as_many_hints_are_shown_as_the_instructor_allows():
    exercise = find_exercise("two_two_one.backward")
    first, second, *_ = exercise.hints
    assert _hints(None, exercise, 3) is None
    assert _hints(first, exercise, 0) is None
    assert _hints(first, exercise, 1) == first
    assert _hints(first, exercise, 2) == f"1. {first}\n2. {second}"
    assert _hints(f"Mend that first. {first}", exercise, 0) == "Mend that first."
    assert (
        _hints(f"Mend that first. {first}", exercise, 2)
        == f"Mend that first.\n1. {first}\n2. {second}"
    )


def test_a_mark_scheme_is_taken_out_of_the_page():
    text = "The task.\n=== BEGIN MARK SCHEME ===\nOne point.\n=== END MARK SCHEME ===\nWrite here."
    told = {
        "task": True,
        "grade": False,
        "solution": False,
        "locked": True,
        "grade_id": "t",
        "points": 4,
        "schema_version": 3,
    }
    nb = new_notebook(cells=[new_markdown_cell(text, metadata={"nbgrader": told})])
    HideTheGradersPart().preprocess(nb, {})
    assert nb.cells[0].source == "The task.\nWrite here."
