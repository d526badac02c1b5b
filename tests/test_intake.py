"""What is handed in as files: links, pipes, enormous and damaged notebooks, files in the way of the
grader's own.

Everybody of `STUDENTS` hands in, one plain run of nbgrader's autograde grades them all, and the
tests read what came of it.
"""

import json
import os
import re
import socket
import stat

import nbformat
import pytest
import small_class
from small_class import LESSON, SmallClass, cell

from autograder.plugins.report import Line, lines, show

pytestmark = pytest.mark.timeout(300)
TEXT = "".join([small_class.HEAD, "# Mini\n\n", small_class.SETUP, small_class.DIVERGENCE])
SECRET = "TOPSECRET"
OUTPUT = {"output_type": "stream", "name": "stdout", "text": "x" * 1_000_000}
MEGABYTES = 30


# ---- what students do, with the notebook as JSON and the folder that it goes into


def as_it_is(nb, folder):
    write(nb, folder)


def write(nb, folder, name=f"{LESSON}.ipynb"):
    (folder / name).write_text(json.dumps(nb), encoding="utf-8")


def linked(target, name=f"{LESSON}.ipynb"):
    def files(nb, folder):
        (folder / name).symlink_to(target)
        if name != f"{LESSON}.ipynb":
            write(nb, folder)

    return files


def piped(name):
    def files(nb, folder):
        os.mkfifo(folder / name)
        if name != f"{LESSON}.ipynb":
            write(nb, folder)

    return files


def changed(change):
    def files(nb, folder):
        change(nb)
        write(nb, folder)

    return files


def of_bytes(make):
    return lambda nb, folder: (folder / f"{LESSON}.ipynb").write_bytes(make(nb))


def enormous(nb, folder):
    nb["cells"][-1]["outputs"] = [OUTPUT] * MEGABYTES
    nb["metadata"]["widgets"] = {"state": "x" * 1_000_000}
    write(nb, folder)


def in_the_way(nb, folder):
    """Files that would be imported in place of the grader's own, each of which leaves a trace."""
    for name in (
        "numpy.py",
        "sitecustomize.py",
        "nbgrader_config.py",
        "ipykernel_launcher.py",
        "json.py",
        "ast.py",
    ):
        (folder / name).write_text(
            f"open({str(folder.parents[2] / 'TRACE')!r}, 'a').write({name!r})\nraise"
            " SystemExit(0)\n"
        )
    for package in ("course", "autograder", "IPython"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text(
            f"open({str(folder.parents[2] / 'TRACE')!r}, 'a').write({package!r})\n"
        )
    (folder / "my_helper.py").write_text("factor = 0.5\n")
    cell(nb, "divergence")["source"] = (
        "import my_helper\ndef divergence(y, d):\n    return my_helper.factor * np.sum((y - d)"
        " ** 2)"
    )
    write(nb, folder)


def huge_extra(nb, folder):
    for name in ("film.mp4", "data.bin"):
        with (folder / name).open("wb") as file:
            file.truncate(60_000_000)
    (folder / "notes.txt").write_text("kept")
    write(nb, folder)


def many(nb, folder):
    (folder / "env" / "lib").mkdir(parents=True)
    for k in range(600):
        (folder / "env" / "lib" / f"{k}.txt").write_text("x")
    write(nb, folder)


def looped(nb, folder):
    (folder / "again").symlink_to(folder)
    (folder / "deep").mkdir()
    (folder / "deep" / "up").symlink_to("..")
    write(nb, folder)


def socketed(nb, folder):
    before = os.getcwd()
    os.chdir(folder)  # a socket's path may be no longer than 108 bytes
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind("talk")
    finally:
        os.chdir(before)
    write(nb, folder)


def same_ids(nb):
    for c in nb["cells"]:
        c["id"] = "same"


def no_ids(nb):
    for c in nb["cells"]:
        del c["id"]
    nb["nbformat_minor"] = 0


def of_another_lesson(nb):
    nb["cells"].append(
        {
            "cell_type": "code",
            "id": "x",
            "source": "1",
            "outputs": [],
            "execution_count": None,
            "metadata": {
                "nbgrader": {
                    "grade": True,
                    "grade_id": "check-of-another-lesson",
                    "locked": True,
                    "points": 5,
                    "solution": False,
                    "task": False,
                    "schema_version": 3,
                }
            },
        }
    )


def told(**values):
    return lambda nb: cell(nb, "check-divergence")["metadata"]["nbgrader"].update(values)


def odd_metadata(nb):
    nb["metadata"].update(
        {"kernelspec": 5, "language_info": [], "widgets": 3, "title": {"a": [float("nan"), 10**30]}}
    )
    nb["cells"][0]["metadata"] = "none"
    nb["cells"][1]["metadata"] = {"tags": 7, "jupyter": 1, "nbgrader": "x", "collapsed": {}}
    nb["cells"].insert(
        0,
        {
            "cell_type": "code",
            "metadata": {},
            "source": 7,
            "outputs": {"a": 1},
            "execution_count": "x",
        },
    )
    nb["cells"].insert(
        0, {"cell_type": "markdown", "source": ["a", 3, "b\0\ud800"], "attachments": {"x": 1}}
    )
    nb["cells"].insert(0, "no cell")


def of_format_three(nb):
    cells = [
        (
            {
                **c,
                "input": c["source"],
                "language": "python",
                "prompt_number": 1,
                "collapsed": False,
                "outputs": [],
            }
            if c["cell_type"] == "code"
            else c
        )
        for c in nb["cells"]
    ]
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }
    nb.clear()
    nb.update(old)


