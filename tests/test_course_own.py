"""The course's own functions in the place of unwritten ones, and the model answers: for every
exercise of the course."""

import ast
import inspect
from pathlib import Path

import pytest

from autograder import assess
from autograder.exercises import all_exercises, find_exercise
from autograder.notebook import course_own, model_answer
from autograder.notebook.course_own import as_written, asked_for, own_function, stubs
from course.making.build import lesson_files

ROOT = Path(__file__).resolve().parents[1]
EXERCISES = {exercise.name: exercise for exercise in all_exercises()}
every_exercise = pytest.mark.parametrize("name", EXERCISES)
to_write = pytest.mark.parametrize(
    "name", [name for name, exercise in EXERCISES.items() if not exercise.planted]
)


def stub_of(source):
    scope = {}
    exec(compile(source, "cell", "exec"), scope)
    return scope[ast.parse(source).body[0].name]


def unwritten(name, k):
    """The function of an exercise as the lesson's reader finds it."""
    head = ast.parse(model_answer.answer(model_answer.solutions(name)[k]))
    head.body[0].body = ast.parse("raise NotImplementedError()").body
    return stub_of(ast.unparse(head))


@to_write
def test_every_function_that_is_to_be_written_is_known_by_its_name_and_parameters(name):
    exercise = EXERCISES[name]
    for k, signature in enumerate(exercise.signatures):
        found, place = asked_for(unwritten(name, k))
        assert (found.name, found.signatures[place].name) == (name, signature.name)


@to_write
def test_the_courses_own_function_never_counts_as_the_students(name):
    exercise = EXERCISES[name]
    stubs_ = [unwritten(name, k) for k in range(len(exercise.signatures))]
    own = [own_function(exercise, k, stub) for k, stub in enumerate(stubs_)]
    assert [as_written(one) for one in own] == stubs_
    assert [inspect.signature(one) for one in own] == [inspect.signature(one) for one in stubs_]
    verdict = assess(name, *own, seed=1)
    assert verdict.score == 0 and not verdict.written


@every_exercise
def test_the_model_answer_of_every_exercise_is_the_lessons_own_text(name):
    exercise = EXERCISES[name]
    texts = model_answer.solutions(name)
    assert len(texts) == len(exercise.signatures)
    for text in texts:
        right = model_answer.answer(text)
        assert "### " not in right and isinstance(ast.parse(right).body[0], ast.FunctionDef)
    if exercise.planted:
        assert any(
            ast.dump(ast.parse(model_answer.as_given(text)))
            != ast.dump(ast.parse(model_answer.answer(text)))
            for text in texts
        )


def test_the_model_answer_is_for_self_study_after_an_attempt(monkeypatch):
    name = "two_two_one.break_it"
    exercise, planted = find_exercise(name), find_exercise(name).planted
    failing = assess(name, *planted, seed=1)
    changed = lambda x, d, W1, W2: {}
    monkeypatch.delenv(model_answer.SELF_STUDY, raising=False)
    assert not model_answer.allowed(exercise, (changed,), failing)
    monkeypatch.setenv(model_answer.SELF_STUDY, "1")
    assert model_answer.allowed(exercise, (changed,), failing)
    monkeypatch.setattr(
        model_answer,
        "_source",
        lambda function: model_answer.as_given(model_answer.solutions(name)[0]),
    )
    assert not model_answer.allowed(exercise, planted, failing)  # as it was given: no attempt yet


def test_only_what_can_never_answer_is_a_stub():
    source = '''
def a():
    """Doc."""
    raise NotImplementedError()
def b(x):
    if x:
        return 1
    raise NotImplementedError
def c(x):
    helper = lambda v: v
    raise NotImplementedError("not yet")
def d(x):
    raise ValueError
def e(x):
    def inner():
        return 1
    raise NotImplementedError()
'''
    assert stubs(source) == ["a", "c", "e"] and stubs("def f(:") == []


def test_what_the_courses_own_function_does_is_noted():
    def divergence(y, d):
        raise NotImplementedError

    own = own_function(find_exercise("two_two_one.divergence"), 0, divergence)
    course_own.used.clear()
    assert own(y=2.0, d=1.0) == 0.5 and [*course_own.used] == ["divergence"]
    course_own.used.clear()


def test_every_lesson_ends_with_its_own_summary():
    for lesson in lesson_files(ROOT):
        text = lesson.read_text(encoding="utf-8")
        name = text.split('check("')[1].split(".")[0]
        assert text.endswith(f'```{{code-cell}}\nsummary("{name}")\n```\n')
