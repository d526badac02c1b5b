"""A notebook carried forward to a newer release: the course's text is new, every line of the
student's is still there."""

from copy import deepcopy

import nbformat
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell
from small_release import STUB, WORK, cell_of, ran, release, usual

from course.folder.carry import carry_forward
from course.folder.merge_lines import merge_lines
from course.making.fingerprints import text_digest

DETERMINED = settings(derandomize=True, deadline=None, database=None)
KNOWN = pytest.mark.parametrize("known", ["the old release", "its fingerprints"])
NEW_STUB = STUB.replace("Twice x.", "Two times x.")


def carried(mine, new, old=None):
    """Carry forward, and hold what always holds: a sound notebook, and a second time nothing
    changes."""
    before = deepcopy((mine, new, old))
    done = carry_forward(mine, new, old)
    assert (mine, new, old) == before
    nbformat.validate(done.nb)
    again = carry_forward(done.nb, new, new)
    assert again.nb == done.nb and (again.renewed, again.added, again.dropped, again.notes) == (
        0,
        0,
        0,
        [],
    )
    return done


def worked(nb):
    """A student's copy: the function written and run, the answer given, two cells of their own."""
    mine = deepcopy(nb)
    cell_of(mine, "f").source = WORK
    cell_of(mine, "answer").source = "Because.\n\n![a](attachment:a.png)"
    cell_of(mine, "answer").attachments = {"a.png": {"image/png": "iVBORw0KGgo="}}
    for name in ("small-2", "f", "check-f"):
        ran(cell_of(mine, name))
    mine.cells.insert(3, new_code_cell("f(3)  # trying it", id="aaaa1111"))
    mine.cells.insert(0, new_markdown_cell("my notes", id="bbbb2222"))
    mine.metadata["widgets"] = {"state": {"kept": 1}}
    return mine


@KNOWN
def test_text_pictures_and_tests_are_brought_forward_and_work_stays(known):
    old, new = (
        usual(),
        usual("# Small\n\nA better text.", "eta = 0.2", check='check("a.f", f, 1)', points=5),
    )
    mine = worked(old)
    nb = carried(mine, new, old if known == "the old release" else None).nb
    assert [cell.id for cell in nb.cells] == [
        "bbbb2222",
        "small-1",
        "small-2",
        "f",
        "aaaa1111",
        "check-f",
        "question",
        "answer",
    ]
    assert (
        cell_of(nb, "small-1").source == "# Small\n\nA better text."
        and cell_of(nb, "small-2").source == "eta = 0.2"
    )
    assert (
        cell_of(nb, "check-f").source == 'check("a.f", f, 1)'
        and cell_of(nb, "check-f").metadata.nbgrader.points == 5
    )
    assert cell_of(nb, "f").source == WORK and cell_of(nb, "aaaa1111").source == "f(3)  # trying it"
    assert cell_of(nb, "answer") == cell_of(mine, "answer")
    assert (
        cell_of(nb, "f").outputs == cell_of(mine, "f").outputs
        and cell_of(nb, "f").execution_count == 7
    )
    assert (
        nb.metadata.backprop == new.metadata.backprop
        and nb.metadata.widgets == mine.metadata.widgets
    )


def test_an_output_that_the_new_text_did_not_make_stays_without_its_number():
    old = usual()
    nb = carried(worked(old), usual(given="eta = 0.2"), old).nb
    assert cell_of(nb, "small-2").outputs and cell_of(nb, "small-2").execution_count is None


def test_a_changed_stub_is_merged_where_the_old_one_is_known():
    old, new = usual(), usual(stub="import math\n\n" + STUB.replace("def f(x):", "def f(x, n=1):"))
    done = carried(worked(old), new, old)
    assert cell_of(done.nb, "f").source == "import math\n\n" + WORK.replace(
        "def f(x):", "def f(x, n=1):"
    )
    assert done.notes == ["“f”: the course changed lines around yours; both are in it."]


@KNOWN
def test_a_changed_stub_that_cannot_be_merged_stands_as_text_below_the_work(known):
    old, new = usual(), usual(stub=NEW_STUB)  # the line above the student's first
    done = carried(worked(old), new, old if known == "the old release" else None)
    assert cell_of(done.nb, "f").source == WORK
    below = done.nb.cells[[cell.id for cell in done.nb.cells].index("f") + 1]
    assert (
        below.cell_type == "markdown"
        and NEW_STUB in below.source
        and "aaaa1111" in [c.id for c in done.nb.cells]
    )
    assert len(done.notes) == 1 and "stands as text below yours" in done.notes[0]