def deep(nb):
    return b'{"cells": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"


def within_null(nb):
    cell(nb, "divergence")["source"] += "\n# \0 \ud83d"


POINTS = 1
# name: (what is handed in, the points it must get or None, what the report says or None)
STUDENTS = {
    "ada": (as_it_is, POINTS, None),
    "link to ada": (linked(f"../../ada/{LESSON}/{LESSON}.ipynb"), None, "is a link to '../../ada"),
    "link to the gradebook": (linked("../../../gradebook.db"), None, "is a link to"),
    "link to a secret": (linked("../../../secret.txt", "notes.txt"), POINTS, "notes.txt not used: it is a link to '../../../secret.txt'"),
    "link to the time": (linked("../../../secret.txt", "timestamp.txt"), None, "timestamp.txt is not read: it is a link"),
    "link to nowhere": (linked("../../../made-by-eve.txt"), None, "is a link to"),
    "endless device": (linked("/dev/zero", "data.bin"), POINTS, "data.bin not used: it is a link to '/dev/zero'"),
    "pipe": (piped("data.bin"), POINTS, "data.bin not used: it is a named pipe"),
    "pipe as notebook": (piped(f"{LESSON}.ipynb"), None, "is a named pipe"),
    "pipe as time": (piped("timestamp.txt"), None, "timestamp.txt is not read: it is a named pipe"),
    "no time": (lambda nb, folder: (write(nb, folder), (folder / "timestamp.txt").write_text("soon")), None, "timestamp.txt says no time but b'soon'"),
    "socket": (socketed, POINTS, "talk not used: it is a socket"),
    "loop": (looped, POINTS, "again not used"),
    "enormous": (enormous, POINTS, None),
    "huge extra": (huge_extra, POINTS, "film.mp4 not used: it holds 60 MB"),
    "many": (many, POINTS, "some files not used: 600 files beside the notebook"),
    "in the way": (in_the_way, POINTS, "the name of a module that grading uses itself"),
    "newline in a file": (lambda nb, folder: (write(nb, folder), (folder / "a\nb.txt").write_text("x")), POINTS, "characters that cannot be shown"),
    "line\nbreak": (as_it_is, None, "the folder name 'line\\nbreak' holds characters that cannot be shown"),
    "-dash": (as_it_is, POINTS, None),
    "<img src=x onerror=alert(1)>": (as_it_is, POINTS, None),
    "[x]*": (as_it_is, None, "takes for a pattern; rename the folder"),
    "l" * 200: (as_it_is, POINTS, None),
    "same ids": (changed(same_ids), POINTS, None),
    "no ids": (changed(no_ids), POINTS, None),
    "format 3": (changed(of_format_three), POINTS, None),
    "another lesson's cell": (changed(of_another_lesson), POINTS, None),
    "newer metadata": (changed(told(schema_version=99)), POINTS, None),
    "older metadata": (changed(told(schema_version=1)), POINTS, None),
    "flags edited": (changed(told(points=50, solution=True, grade=False, locked=False)), POINTS, None),
    "odd told": (changed(told(points="many", grade_id=["x"])), POINTS, None),
    "odd metadata": (changed(odd_metadata), POINTS, None),
    "null": (changed(within_null), POINTS, None),
    "utf-16": (of_bytes(lambda nb: json.dumps(nb).encode("utf-16")), POINTS, None),
    "no json": (of_bytes(lambda nb: b"PK\x03\x04 no json"), None, "is not a notebook"),
    "deep": (of_bytes(deep), None, "nested too deeply"),
    "a list": (of_bytes(lambda nb: b"[1, 2]"), None, "is JSON but no notebook"),
    "empty": (lambda nb, folder: None, None, "no notebook was handed in"),
}  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course after one autograde of everybody: its folder."""
    made = SmallClass(tmp_path_factory.mktemp("course"), TEXT)
    root = made.root
    (root / "secret.txt").write_text(SECRET, encoding="utf-8")
    for name, (hand_in, _, _) in STUDENTS.items():
        hand_in(json.loads(nbformat.writes(made.solved("divergence"))), made.folder_of(name))
    (root / "submitted" / "link for a student").symlink_to("ada")
    before = listing(root / "submitted")
    (root / "log.txt").write_text(
        made.run("-m", "nbgrader", "autograde", LESSON).stderr, encoding="utf-8"
    )
    made.nbgrader("generate_feedback", LESSON)
    assert listing(root / "submitted") == before, "what was handed in was changed"
    return root


def listing(folder):
    """Every entry below a folder, with what it is, its size and its time of change."""
    found = {}
    for here, folders, files in os.walk(folder):
        for name in folders + files:
            told = os.lstat(os.path.join(here, name))
            found[os.path.join(here, name)] = (
                stat.S_IFMT(told.st_mode),
                told.st_size,
                told.st_mtime_ns,
            )
    return found


@pytest.fixture(scope="module")
def report(course):
    return {line.student: line for line in lines(course)}


@pytest.mark.parametrize("name", STUDENTS)
def test_everybody_gets_what_the_work_is_worth_whatever_lies_beside_it(course, report, name):
    _, score, said = STUDENTS[name]
    line = report[name]
    assert line.score == score, (line.why, (course / "log.txt").read_text(encoding="utf-8")[-4000:])
    if said is None:
        assert line.why == ()
    else:
        assert said in "; ".join(line.why)


def test_a_folder_that_is_a_link_to_another_students_is_refused(report):
    line = report["link for a student"]
    assert line.score is None
    assert "the folder link for a student is a link to 'ada'" in line.why[0]


def test_what_is_refused_or_left_out_is_in_nbgraders_log_with_its_reason(course):
    log = (course / "log.txt").read_text(encoding="utf-8")
    for name in ("link to ada", "pipe as notebook", "pipe as time", "no time", "line\\nbreak"):
        assert f"submitted/{name}/{LESSON}' is not graded: " in log
    for name, file in (
        ("link to a secret", "notes.txt"),
        ("loop", "again"),
        ("in the way", "numpy.py"),
    ):
        assert f"submitted/{name}/{LESSON}/{file}' is not used: " in log


def everything(course):
    return [
        path
        for step in ("autograded", "feedback")
        for path in (course / step).rglob("*")
        if path.is_file()
    ]


def test_no_link_is_followed_into_what_the_student_may_not_see(course):
    assert not any(
        path.is_symlink()
        for step in ("autograded", "feedback")
        for path in (course / step).rglob("*")
    )
    assert [path for path in everything(course) if SECRET.encode() in path.read_bytes()] == []
    assert not (course / "made-by-eve.txt").exists()


def test_outputs_and_large_files_reach_neither_the_graded_work_nor_the_feedback(course):
    assert max(path.stat().st_size for path in everything(course)) < 2_000_000
    assert not any(path.name in ("film.mp4", "data.bin") for path in everything(course))
    assert (course / "autograded" / "huge extra" / LESSON / "notes.txt").read_text() == "kept"


def test_files_in_the_way_of_the_graders_own_are_run_nowhere_and_a_helper_is_used(course):
    assert not (course / "TRACE").exists()
    left = {path.name for path in (course / "autograded" / "in the way" / LESSON).iterdir()}
    assert (
        {"my_helper.py", f"{LESSON}.ipynb"}
        <= left
        <= {"my_helper.py", f"{LESSON}.ipynb", "__pycache__"}
    )


def test_the_report_keeps_its_lines_whatever_a_student_is_called(report):
    text = show(
        [*report.values(), Line("a|b\n- c<script>", LESSON, 0.0, 1.0, 0, ("<b>\n## No heading",))]
    )
    each = text.partition("**Each submission**")[2]
    assert len(re.findall(r"^- \*\*", each, re.MULTILINE)) == len(report) + 1
    assert "- **a|b - c\\<script>** 0 of 1 points" in each and "\n##" not in each
    assert "\\<script>" in text and " <script" not in text and "\\<img" in text
