"""What a student gets back, and what an instructor opens in the formgrader: worth reading, and
nothing in it can run.

Two students of a small course hand in. Paula's notebook is partly right; Mallory's tries every way
to have a script run in the browser of whoever reads the page. One autograde, one round of feedback;
a real Chromium reads the pages.
"""

import base64
import re
import shutil
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
import small_class
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from small_class import LESSON, SmallClass, cell
from test_cleaning import BOOM, HOSTILE_HTML, HOSTILE_MARKDOWN, PIXEL, SVG, Links

from autograder import assess
from autograder.desk.returning import feedback
from autograder.judging.judge import NOT_WRITTEN
from autograder.plugins.evidence import KEY
from autograder.plugins.pages.feedback import Summary

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.timeout(600)  # a whole class is made and graded first
TEXT = "".join([
    small_class.HEAD, "# A small lesson\n\n", r"The divergence is $Div = \tfrac12 \sum_i (y_i - d_i)^2$.", "\n\n",
    small_class.SETUP, small_class.FORWARD, small_class.DIVERGENCE,
    small_class.double("assert double(2) == 4", "### BEGIN HIDDEN TESTS", "secret = 20260731", "assert double(secret) == 2 * secret",
                       "### END HIDDEN TESTS"),
    small_class.written("### Why one half?\n\n" r"What would $\partial Div / \partial y$ be without it?", "It cancels the two."),
])  # fmt: skip
PLOT = """%matplotlib inline
import warnings
import matplotlib.pyplot as plt
plt.figure(figsize=(2, 1)); plt.plot([1, 2]); plt.show()
warnings.warn("mind the gap")"""
ANSWER = r"""Without it a 2 stays: $\frac{\partial Div}{\partial y} = 2(y - d)$, and `a < b` matters.

| with | without |
|------|---------|
| $y - d$ | $2(y - d)$ |

$$\begin{aligned} a &= b \\ &= \begin{cases} 1 & y < d \\ 0 & \text{else} \end{cases} \end{aligned}$$

![my sketch](attachment:sketch.png)

```python
if y < d: print("<b>below</b>")
```"""

MALLORY = f"""from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
for text in {HOSTILE_HTML!r}:
    display(HTML(text), Markdown(text), Latex(text))
    print(text)
display(Javascript("{BOOM}"), SVG({SVG!r}))
display({{"text/html": "<b>5 of 5 points</b>", "text/plain": "4.0"}}, raw=True, metadata={{"backprop": {{"score": 1, "why": "x", "exercise": "a.b"}}}})
display({{"image/png": {PIXEL!r}}}, raw=True, metadata={{"image/png": {{"width": "1 onerror={BOOM}", "height": 7, "alt": "\\"><script>{BOOM}</script>"}}}})
display({{"application/vnd.jupyter.widget-view+json": {{"model_id": "x"}}, "text/plain": "VBox()"}}, raw=True)
raise ValueError("\\x1b[31m<script>{BOOM}</script>\\x1b[0m<img src=x onerror={BOOM}>")"""


def paula(nb):
    cell(nb, "divergence").source = "def divergence(y, d):\n    return np.sum((y - d) ** 2)"
    cell(nb, "double").source = "def double(number):\n    return 4"
    cell(nb, "answer").source = ANSWER
    cell(nb, "answer").attachments = {"sketch.png": {"image/png": PIXEL}}
    nb.cells += [
        new_code_cell(PLOT, id="plot"),
        new_code_cell(
            "def mine():\n    return np.linalg.inv(np.zeros((2, 2)))\n\nmine()", id="inverse"
        ),
    ]


