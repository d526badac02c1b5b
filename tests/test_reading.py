"""Collecting, looking at and reading what was handed in, and saying what is to be seen in it: each
step by itself."""

import json
import os
import time
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import nbformat
import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator

from autograder.plugins.facts import facts
from autograder.plugins.intake import submissions
from autograder.plugins.intake.choosing import choose, where_it_lies
from autograder.plugins.intake.collecting import CollectAsItIs
from autograder.plugins.intake.reading import NotReadable, parse
from autograder.plugins.intake.submissions import look

ROOT = Path(__file__).resolve().parent.parent
LESSON = "04-mini"
SECRET = "TOPSECRET"
OUTPUT = {"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000}


# ---- collecting from the exchange


def test_collecting_follows_no_link_and_stops_at_no_pipe(tmp_path, caplog):
    handed, taken = tmp_path / "inbound" / "eve+04+now", tmp_path / "submitted" / "eve"
    (handed / "deep").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text(SECRET)
    (handed / "04.ipynb").symlink_to(tmp_path / "secret.txt")
    (handed / "deep" / "notes.txt").write_text("mine")
    os.mkfifo(handed / "deep" / "pipe")
    collect = CollectAsItIs(coursedir=CourseDirectory())
    collect.do_copy(str(handed), str(taken))
    assert (taken / "04.ipynb").is_symlink()
    assert sorted(path.name for path in (taken / "deep").iterdir()) == ["notes.txt"]
    assert "pipe is no file and is not collected" in caplog.text


def test_a_submission_that_cannot_be_collected_is_named_and_leaves_nothing(tmp_path, caplog):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to("elsewhere")
    (tmp_path / "large").mkdir()
    (tmp_path / "large" / "film").write_bytes(bytes(2000))
    collect = CollectAsItIs(coursedir=CourseDirectory(max_dir_size=1))
    for name in ("link", "large"):
        collect.do_copy(str(tmp_path / name), str(tmp_path / "taken"))
        assert not (tmp_path / "taken").exists()
        assert f"{tmp_path / name} is not collected" in caplog.text


# ---- one look


def write(nb, folder, name=f"{LESSON}.ipynb"):
    (folder / name).write_text(json.dumps(nb), encoding="utf-8")


def folder_with(tmp_path, files):
    folder = tmp_path / "submitted" / "eve" / LESSON
    folder.mkdir(parents=True)
    write({"cells": []}, folder)
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


def left_out(tmp_path, *files):
    folder = folder_with(tmp_path, files)
    found = look(folder, tmp_path / "submitted", LESSON)
    assert found.refused is None
    return {path.relative_to(folder).as_posix() for path in found.left_out}


def test_a_module_of_ones_own_is_used_unless_it_has_the_name_of_an_installed_one(tmp_path):
    compiled = "matplotlib" + EXTENSION_SUFFIXES[0]
    files = (
        "helpers.py",
        "my_network.py",
        "numpy.py",
        "random.py",
        "course/__init__.py",
        "data/random.py",
        compiled,
    )
    assert left_out(tmp_path, *files) == {
        "numpy.py",
        "random.py",
        "course",
        compiled,
    }


def test_a_folder_of_data_is_no_module_in_the_way(tmp_path):
    assert left_out(tmp_path, "data/points.csv", "pictures/a.png", "numpy.txt") == set()


def test_looking_ends_where_somebody_handed_in_a_whole_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "MOST_ENTRIES", 50)
    folder = folder_with(tmp_path, [f"{k}.txt" for k in range(60)])
    assert (
        "more than 50 files and folders were handed in"
        in look(folder, tmp_path / "submitted", LESSON).refused
    )


def test_a_file_that_may_not_be_read_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("locked.txt"))
    assert left_out(tmp_path, "locked.txt", "open.txt") == {"locked.txt"}