def test_a_merge_that_would_be_no_python_is_not_made():
    old = usual(stub="def f(x):\n    if x:\n        pass\n    # YOUR CODE HERE")
    new = usual(stub="def f(x):\n    pass\n    # YOUR CODE HERE")
    mine = deepcopy(old)
    cell_of(
        mine, "f"
    ).source = "def f(x):\n    if x:\n        pass\n    # YOUR CODE HERE\n    else:\n        x = 1"
    assert cell_of(carried(mine, new, old).nb, "f").source == cell_of(mine, "f").source


@KNOWN
def test_an_edited_text_and_an_edited_test_stand_beside_the_new_ones_as_the_students_own(known):
    old, new = usual(), usual("# Small\n\nA better text.", check='check("a.f", f, 1)')
    mine = deepcopy(old)
    cell_of(mine, "small-1").source = "# Small\n\nA text. Ask about this."
    cell_of(mine, "check-f").source = 'print(f(1))\ncheck("a.f", f)'
    done = carried(mine, new, old if known == "the old release" else None)
    at = [cell.id for cell in done.nb.cells].index
    assert (
        cell_of(done.nb, "check-f") == cell_of(new, "check-f")
        and "better" in done.nb.cells[at("small-1")].source
    )
    for name, text in (
        ("small-1", "A text. Ask about this."),
        ("check-f", 'print(f(1))\ncheck("a.f", f)'),
    ):
        beside = done.nb.cells[at(name) + 1]
        assert text in beside.source and "Your version of the cell above" in beside.source
        assert "nbgrader" not in beside.metadata and beside.metadata.tags == ["kept-by-update"]
    assert len(done.notes) == 2


def test_what_the_course_did_not_change_is_left_as_the_student_has_it():
    old, new = usual(), usual("# Small\n\nA better text.")
    mine = deepcopy(old)
    cell_of(mine, "small-2").source = "eta = 5"
    cell_of(mine, "question").source = "Why? (ask)"
    done = carried(mine, new, None)
    assert (
        cell_of(done.nb, "small-2").source == "eta = 5"
        and cell_of(done.nb, "question").source == "Why? (ask)"
    )
    assert done.notes == [] and done.renewed == 1


def test_a_new_cell_in_a_section_moves_no_output_and_no_own_cell():
    """Ids count the cells of a section, so those below a new cell bear other ids than before."""
    old = release(*(new_code_cell(f"a{n} = {n}", id=f"s-{n}") for n in (1, 2, 3)))
    new = release(
        *(
            new_code_cell(text, id=f"s-{n}")
            for n, text in enumerate(("a1 = 1", "a0 = 0", "a2 = 2", "a3 = 3"), 1)
        )
    )
    mine = deepcopy(old)
    for cell in mine.cells:
        ran(cell, cell.source)
    mine.cells[1].source += "  # mine"
    mine.cells.insert(2, new_code_cell("own", id="aaaa1111"))
    nb = carried(mine, new).nb
    assert [cell.source for cell in nb.cells] == [
        "a1 = 1",
        "a0 = 0",
        "a2 = 2  # mine",
        "own",
        "a3 = 3",
    ]
    assert [o.data["text/plain"] for cell in nb.cells for o in cell.outputs] == [
        "a1 = 1",
        "a2 = 2",
        "a3 = 3",
    ]


def test_what_the_course_drops_goes_unless_the_student_wrote_in_it():
    old = release(*(new_code_cell(f"a{n} = {n}", id=f"s-{n}") for n in (1, 2, 3)))
    mine = deepcopy(old)
    mine.cells[2].source = "a3 = 99"
    done = carried(mine, release(old.cells[0]), None)
    assert (
        done.dropped == 1
        and [cell.id for cell in done.nb.cells][:1] == ["s-1"]
        and len(done.nb.cells) == 2
    )
    assert "a3 = 99" in done.nb.cells[1].source and done.nb.cells[1].id not in ("s-2", "s-3")


def test_a_cell_that_the_student_deleted_comes_back_only_where_points_hang_on_it():
    old, new = usual(), usual("# Small\n\nA better text.")
    mine = deepcopy(old)
    mine.cells = [cell for cell in mine.cells if cell.id not in ("small-2", "check-f")]
    assert [cell.id for cell in carried(mine, new).nb.cells] == [
        "small-1",
        "f",
        "check-f",
        "question",
        "answer",
    ]