def mallory(nb):
    cell(
        nb, "divergence"
    ).source = f"def divergence(y, d):\n    raise ValueError({HOSTILE_HTML[0]!r})"
    cell(
        nb, "forward"
    ).source = f"def forward(x, W1, W2):\n    return {{{HOSTILE_HTML[1]!r}: {HOSTILE_HTML[0]!r}}}"
    cell(nb, "double").source = f"def double(number):\n    raise ValueError({HOSTILE_HTML[1]!r})"
    cell(nb, "answer").source = "\n\n".join(HOSTILE_MARKDOWN)
    cell(nb, "answer").attachments = {
        "sketch.png": {"image/png": PIXEL},
        "x.svg": {"image/svg+xml": base64.b64encode(SVG.encode()).decode()},
    }
    nb.cells += [
        new_code_cell(MALLORY, id="script", metadata={"tags": [f'"><script>{BOOM}</script>']}),
        *(new_markdown_cell(text, id=f"m{k}") for k, text in enumerate(HOSTILE_MARKDOWN)),
    ]
    nb.metadata["title"] = f"</title><script>{BOOM}</script>"
    nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}


STUDENTS = {"paula": paula, "mallory": mallory}
COMMENT = r"Nearly. The sum needs $\tfrac12$ in front of it."


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The folder of the course after autograde, an instructor's comment, and feedback."""
    made = SmallClass(tmp_path_factory.mktemp("course"), TEXT)
    for name, edit in STUDENTS.items():
        nb = made.solved("forward", "divergence", "double")
        edit(nb)
        nbformat.write(nb, made.folder_of(name) / f"{LESSON}.ipynb")
    made.autograde(STUDENTS)
    with Gradebook(f"sqlite:///{made.root / 'gradebook.db'}", "backprop-by-hand") as gradebook:
        gradebook.find_comment("divergence", LESSON, LESSON, "paula").manual_comment = COMMENT
        gradebook.db.commit()
    made.nbgrader("generate_feedback", LESSON)
    return made.root


@pytest.fixture(scope="module")
def graded(course):
    """The stored notebooks after autograde."""
    return {
        name: nbformat.read(course / "autograded" / name / LESSON / f"{LESSON}.ipynb", as_version=4)
        for name in STUDENTS
    }


@pytest.fixture(scope="module")
def pages(course):
    return {name: course / "feedback" / name / LESSON / f"{LESSON}.html" for name in STUDENTS}


def opened(page, address):
    """The page at an address, read to its end; every request for another machine, and what the page
    logged."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_timeout(300)
    return [
        url
        for url in asked
        if not url.startswith(("file:", "data:", "http://127.0.0.1:", "blob:http://127.0.0.1:"))
    ]


# ---- the page is worth reading


@pytest.mark.browser
def test_feedback_opens_from_disk_without_the_internet_and_says_what_to_know(browser_page, pages):
    assert opened(browser_page, pages["paula"].as_uri()) == []
    assert browser_page.errors == []
    summary = browser_page.locator("header").inner_text()
    assert "3 of 10 points" in summary
    assert (
        "Start with divergence." in summary
        and "1 written answer still to be read by a person" in summary
    )
    assert "Why one half?" in summary and "With a comment." in summary
    said = browser_page.get_by_role("group", name="two_two_one.divergence").inner_text()
    assert "yours" in said and "wrong" in said and "Hint" in said and "What happened" in said
    comment = browser_page.get_by_label("Comment", exact=True)
    assert "Nearly. The sum needs" in comment.inner_text() and comment.locator("mfrac").count() == 1
    browser_page.get_by_role("link", name="divergence", exact=True).first.click()
    assert browser_page.locator(":target").get_attribute("class").startswith("part")


@pytest.mark.browser
def test_formulas_tables_code_and_pictures_of_an_answer_stay_readable(browser_page, pages):
    page = browser_page
    page.goto(pages["paula"].as_uri())
    answer = page.locator(
        "section.part", has=page.get_by_role("heading", name="Your answer: Why one half?")
    )
    assert answer.locator("math").count() == 4
    assert answer.locator("mtable").count() == 2 and answer.locator("table td math").count() == 2
    assert (
        "a < b" in answer.inner_text() and 'if y < d: print("<b>below</b>")' in answer.inner_text()
    )
    assert (
        "$" not in page.locator("body").inner_text()
        and "\\frac" not in page.locator("body").inner_text()
    )
    height = answer.locator("math[display=block]").bounding_box()["height"]
    assert height > 40  # two lines and cases, not one line of text
    for picture in (
        answer.get_by_alt_text("my sketch"),
        page.get_by_alt_text("A picture drawn by this cell."),
    ):
        assert picture.evaluate("image => image.complete && image.naturalWidth > 0")


@pytest.mark.browser
def test_a_page_fits_a_laptop_and_a_phone(browser_page, pages):
    for width in (1280, 390):
        browser_page.set_viewport_size({"width": width, "height": 800})
        browser_page.goto(pages["paula"].as_uri())
        assert browser_page.evaluate("document.documentElement.scrollWidth") <= width


CUT = """() => [...document.querySelectorAll('table.points :is(th, td), .output [role=group] :is(th, td)')]
    .filter(cell => cell.getClientRects().length)
    .filter(cell => cell.getBoundingClientRect().right > cell.closest('nav, .output').getBoundingClientRect().right + 1)
    .map(cell => cell.innerText)"""
SLOPE_FORGOTTEN = """def backward(x, d, W1, W2):
    y1 = np.tanh(x @ W1)
    y2 = 1 / (1 + np.exp(-(y1 @ W2)))
    dy2 = y2 - d
    dz2 = y2 * (1 - y2) * dy2
    dy1 = W2 @ dz2
    return dict(dy2=dy2, dz2=dz2, dW2=np.outer(y1, dz2), dy1=dy1, dz1=dy1, dW1=np.outer(x, dy1))