def given():
    """A lesson as it is given out: one locked test and one exercise."""
    nb = parse(json.dumps(notebook()).encode())
    nb.cells[0].source = "def f(x):\n    raise NotImplementedError"
    for cell, told in zip(
        nb.cells,
        ({"grade_id": "f", "solution": True}, {"grade_id": "text", "locked": True}),
        strict=True,
    ):
        cell.metadata["nbgrader"] = told
    return nb


def solved(**metadata):
    nb = given()
    nb.cells[0].source = "def f(x):\n    return x"
    nb.metadata = metadata
    return nb


def put(nb, folder, name):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    write(nb, folder, name)


def chosen(folder):
    found = choose(folder, LESSON, given())
    return found and (str(found.path.relative_to(folder)), found.told)


def test_an_untouched_notebook_gives_way_to_the_copy_that_holds_the_work(tmp_path):
    put(given(), tmp_path, f"{LESSON}.ipynb")
    put(solved(backprop={"lesson": LESSON}), tmp_path, f"{LESSON}-Copy1.ipynb")
    name, told = chosen(tmp_path)
    assert name == f"{LESSON}-Copy1.ipynb"
    assert told == (
        f"{name} was graded as {LESSON}.ipynb",
        f"{LESSON}.ipynb holds no work and was not graded",
    )


def test_of_two_that_hold_as_much_work_the_one_with_the_proper_name_is_taken_and_the_other_named(
    tmp_path,
):
    for name in (f"{LESSON}.ipynb", f"{LESSON}-Copy1.ipynb"):
        put(solved(), tmp_path, name)
    assert chosen(tmp_path) == (
        f"{LESSON}.ipynb",
        (f"{LESSON}-Copy1.ipynb holds as much work and was not graded",),
    )


def test_of_two_renamed_ones_work_decides_and_both_are_named(tmp_path):
    put(solved(), tmp_path, "a.ipynb")
    put(given(), tmp_path, "b.ipynb")
    os.utime(tmp_path / "a.ipynb", (0, 0))
    assert chosen(tmp_path) == (
        "a.ipynb",
        (f"a.ipynb was graded as {LESSON}.ipynb", "b.ipynb holds no work and was not graded"),
    )


@pytest.mark.parametrize(
    "name",
    [
        f"{LESSON}/{LESSON}.ipynb",
        "work/week 4/mine.ipynb",
        f"{LESSON}.ipynb.txt",
        f"{LESSON}.json",
        f"{LESSON}.IPYNB",
        LESSON,
    ],
)
@pytest.mark.parametrize("metadata", [{}, {"backprop": {"lesson": LESSON}}])
def test_a_notebook_is_found_in_a_folder_or_under_another_ending_also_without_its_metadata(
    tmp_path, name, metadata
):
    put(solved(**metadata), tmp_path, name)
    assert chosen(tmp_path)[0] == name


@pytest.mark.parametrize(
    "name",
    [
        f"__MACOSX/._{LESSON}.ipynb",
        f".ipynb_checkpoints/{LESSON}-checkpoint.ipynb",
        f"{LESSON}.html",
        "data.json",
    ],
)
def test_what_is_no_notebook_to_grade_is_not_taken_for_one(tmp_path, name):
    put(solved() if name != "data.json" else {"cells": "none"}, tmp_path, name)
    assert chosen(tmp_path) is None


def test_no_link_is_followed_in_search_of_a_notebook(tmp_path):
    mine, others = tmp_path / "ada", tmp_path / "bob"
    mine.mkdir()
    put(solved(), others, f"{LESSON}.ipynb")
    (mine / f"{LESSON}.ipynb").symlink_to(others / f"{LESSON}.ipynb")
    (mine / "folder").symlink_to(others)
    assert chosen(mine) is None


def test_a_notebook_of_another_lesson_is_not_taken_also_under_this_ones_name_when_the_right_one_is_there(
    tmp_path,
):
    put(solved(backprop={"lesson": "another"}), tmp_path, f"{LESSON}.ipynb")
    put(solved(backprop={"lesson": LESSON}), tmp_path, "right.ipynb")
    assert chosen(tmp_path)[0] == "right.ipynb"