def test_a_notebook_that_bears_no_fingerprints_keeps_every_line():
    """Of a release made before they were written in: nbgrader's checksums still tell of the graded
    cells."""
    old, new = usual(), usual("# Small\n\nA better text.", check='check("a.f", f, 1)')
    mine = worked(old)
    del mine.metadata["backprop"]
    done = carried(mine, new)
    assert (
        cell_of(done.nb, "f").source == WORK
        and cell_of(done.nb, "check-f").source == 'check("a.f", f, 1)'
    )
    # nobody knows whose: it stays beside
    assert [cell.source.count("A text.") for cell in done.nb.cells].count(1) == 1


@pytest.mark.parametrize("told", [3, {"given": 3, "release": []}, {"given": {"f": None}}, {}])
def test_broken_metadata_is_no_obstacle(told):
    mine = worked(usual())
    mine.metadata["backprop"] = told
    mine.metadata["unknown"] = {"future": [1]}
    assert cell_of(carried(mine, usual(given="eta = 3")).nb, "f").source == WORK


def test_lost_ids_are_no_obstacle():
    """An older format of notebooks has no ids; whatever saves it so gives new ones to all cells."""
    old, new = usual(), usual("# Small\n\nA better text.")
    mine = worked(old)
    for n, cell in enumerate(mine.cells):
        cell["id"] = f"r{n}"
    nb = carried(mine, new, old).nb
    assert cell_of(nb, "f").source == WORK and cell_of(nb, "small-2").outputs
    assert sum("better" in cell.source for cell in nb.cells) == 1


# ---- whatever anybody changes


texts = st.lists(st.sampled_from(["a", "b", "c", "x = 1", "y = 2"]), min_size=1, max_size=5).map(
    "\n".join
)
courses = st.lists(st.tuples(st.booleans(), texts), min_size=1, max_size=6)


def made(course):
    """A release: code or text cells with ids that count."""
    return release(
        *(
            (new_code_cell if code else new_markdown_cell)(text, id=f"s-{n}")
            for n, (code, text) in enumerate(course)
        )
    )


@settings(DETERMINED, max_examples=100)
@for_all(
    courses,
    courses,
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(["edit", "add", "delete", "copy"])), max_size=5
    ),
    st.booleans(),
)
def test_no_line_of_a_student_is_lost_whatever_the_course_changes(before, after, edits, known):
    old, new = made(before), made(after)
    mine = deepcopy(old)
    for n, (place, what) in enumerate(edits):
        at = place % (len(mine.cells) or 1)
        if what == "add" or not mine.cells:
            mine.cells.insert(at, new_code_cell(f"mine {n}", id=f"own{n}"))
        elif what == "edit":
            mine.cells[at].source += f"\nmine {n}"
        elif what == "copy":
            mine.cells.insert(at, deepcopy(mine.cells[at]))
            mine.cells[at].id = f"own{n}"
        else:
            del mine.cells[at]
    nb = carried(mine, new, old if known else None).nb
    everything = "\n".join(cell.source for cell in nb.cells)
    for line in {
        line for cell in mine.cells for line in cell.source.split("\n") if line.startswith("mine")
    }:
        wanted = sum(line in cell.source.split("\n") for cell in mine.cells)
        assert everything.split("\n").count(line) >= wanted
    present = [text_digest(cell) for cell in nb.cells]
    given = {text_digest(cell) for cell in old.cells}
    touched = {cell.id for cell in mine.cells} & {cell.id for cell in new.cells}
    # whatever is new in the course is there, but where the student wrote into that cell
    for cell in new.cells:
        assert text_digest(cell) in {*present, *given} or cell.id in touched


lines = st.lists(st.sampled_from("abcde"), max_size=8)


@settings(DETERMINED)
@for_all(lines, lines)
def test_a_change_of_one_side_is_taken_as_it_is(base, other):
    assert (
        merge_lines(base, other, base)
        == merge_lines(base, base, other)
        == merge_lines(base, other, other)
        == other
    )


@settings(DETERMINED)
@for_all(lines, lines, lines)
def test_a_merge_loses_no_line_that_either_side_added(base, mine, theirs):
    merged = merge_lines(base, mine, theirs)
    assert merged is None or {*mine, *theirs} - {*base} <= {*merged}