"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 443, 390, 360])
def test_no_column_of_points_or_of_a_verdict_is_out_of_sight(browser_page, pages, width):
    scope = {"np": np}
    exec(SLOPE_FORGOTTEN, scope)
    verdict = assess("two_two_one.backward", scope["backward"], seed=1)
    assert verdict.rows
    browser_page.set_viewport_size({"width": width, "height": 800})
    browser_page.goto(pages["paula"].as_uri())
    # a verdict with matrices, where this page has its own
    browser_page.evaluate(
        """html => document.querySelector('.output [role=group]').outerHTML = html""",
        verdict._repr_html_(),
    )
    assert browser_page.locator(".output [role=group] tbody tr").count() >= 6
    assert browser_page.evaluate(CUT) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise NotImplementedError()\n    return x", "Code stands below the line raise NotImp"),
        ("raise NotImplementedError()", "Not written yet"),
    ],
)
def test_who_left_the_stub_above_the_code_is_told_so(body, said):
    told = {"grade_id": "backward", "solution": True, "grade": False, "locked": False}
    check = {"grade_id": "check-backward", "solution": False, "grade": True, "locked": True}
    shown = new_output(
        "display_data",
        {},
        metadata={KEY: {"exercise": "two_two_one.backward", "score": 0.0, "why": NOT_WRITTEN}},
    )
    nb = new_notebook(
        cells=[
            new_code_cell(f"def backward(x):\n    {body}", metadata={"nbgrader": told}),
            new_code_cell(
                'check("two_two_one.backward", backward)',
                outputs=[shown],
                metadata={"nbgrader": {**check, "points": 5, "score": 0.0}},
            ),
        ]
    )
    graded = {"notebook": "n", "student": "s", "score": 0, "max_score": 5, "late_penalty": 0}
    _, resources = Summary().preprocess(nb, {"nbgrader": graded})
    assert resources["feedback"]["first"]["why"].startswith(said)
    assert [row["why"] for row in resources["feedback"]["rows"]] == [
        resources["feedback"]["first"]["why"]
    ]


def test_every_link_of_the_summary_has_its_place(pages):
    found = Links(pages["paula"].read_text(encoding="utf-8"))
    assert found.links and found.links <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    assert "script" not in found.tags


def test_nothing_of_the_graders_side_is_on_the_page(course, pages):
    for name in STUDENTS:
        text = pages[name].read_text(encoding="utf-8")
        for ours in (
            "20260731",
            "HIDDEN TESTS",
            "BEGIN SOLUTION",
            "answering",
            str(course),
            sys.prefix,
            str(ROOT),
            "/site-packages/",
            "ipykernel_",
        ):
            assert ours not in text, (name, ours)
        assert not re.search(r"\b(?:autograder|course)/\w+\.py", text)


