"""Notebook -> lesson text -> notebook: what comes back is what was there, or the way back is
refused with a reason."""

import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograder.app import points
from course.making.build import BuildError, read_lesson, sync, write_lesson
from course.making.fingerprints import LANGUAGE
from course.making.round_trip import lost

NAME = "09-any"
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
}
PIECES = (
    *("a", "x = 1", "# A", "## B", "- one", "    indented", "\ttab", "> quoted", "$$x$$", "| a | b |", "", "", " ", "é “σ”"),
    *("```", "```python", "````", "~~~", "```{code-cell}", "````{code-cell} ipython3", "```{raw-cell}", "```{note}", "> ```{code-cell}"),
    *("+++", '+++ {"tags": ["x"]}', "---", ":tags: [a]", ":x", "%%bash", "%matplotlib inline", "!ls", "### INSTEAD", "<!-- c -->"),
    *("![a](attachment:a.png)", "(label)=", "% comment", "[a]: b", "\\", "\x0c", "\u2028", "{x}", "a: b", "***", "\x00"),
)  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES), max_size=5).flatmap(
    lambda lines: st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"]).map(
        lambda newline: newline.join(lines)
    )
)
VALUES = st.recursive(
    st.sampled_from([None, True, 1, 1.5, "", "a", "yes", "1", "a: b", "σ", "- x", "#", "a\nb"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["k", "a b", "1"]), inner, max_size=2), max_leaves=4,
)  # fmt: skip
METADATA = st.dictionaries(
    st.sampled_from(["tags2", "slideshow", "x-y", "Ü", "hide", "my key", "1"]), VALUES, max_size=2
)
PICTURE = st.just({"a.png": {"image/png": "iVBORw0KGgo="}})
CELLS = st.one_of(
    st.builds(lambda text, meta, picture: new_markdown_cell(text, metadata=meta, **picture), TEXT, METADATA,
              st.just({}) | PICTURE.map(lambda a: {"attachments": a})),
    st.builds(lambda text, meta: new_code_cell(text, metadata=meta), TEXT, METADATA),
    st.builds(lambda text, meta: new_raw_cell(text, metadata=meta), TEXT, METADATA),
)  # fmt: skip


def content(nb):
    """What a person sees and a grader reads of a notebook, in plain JSON; blank lines at the ends
    of a cell are nothing."""
    kept = []
    for cell in nb.cells:
        lines = cell.source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        while lines and not lines[0].strip(" \t"):
            del lines[0]
        text = "\n".join(lines).rstrip()
        rest = [cell.metadata, cell.get("attachments") or {}]
        if text or any(rest):
            kept.append([cell.cell_type, text, *json.loads(json.dumps(rest))])
    return kept


@settings(derandomize=True, deadline=None, database=None, max_examples=150)
@given(st.lists(CELLS, max_size=5))
def test_what_comes_back_is_what_was_there_or_is_said_to_be_lost(cells):
    nb = new_notebook(cells=cells, metadata=KERNEL)
    try:
        text = write_lesson(nb, points)
        back = read_lesson(text, NAME, points)
    except BuildError:
        return  # refused with a reason, before anything is written
    assert bool(lost(nb, back)) == (content(nb) != content(back))
    if not lost(nb, back):
        assert write_lesson(back, points) == text


@pytest.mark.parametrize("cell", [
    new_markdown_cell("![a](attachment:a.png)", attachments={"a.png": {"image/png": "iVBORw0KGgo="}}),
    new_markdown_cell("Write a cell so:\n\n````\n```{code-cell}\nx = 1\n```\n+++\n````\n\nand so on."),
    new_markdown_cell("one\r\ntwo\rthree"),
    new_raw_cell("<b>raw</b>\n---", metadata={"raw_mimetype": "text/html"}),
    new_code_cell("---\nx", metadata={"tags": ["a"], "deep": {"list": [1, {"k": None}]}}),
    new_code_cell(":not: an option"),
    new_code_cell('s = """\n```\n+++\n"""'),
], ids=range(7))  # fmt: skip
def test_what_a_lesson_can_hold_comes_back(cell):
    nb = new_notebook(
        cells=[new_markdown_cell("before"), cell, new_markdown_cell("after")], metadata=KERNEL
    )
    back = read_lesson(write_lesson(nb, points), NAME, points)
    assert content(back) == content(nb) and lost(nb, back) == ""


@pytest.mark.parametrize(
    "text", ["See:\n\n```{code-cell}\nx = 1\n```", "one\n\n+++\n\ntwo", '+++ {"tags": ["x"]}']
)
def test_text_that_would_become_other_cells_is_refused_with_its_line(text, tmp_path):
    lesson = tmp_path / "course" / "lessons" / f"{NAME}.md"
    lesson.parent.mkdir(parents=True)
    lesson.write_text(
        write_lesson(new_notebook(cells=[new_markdown_cell("# A\n\nB")], metadata=KERNEL), points),
        "utf-8",
    )
    nb = read_lesson(lesson.read_text("utf-8"), NAME, points)
    nb.cells.append(new_markdown_cell(text, id="own"))
    path = tmp_path / "source" / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(nb, path)
    before = lesson.read_bytes(), path.read_bytes()
    with pytest.raises(BuildError, match=r"cell 2 \(“.*takes the line '(```\{code|\+\+\+)"):
        sync(tmp_path, points)
    assert (lesson.read_bytes(), path.read_bytes()) == before


def test_an_odd_grade_id_gives_a_sound_cell():
    told = {
        "grade": True,
        "points": 1,
        "grade_id": "my test é!" * 9,
        "locked": True,
        "solution": False,
        "schema_version": 3,
        "task": False,
    }
    nb = new_notebook(
        cells=[new_code_cell("assert 1", metadata={"nbgrader": told})], metadata=KERNEL
    )
    back = read_lesson(write_lesson(nb, points), NAME, points)
    assert back.cells[0].metadata.nbgrader == told and lost(nb, back) == ""


def test_a_built_notebook_names_its_language_but_no_version():
    nb = read_lesson("# A\n", NAME, points)
    assert nb.metadata.language_info == LANGUAGE and "version" not in LANGUAGE