def test_where_no_notebook_is_what_there_is_instead_is_named(tmp_path):
    assert where_it_lies(tmp_path) == "no notebook was handed in"
    (tmp_path / "page.html").write_text("x")
    assert (
        where_it_lies(tmp_path) == "no notebook was handed in but page.html; ask for the notebook"
    )
    put(solved(), tmp_path, f".ipynb_checkpoints/{LESSON}-checkpoint.ipynb")
    assert f"a checkpoint, .ipynb_checkpoints/{LESSON}-checkpoint.ipynb" in where_it_lies(tmp_path)
    (tmp_path / "all.ipynb.zip").write_bytes(b"PK")
    assert (
        where_it_lies(tmp_path)
        == "no notebook was handed in but an archive, all.ipynb.zip; unpack it into the"
        " submission's folder"
    )


# ---- reading


def notebook():
    code = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": "y = 1",
        "outputs": [OUTPUT],
        "execution_count": 3,
    }
    text = {
        "cell_type": "markdown",
        "id": "b",
        "metadata": {},
        "source": ["# Title\n", "text"],
        "attachments": {"a.png": {"image/png": "aGk="}},
    }
    return {
        "cells": [code, text],
        "metadata": {"backprop": {"lesson": LESSON}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_lines_end_the_same_way_whatever_machine_a_notebook_was_written_on(end):
    nb = notebook()
    nb["cells"][0]["source"], nb["cells"][1]["source"] = (
        f"y = 1{end}z = 2",
        [
            f"# Title{end}",
            "text",
        ],
    )
    assert [c.source for c in parse(json.dumps(nb).encode()).cells] == [
        "y = 1\nz = 2",
        "# Title\ntext",
    ]


def test_a_sound_notebook_is_read_as_it_is_but_for_its_outputs():
    nb = parse(json.dumps(notebook()).encode())
    assert [c.id for c in nb.cells] == ["a", "b"]
    assert (
        nb.cells[0].source == "y = 1"
        and nb.cells[0].outputs == []
        and nb.cells[0].execution_count is None
    )
    assert (
        nb.cells[1].source == "# Title\ntext"
        and nb.cells[1].attachments["a.png"]["image/png"] == "aGk="
    )
    assert nb.metadata.backprop.lesson == LESSON


VALUES = (
    None,
    5,
    -1,
    1e400,
    "x",
    "\ud800",
    "a\0b",
    [],
    [1, [2]],
    {},
    {"a": {"b": 1}},
    True,
    10**40,
)
PLACES = (
    "metadata",
    "title",
    "kernelspec",
    "cells",
    "nbformat",
    "nbformat_minor",
    "worksheets",
    "cell",
    "cell_type",
    "id",
    "source",
    "outputs",
    "execution_count",
    "attachments",
    "cell metadata",
    "tags",
    "nbgrader",
    "grade_id",
    "points",
    "grade",
    "locked",
    "schema_version",
    "checksum",
)


def damaged(place, value):
    """A notebook with a wrong value in one place, as bytes."""
    nb = notebook()
    first = nb["cells"][0]
    first["metadata"]["nbgrader"] = {
        "grade": True,
        "grade_id": "g",
        "locked": True,
        "points": 1,
        "solution": False,
        "task": False,
        "schema_version": 3,
    }
    if place in ("tags", "nbgrader"):
        first["metadata"][place] = value
    elif place == "cell metadata":
        first["metadata"] = value
    elif place in ("title", "kernelspec"):
        nb["metadata"][place] = value
    elif place == "cell":
        nb["cells"].append(value)
    elif place in ("cell_type", "id", "source", "outputs", "execution_count", "attachments"):
        for each in nb["cells"]:
            each[place] = value
    elif place in first["metadata"]["nbgrader"] or place == "checksum":
        first["metadata"]["nbgrader"][place] = value
    else:
        nb[place] = value
    return json.dumps(nb).encode()


@pytest.mark.parametrize("place", PLACES)
def test_a_wrong_value_anywhere_gives_a_valid_notebook_or_is_refused_in_words(place):
    for value in VALUES:
        try:
            nb = parse(damaged(place, value))
        except NotReadable as problem:
            assert str(problem)
            continue
        nbformat.validate(nb)
        MetadataValidator().validate_nb(nb)
        assert nbformat.writes(nb).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\xff\xfe\xfa",
        b"{",
        b'{"cells": [\x00]}',
        b"9" * 5000,
        b'{"cells": [' + b"9" * 5000,
        b"[" * 100_000,
        b'{"cells":' * 3000,
        b'"\xed\xa0\x80"',
    ],
)
def test_what_is_no_notebook_is_refused_in_words(data):
    with pytest.raises(NotReadable, match="is not a notebook|is JSON but no notebook"):
        parse(data)