def test_an_error_keeps_the_students_lines_and_shortens_those_of_libraries(graded):
    (error,) = [o for o in graded["paula"].cells[-1].outputs if o.output_type == "error"]
    text = re.sub("\x1b.*?m", "", "\n".join(error.traceback))
    assert "mine()" in text and "LinAlgError: Singular matrix" in text
    assert re.search(r"^… in numpy/linalg/\S+:\d+, in inv", text, re.MULTILINE)
    assert "/numpy/" not in text.replace("… in numpy/", "")


def test_all_pages_made_in_one_go_are_the_same_and_finished(course, pages, tmp_path):
    for name in ("autograded", "gradebook.db", "nbgrader_config.py"):
        copied = shutil.copytree if (course / name).is_dir() else shutil.copy
        copied(course / name, tmp_path / name)
    assert feedback(tmp_path, LESSON).made == sorted(STUDENTS)
    for name, page in pages.items():
        made = tmp_path / page.relative_to(course)
        assert made.read_bytes() == page.read_bytes(), name
        # nbconvert would take the page to pieces for these two, and change nothing
        soup = BeautifulSoup(made.read_text(encoding="utf-8"), features="html.parser")
        assert soup.select("img:not([alt])") == soup.select(".jp-Notebook div") == []


# ---- nothing in it runs


@pytest.mark.browser
@pytest.mark.parametrize("policy", ["with", "without"])
def test_no_script_of_a_student_runs_in_feedback_even_without_the_pages_policy(
    browser_page, pages, tmp_path, policy
):
    text = pages["mallory"].read_text(encoding="utf-8")
    without = re.sub(r"<meta[^>]*Content-Security-Policy[^>]*>", "", text)
    assert without != text
    (tmp_path / "page.html").write_text(text if policy == "with" else without, encoding="utf-8")
    assert opened(browser_page, (tmp_path / "page.html").as_uri()) == []
    assert browser_page.errors == []
    assert "<script>" in browser_page.locator("body").inner_text()  # it is there to be read


@pytest.mark.browser
def test_no_script_of_a_student_runs_in_the_instructors_formgrader(browser_page, lab, course):
    server = lab(course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "backprop-by-hand") as gradebook:
        ids = {
            name: gradebook.find_submission_notebook(LESSON, LESSON, name).id for name in STUDENTS
        }
    for name in STUDENTS:
        assert (
            opened(
                browser_page,
                f"{server.url}/login?token={server.token}&next=/formgrader/submissions/{ids[name]}/",
            )
            == []
        )
        first = "3" if name == "paula" else "0"
        # its own scripts work
        browser_page.wait_for_function(
            f"() => document.querySelector('input.score')?.placeholder === '{first}'"
        )
        assert browser_page.errors == []
        assert browser_page.locator("[id='my-test']").count() == 1
        assert browser_page.locator(".text_cell_render math").count() > 3
    browser_page.goto(f"{server.url}/formgrader/submissions/{ids['paula']}/")
    browser_page.get_by_role("group", name="two_two_one.divergence").wait_for()


def test_what_is_stored_after_autograde_is_clean(graded):
    for c in graded["mallory"].cells:
        for output in c.get("outputs", []):
            assert set(output.get("data", {})) <= {
                "text/plain",
                "text/html",
                "text/markdown",
                "image/png",
                "image/jpeg",
            }
            found = Links(output.get("data", {}).get("text/html", ""))
            assert (
                not found.tags & {"script", "iframe", "svg", "style", "object", "form", "input"}
                and not found.ids
            )
            assert "backprop" not in output.get(
                "metadata", {}
            ) or c.metadata.nbgrader.grade_id.startswith("check-")
    assert "widgets" not in graded["mallory"].metadata


def test_forged_metadata_of_ours_says_nothing_in_the_summary(pages):
    header = pages["mallory"].read_text(encoding="utf-8").partition("</header>")[0]
    assert "<strong>0</strong> of 10 points" in header
