"""What crosses between a student's kernel and the grader: plain data goes through unchanged,
anything else is refused."""

import base64
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest

from autograder.evidence import transport
from autograder.evidence.drawn import Drawing
from autograder.evidence.inputs import (
    Call,
    Case,
    Digits,
    Function,
    Graph,
    Recorder,
    Ref,
    Rng,
    Strided,
)
from autograder.evidence.plain import Opaque
from autograder.evidence.probe import Evidence, Raised, Record, probe
from autograder.evidence.transport import KINDS, BadTransport, dumps, loads
from autograder.evidence.walk import Step, Walk
from autograder.exercises import all_exercises
from autograder.judging.judge import draw_cases

RECORD = Record(0, {"a": [1, 2.5]}, None, (1,), True, ("overflow",), 3, 0.25)
SPECIMENS = {
    "Call": Call(Ref(0, ("f", 1)), (np.arange(3.0), 2)),
    "Case": Case.of("a case", 1.5, np.eye(2)),
    "Digits": Digits("train", 0, 10, "images"),
    "Drawing": Drawing(
        2**47, {"forward": Function("x, W", "{'z': draw(W[0])}")}, (Case.of("c", 1),)
    ),
    "Evidence": Evidence(
        "lesson.exercise",
        (Case.of("c", 1),),
        ((RECORD,),),
        0,
        (RECORD,),
        None,
        ("helper",),
        Evidence("lesson.exercise", (), ((RECORD,),), uses=("forward",)),
    ),
    "Function": Function("z", "np.sin(z)"),
    "Graph": Graph((1.0, 2.0), ((), ((0, 0.5),)), (None, 7.0)),
    "Opaque": Opaque("Generator"),
    "Raised": Raised("ValueError", "no <b>good</b>", "line 3"),
    "Record": RECORD,
    "Recorder": Recorder(),
    "Ref": Ref(2, ("cache", 0)),
    "Rng": Rng(2**62),
    "Step": Step(4, {"z": {(): np.float64([2, np.nan])}, "f": None}),
    "Strided": Strided(np.arange(4.0)),
    "Walk": Walk(
        "def f(x):\n    return 2 * x\n",
        1,
        {"x": {(): np.asarray(2)}},
        (Step(2, {"x": {(0, "a"): np.eye(2) > 0}}),),
        None,
        ("x",),
        ("g",),
    ),
}