def test_a_notebook_that_is_enormous_without_its_outputs_is_refused():
    nb = notebook()
    nb["cells"][0]["source"] = "#" * 60_000_000
    with pytest.raises(NotReadable, match="more than 50 MB even without its outputs"):
        parse(json.dumps(nb).encode())


def test_a_notebook_of_too_many_cells_is_refused():
    nb = notebook()
    nb["cells"] = nb["cells"][1:] * 1200
    with pytest.raises(NotReadable, match="1,200 cells"):
        parse(json.dumps(nb).encode())


def test_a_hundred_megabytes_of_outputs_are_read_in_seconds():
    nb = notebook()
    nb["cells"][0]["outputs"] = [
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"image/png": "A" * 1_000_000, "k": list(range(1000))},
        }
    ] * 100
    data = json.dumps(nb).encode()
    started = time.process_time()
    assert parse(data).cells[0].outputs == []
    assert len(data) > 100_000_000
    assert time.process_time() - started < 10


# ---- what is to be seen in a notebook


def seen(*sources):
    cells = [
        {"cell_type": "code", "id": f"c{k}", "metadata": {}, "source": source}
        for k, source in enumerate(sources)
    ]
    empty = parse(b'{"cells": []}')
    return facts(parse(json.dumps({"cells": cells}).encode()), None, empty)


@pytest.mark.parametrize("lesson", sorted(path.name for path in (ROOT / "source").iterdir()))
def test_nothing_is_said_about_a_lessons_own_solutions(lesson):
    solved, given = (
        parse((ROOT / step / lesson / f"{lesson}.ipynb").read_bytes())
        for step in ("source", "release")
    )
    assert facts(solved, None, solved) == facts(solved, given, solved) == ()


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nnp.random.seed(1)",
        "%matplotlib inline\nfrom course.data import xor",
        "x = 1; check2 = x",
        "def f(:",
        "print('submitted in time')",
        "class A:\n    def __eq__(self, other):\n        return self.x == other.x",
        "from autograder import check, hint",
        "a.check_all = True",
        "self = 1\nx.y = 2",
    ],
)
def test_nothing_is_said_about_ordinary_code(source):
    assert seen(source) == ()


@pytest.mark.parametrize(("source", "said"), [
    ("from course import network", "imports course.network"), ("import course.activations as f", "imports course.activations"),
    ("from autograder import judging", "imports autograder.judging"), ("import autograder.exercises.mazur", "imports autograder.exercises.mazur"),
    ("check = print", "in place of check"), ("import numpy\nnumpy.isclose = all", "in place of numpy.isclose"),
    ("open('../../gradebook.db')", "names gradebook.db"), ("import os\nos.getenv('NBGRADER_EXECUTION')", "whether it is being graded"),
])  # fmt: skip
def test_a_fact_is_stated_with_the_name_it_is_about(source, said):
    (fact,) = seen(source)
    assert said in fact
