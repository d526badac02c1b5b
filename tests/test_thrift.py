"""What nbgrader pays for once does what it did before: the same errors, the same database, and no
connection that crosses a fork."""

import os
import shutil
from pathlib import Path

import jsonschema
import pytest
from nbgrader import api
from nbgrader.nbgraderformat import common
from nbgrader.nbgraderformat.v3 import MetadataValidatorV3

from autograder.plugins import _programs_on_path, thrift

GOOD = {
    "nbgrader": {"grade": True, "grade_id": "a", "locked": True, "points": 1, "schema_version": 3,
                 "solution": False, "task": False, "cell_type": "code", "checksum": "x"},
}  # fmt: skip


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A gradebook that nbgrader has set up: making one takes seconds."""
    _programs_on_path()
    path = tmp_path_factory.mktemp("empty") / "g.db"
    api.Gradebook(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def path(empty, tmp_path):
    """A copy of it."""
    return Path(shutil.copy(empty, tmp_path))


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    monkeypatch.setattr(thrift, "_known", {})
    thrift.install()


@pytest.mark.parametrize(
    "change",
    [{}, {"points": "many"}, {"grade_id": "a b/c"}, {"locked": 5}, {"more": 1}, {"points": -1}],
)
def test_metadata_are_accepted_and_refused_as_by_jsonschema_itself(change):
    told, schema = {**GOOD["nbgrader"], **change}, MetadataValidatorV3().schema

    def said(validate):
        try:
            validate(told, schema)
        except jsonschema.ValidationError as problem:
            return problem.message, list(problem.path)
        return None

    assert said(common.jsonschema.validate) == said(jsonschema.validate)


def test_a_schema_that_is_wrong_is_refused_the_first_time_and_later():
    wrong = {"type": "nothing"}
    for _ in range(2):
        with pytest.raises(jsonschema.SchemaError):
            common.jsonschema.validate({}, wrong)


def test_a_gradebook_is_set_up_once_and_a_second_one_sees_what_the_first_wrote(path, monkeypatch):
    url, set_up = f"sqlite:///{path}", []
    monkeypatch.setattr(thrift, "_opened", lambda self, *a: (set_up.append(a), OPENED(self, *a)))
    for name in ("ada", "bob"):
        with api.Gradebook(url, "course") as gradebook:
            gradebook.add_student(name)
    with api.Gradebook(url, "other") as gradebook:
        assert [student.id for student in gradebook.students] == ["ada", "bob"]
        courses = {course.id for course in gradebook.db.query(api.Course)}
        assert courses - {"default_course"} == {"course", "other"}
    assert len(set_up) == 1


OPENED = thrift._opened


def test_another_file_of_the_same_name_is_set_up_anew(path, empty):
    url = f"sqlite:///{path}"
    with api.Gradebook(url) as gradebook:
        gradebook.add_student("ada")
    path.unlink()
    shutil.copy(empty, path)
    with api.Gradebook(url) as gradebook:
        assert gradebook.students == []


def test_a_gradebook_that_is_closed_keeps_no_connection(path):
    url = f"sqlite:///{path}"
    for _ in range(2):
        with api.Gradebook(url) as gradebook:
            gradebook.add_student(f"s{os.urandom(4).hex()}")
        assert gradebook.engine.pool.checkedin() == 0
    open_files = (
        [
            os.readlink(f"/proc/self/fd/{n}")
            for n in os.listdir("/proc/self/fd")
            if os.path.lexists(f"/proc/self/fd/{n}")
        ]
        if os.path.isdir("/proc/self/fd")
        else []
    )
    assert not [path for path in open_files if path.endswith("g.db")]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_fork_opens_connections_of_its_own_and_leaves_its_parents_alone(path):
    url = f"sqlite:///{path}"
    with api.Gradebook(url) as ours:
        ours.add_student("parent")
        before = ours.engine.raw_connection().dbapi_connection
        child = os.fork()
        if child == 0:
            code = 1
            try:
                with api.Gradebook(url) as theirs:
                    own = theirs.engine.raw_connection().dbapi_connection
                    theirs.add_student("child")
                    code = 0 if own is not before else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        ours.add_student("after")
        assert {student.id for student in ours.students} == {"parent", "child", "after"}


def test_what_is_done_in_one_commit_is_there_whole_or_not_at_all(path):
    url = f"sqlite:///{path}"
    with api.Gradebook(url) as gradebook, thrift.one_commit(gradebook):
        gradebook.add_student("ada")
        gradebook.add_student("bob")
        with api.Gradebook(url) as other:
            assert other.students == []
    with pytest.raises(KeyError), api.Gradebook(url) as gradebook, thrift.one_commit(gradebook):
        gradebook.add_student("eve")
        raise KeyError
    with api.Gradebook(url) as gradebook:
        assert [student.id for student in gradebook.students] == ["ada", "bob"]
        gradebook.add_student("zoe")  # and commits as ever
    with api.Gradebook(url) as gradebook:
        assert len(gradebook.students) == 3