def alike(a, b):
    """Equal in type, structure, dtype, shape and every bit of every number."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, float):
        return repr(a) == repr(b)
    if isinstance(a, dict):
        return list(a) == list(b) and all(alike(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(alike, a, b))
    if hasattr(a, "__dataclass_fields__"):
        return all(alike(getattr(a, name), getattr(b, name)) for name in a.__dataclass_fields__)
    return a == b


# ---- what goes through


@pytest.mark.parametrize("specimen", SPECIMENS.values(), ids=SPECIMENS)
def test_a_named_kind_arrives_as_it_was_sent(specimen):
    assert alike(loads(dumps(specimen)), specimen)


@pytest.mark.parametrize("exercise", all_exercises(), ids=lambda exercise: exercise.name)
def test_the_inputs_of_every_exercise_arrive_as_they_were_sent(exercise):
    cases = draw_cases(exercise, 5)
    assert alike(loads(dumps(cases)), cases)


@pytest.mark.parametrize(
    "exercise",
    [e for e in all_exercises() if e.properties is None],
    ids=lambda exercise: exercise.name,
)
def test_the_evidence_of_every_solution_arrives_as_it_was_sent(exercise):
    evidence = probe(
        exercise.name, exercise.solution, draw_cases(exercise, 5), exercise.limit, exercise.repeat
    )
    assert alike(loads(dumps(evidence), Evidence), evidence)


def test_every_number_that_is_none_of_the_usual_ones_arrives():
    odd = [
        0.0,
        -0.0,
        float("nan"),
        float("inf"),
        float("-inf"),
        5e-324,
        1.7976931348623157e308,
        0.1,
        2**200,
        -1,
        True,
        None,
    ]
    assert alike(loads(dumps(odd)), odd)


@pytest.mark.parametrize("dtype", ["?", "i1", "u8", "<i4", ">f8", "f2", "f4", "f8", "g"])
def test_an_array_keeps_its_type_shape_and_bits(dtype):
    array = np.array([[0, 1, 2], [3, 4, 5]]).astype(dtype)
    for view in (array, array.T, array[:, ::2], array[0, 0:0], np.array(array[1, 2])):
        assert alike(loads(dumps(view)), np.ascontiguousarray(view).reshape(view.shape))


def test_an_array_that_arrives_can_be_written_to():
    arrived = loads(dumps(np.zeros(3)))
    arrived += 1
    assert arrived.tolist() == [1, 1, 1]


def test_a_dictionary_that_looks_like_a_tag_is_only_a_dictionary():
    sly = {"$": "Evidence", "fields": {}, 3: "a number as key", "items": [["$", "array"]]}
    assert alike(loads(dumps(sly)), sly)


def random_data(rng, depth=4):
    """Nested plain data of random kinds and sizes."""
    leaves = [
        lambda: None,
        lambda: bool(rng.integers(2)),
        lambda: int(rng.integers(-(2**62), 2**62)),
        lambda: float(rng.normal() * 10.0 ** rng.integers(-300, 300)),
        lambda: "".join(map(chr, rng.integers(32, 0xD7FF, rng.integers(12)))),
        lambda: float(rng.choice([np.nan, np.inf, -np.inf])),
        lambda: rng.normal(size=rng.integers(0, 4, size=rng.integers(0, 4))).astype(
            rng.choice(["f8", "f4", "i8", "?"])
        ),
        lambda: Opaque("f"),
        lambda: Ref(int(rng.integers(5)), ("a", 1)),
        lambda: Rng(int(rng.integers(2**40))),
    ]
    if depth == 0 or rng.random() < 0.3:
        return leaves[rng.integers(len(leaves))]()
    items = [random_data(rng, depth - 1) for _ in range(rng.integers(0, 5))]
    kind = rng.integers(4)
    if kind == 0:
        return items
    if kind == 1:
        return tuple(items)
    if kind == 2:
        return dict(zip(("$", "a", 2, "", "items"), items, strict=False))
    return Record(0, items, Raised("E", "m", "w"), (1, 2), bool(rng.integers(2)))


@pytest.mark.parametrize("seed", range(20))
def test_random_nested_data_arrives_as_it_was_sent(seed):
    rng = np.random.default_rng(seed)
    for _ in range(20):
        value = random_data(rng)
        assert alike(loads(dumps(value)), value)


# ---- what is refused


class Sly:
    """An object that would run code when unpickled."""

    def __reduce__(self):
        return (print, ("pwned",))


@pytest.mark.parametrize(
    "value",
    [
        object(),
        Sly(),
        {1, 2},
        b"bytes",
        1j,
        lambda: 0,
        np.float64(1),
        np.int64(1),
        range(3),
        [object()],
        {"a": {1}},
    ],
)
def test_what_is_no_plain_data_is_not_sent(value):
    with pytest.raises(TypeError, match="no plain data"):
        dumps(value)


def test_an_array_of_objects_does_not_arrive():
    text = dumps(np.array([Sly(), Sly()], dtype=object))
    with pytest.raises(BadTransport, match="not accepted"):
        loads(text)


def array(**changes):
    return json.dumps(
        {
            "$": "array",
            "dtype": "<f8",
            "shape": [1],
            "data": base64.b64encode(bytes(8)).decode(),
            **changes,
        }
    )


REFUSED = {
    "a pickle": base64.b64encode(pickle.dumps(Sly())).decode(),
    "a pickle as an array": array(dtype="|O", data=base64.b64encode(pickle.dumps(Sly())).decode()),
    "an unknown kind": '{"$": "Sly", "fields": {}}',
    "a class by its path": '{"$": "builtins.eval", "fields": {"x": "1"}}',
    "no tag": '{"a": 1}',
    "a tag that is no text": '{"$": ["array"]}',
    "a kind with unknown fields": '{"$": "Rng", "fields": {"seed": 1, "more": 2}}',
    "a kind with missing fields": '{"$": "Call", "fields": {}}',
    "a kind whose fields are a list": '{"$": "Rng", "fields": [1]}',
    "texts as an array": array(dtype="<U2"),
    "dates as an array": array(dtype="<M8[s]"),
    "complex numbers": array(dtype="<c16"),
    "records as an array": array(dtype="i4,i4"),
    "a dtype that is none": array(dtype="f7"),
    "a dtype that is code": array(dtype="__import__('os')"),
    "a dtype that is a list": array(dtype=[["a", "f8"]]),
    "too few bytes": array(shape=[2]),
    "too many bytes": array(shape=[0]),
    "half a number": array(data=base64.b64encode(bytes(7)).decode()),
    "bytes that are none": array(data="%%%%"),
    "a shape of texts": array(shape=["a"]),
    "an infinite shape": array(shape=[1]).replace("[1]", "[1e999]"),
    "a huge shape": array(shape=[10**30]),
    "a shape that is none": array(shape=None),
    "an unhashable key": '{"$": "dict", "items": [[[1], 2]]}',
    "a dictionary of single items": '{"$": "dict", "items": [[1]]}',
    "a float that is none": '{"$": "float", "value": "one"}',
    "no JSON": "print('hello')",
    "half of it": dumps(SPECIMENS["Evidence"])[:-5],
    "nothing": "",
    "nesting without end": "[" * 100_000,
    "an integer without end": "1" * 100_000,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_dumps_never_writes_is_refused_in_words(text):
    with pytest.raises(BadTransport):
        loads(text)


def test_another_kind_than_the_one_asked_for_is_refused():
    for value in ([1], None, SPECIMENS["Record"], {"observations": []}):
        with pytest.raises(BadTransport, match="Evidence was expected"):
            loads(dumps(value), Evidence)


def test_a_text_that_is_too_long_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(transport, "MAX_SIZE", 1_000)
    monkeypatch.setattr(transport.json, "loads", lambda text: pytest.fail("it was read"))
    with pytest.raises(BadTransport, match="longer than"):
        loads("[" + "1," * 1_000 + "1]")


def test_only_the_kinds_of_the_probe_can_be_made_from_a_text():
    assert {kind.__module__ for kind in KINDS.values()} == {
        "autograder.evidence.drawn",
        "autograder.evidence.inputs",
        "autograder.evidence.probe",
        "autograder.evidence.plain",
        "autograder.evidence.walk",
    }
    assert set(SPECIMENS) == set(KINDS)


@pytest.mark.parametrize("seed", range(10))
def test_a_text_with_damaged_places_is_read_or_refused_and_nothing_else(seed):
    rng = np.random.default_rng(seed)
    sound = dumps(SPECIMENS["Evidence"]) + dumps(np.eye(3))
    for text in (dumps(SPECIMENS["Evidence"]), dumps([np.eye(3), SPECIMENS["Case"]])):
        for _ in range(100):
            letters = list(text)
            for place in rng.integers(len(letters), size=rng.integers(1, 4)):
                letters[place] = sound[rng.integers(len(sound))]
            try:
                loads("".join(letters))
            except BadTransport:
                continue


def test_half_a_character_arrives_as_something_that_can_be_written_to_a_file():
    arrived = loads(dumps({"text": ["\ud800 lone"], "raised": Raised("E", "\udc80", "")}))
    assert str(arrived["text"]).encode()
    assert arrived["raised"].message.encode()


# ---- evidence, which anybody may have written


def told(**changes):
    """Evidence with something changed in its one record, or, for a name of evidence itself,
    there."""
    own = {
        name: changes.pop(name) for name in list(changes) if name in Evidence.__dataclass_fields__
    }
    return dumps(
        replace(
            SPECIMENS["Evidence"],
            **{"observations": ((replace(RECORD, **changes),),), "again": (), **own},
        )
    )


UNSOUND = {
    "an input as a result": told(returned=Function("z", "__import__('os')")),
    "an input inside a result": told(returned={"z1": [Rng(1)]}),
    "a tuple as a result": told(returned=(1, 2)),
    "a number as a key": told(returned={1: 2}),
    "an integer of a hundred digits": told(returned=10**100),
    "a text as an error": told(error="late"),
    "an error without texts": told(error=Raised(1, ["x"], None)),
    "a message of a megabyte": told(error=Raised("E", "x" * 1_000_000, "")),
    "a text as a flag": told(shared="no"),
    "a text as a place": told(changed=("0",)),
    "a place before the first": told(changed=(-1,)),
    "a text as seconds": told(seconds="0"),
    "a function by its name": told(function="forward"),
    "a list of observations": told(observations=[[RECORD]]),
    "a list in place of a record": told(observations=(([1],),)),
    "a number as a used name": told(uses=(5,)),
    "a number as an exercise": told(exercise=5),
    "a text as the repeated case": told(again_case="last"),
    "a record as what came of drawn values": told(drawn=RECORD),
    "drawn values on drawn values": told(drawn=replace(SPECIMENS["Evidence"])),
    "a number as a function that was stood in for": told(drawn=Evidence("e", (), uses=(5,))),
    "an input as a result on drawn values": told(
        drawn=Evidence("e", (), ((Record(0, Rng(1)),),), uses=("forward",))
    ),
}


def test_evidence_as_the_probe_writes_it_is_read():
    assert loads(told(), Evidence).observations == ((RECORD,),)


@pytest.mark.parametrize("text", UNSOUND.values(), ids=UNSOUND)
def test_evidence_that_no_probe_writes_is_refused(text):
    with pytest.raises(BadTransport):
        loads(text, Evidence)


@pytest.mark.parametrize("value", [None, 5, {"$": "Evidence"}, [1]])
def test_what_is_no_text_is_refused(value):
    with pytest.raises(BadTransport, match="a text was expected"):
        loads(value)


def test_millions_of_empty_lists_are_refused_before_they_are_made(monkeypatch):
    monkeypatch.setattr(transport.json, "loads", lambda text: pytest.fail("it was read"))
    with pytest.raises(BadTransport, match="parts"):
        loads("[" + "[]," * 5_000_000 + "[]]")
