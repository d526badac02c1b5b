"""A student's predictions: kept, shown beside the truth, never lost."""

import base64
import io
import json
import os
import re
import runpy
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course.prediction.predicting import Predict, PredictionFile, compared
from course.prediction.sketches import compare_curves
from course.prediction.typed_numbers import read_number
from course.widgets.logits import LogitsToProbabilities
from course.widgets.loss_curve import LossCurve

ROOT = Path(__file__).parents[1]
LESSONS = sorted((ROOT / "course" / "lessons").glob("*.md"))


@pytest.fixture
def predict(tmp_path):
    return Predict(PredictionFile(tmp_path))


def test_a_kept_prediction_is_shown_beside_the_truth(predict, capsys):
    predict("04.output", "What is y2?", value=0.6)
    predict.show("04.output", 0.5311136)
    out = capsys.readouterr().out
    assert "Kept: 0.6." in out
    assert "You predicted 0.6. It is 0.531114: you were off by 0.069." in out


def test_showing_without_a_prediction_says_so(predict, capsys):
    predict.show("04.output", np.array([0.5]))
    assert capsys.readouterr().out == "You predicted nothing here. It is 0.5.\n"


def test_choices_are_compared_as_words():
    assert compared({"answer": "above"}, "above").endswith("as you predicted.")
    assert (
        compared({"answer": "below"}, "above")
        == "You predicted: below. It is: above, not what you predicted."
    )


def test_the_button_keeps_the_chosen_answer(predict, tmp_path):
    _, answer, row, _keys = predict.form("04.side", "Above or below?", ["above", "below"]).children
    button, said = row.children
    button.click()
    assert said.value == "Choose an answer first." and not (tmp_path / "predictions.json").exists()
    answer.value = "below"
    button.click()
    kept = json.loads((tmp_path / "predictions.json").read_text())
    assert kept == {"04.side": {"question": "Above or below?", "answer": "below"}}
    assert said.value == "Kept: below."


def test_a_form_shown_again_remembers_what_was_kept(predict):
    predict.file.keep("04.n", "How many?", 8.0)
    _, answer, row, _keys = predict.form("04.n", "How many?").children
    assert answer.value == "8" and row.children[1].value == "Kept: 8."


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Type a number first."),
        ("  ", "Type a number first."),
        ("about half", "“about half” is no number."),
        ("1/0", "divides by 0"),
        ("nan", "is no number"),
        ("1e999", "more than the computer can hold"),
    ],
)
def test_a_form_for_a_number_is_empty_at_first_and_keeps_nothing_that_is_none(
    predict, tmp_path, typed, told
):
    _, answer, row, _keys = predict.form("04.n", "How many?").children
    assert answer.value == ""
    answer.value = typed
    row.children[0].click()
    assert told in row.children[1].value and not (tmp_path / "predictions.json").exists()


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", 0.0),
        ("0.25", 0.25),
        ("0,25", 0.25),
        ("1/4", 0.25),
        ("2^60", 2.0**60),
        ("1e-9", 1e-9),
        ("−3", -3.0),
        ("1,000", 1000.0),
        ("10,000,000", 1e7),
        ("0,125", 0.125),
        ("90 %", 90.0),
        ("2**-1", 0.5),
    ],
)
def test_a_number_may_be_typed_as_people_write_it_and_comes_back(predict, typed, number):
    form = predict.form("04.n", "How many?")
    form.children[1].value = typed
    form.children[2].children[0].click()
    assert predict.file.read()[0]["04.n"]["answer"] == number
    again = predict.form("04.n", "How many?").children[1]
    assert read_number(again.value) == pytest.approx(number, rel=1e-5)


def test_one_prediction_leaves_the_others_alone(predict):
    predict.file.keep("a", "?", 1)
    predict.file.keep("b", "?", 2)
    assert {key: entry["answer"] for key, entry in predict.file.read()[0].items()} == {
        "a": 1,
        "b": 2,
    }


@pytest.mark.parametrize("broken", ["{not json", "[1, 2]", '{"a": 3}'])
def test_a_broken_file_is_set_aside_and_not_lost(predict, tmp_path, broken):
    (tmp_path / "predictions.json").write_text(broken)
    said = predict.file.keep("a", "?", 1)
    assert "predictions.broken.json" in said and "Kept: 1." in said
    assert (tmp_path / "predictions.broken.json").read_text() == broken
    assert predict.file.read()[0]["a"]["answer"] == 1


def test_a_second_broken_file_does_not_replace_the_first(predict, tmp_path):
    for text in ("first {", "second {"):
        (tmp_path / "predictions.json").write_text(text)
        predict.file.read()
    assert (tmp_path / "predictions.broken.json").read_text() == "first {"
    assert (tmp_path / "predictions.broken-2.json").read_text() == "second {"


def test_a_folder_that_cannot_be_written_is_said_and_loses_nothing(predict, tmp_path, monkeypatch):
    predict.file.keep("a", "?", 1)

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    assert "could not be written" in predict.file.keep("b", "?", 2)
    assert list(predict.file.read()[0]) == ["a"]
    assert os.listdir(tmp_path) == ["predictions.json"]


def test_a_missing_folder_is_said(tmp_path):
    assert "could not be written" in PredictionFile(tmp_path / "gone").keep("a", "?", 1)


def test_an_answer_that_is_none_of_the_choices_is_refused(predict):
    with pytest.raises(ValueError, match="not one of"):
        predict("a", "?", ["above", "below"], value="sideways")
    with pytest.raises(ValueError, match="is a number"):
        predict("a", "?", value="many")


def test_what_is_shown_names_its_question(predict, tmp_path, capsys):
    predict("04.output", "What is y2?", value=0.6)
    capsys.readouterr()
    predict.show("04.output", 0.5)
    assert capsys.readouterr().out.splitlines()[0] == "What is y2?"
    # in another session the file knows the question
    Predict(PredictionFile(tmp_path)).show("04.output", 0.5)
    assert capsys.readouterr().out.splitlines()[0] == "What is y2?"


def test_a_question_without_an_answer_is_named_too(predict, monkeypatch, capsys):
    monkeypatch.setattr("IPython.display.display", lambda form: None)
    predict("04.side", "Above or below?", ["above", "below"])
    predict.show("04.side", "above")
    assert capsys.readouterr().out.splitlines() == [
        "Above or below?",
        "    You predicted nothing here. It is above.",
    ]


# ---- sketches and points


Z = np.linspace(-6, 6, 25)


def slope(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


@pytest.fixture
def sketched(predict, capsys):
    """A sketch that is half as high again as the slope of the sigmoid, from z = -3 on."""
    right = Z[Z >= -3]
    predict.sketch(
        "02.curve", "Which slope?", x=(-6, 6), y=(0, 1), value={"x": right, "y": 1.5 * slope(right)}
    )
    capsys.readouterr()
    return predict


def shown(predict, key, truth, monkeypatch):
    """What `predict.show` displays."""
    seen = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    predict.show(key, truth)
    (found,) = seen
    return found


def dark(png):
    """How many pixels are inked."""
    return int(np.sum(np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))[..., 3] > 128))


def test_a_sketch_is_kept_as_plain_numbers_at_61_places_at_most(predict, tmp_path):
    many = np.linspace(-6, 6, 500)
    predict.sketch(
        "02.curve",
        "Which slope?",
        x=(-6, 6),
        y=(0, 1),
        value={"x": many.tolist(), "y": slope(many).tolist()},
    )
    entry = json.loads((tmp_path / "predictions.json").read_text())["02.curve"]
    assert len(entry["answer"]["x"]) == len(entry["answer"]["y"]) == 61
    assert entry["answer"]["y"][30] == pytest.approx(0.25, abs=1e-3)
    assert entry["axes"] == {"x": [-6.0, 6.0], "y": [0.0, 1.0], "xlabel": "z", "ylabel": "slope"}


def test_a_sketch_is_shown_beside_the_truth_with_the_place_of_the_largest_difference(
    sketched, monkeypatch
):
    words = repr(shown(sketched, "02.curve", slope, monkeypatch))
    assert words.startswith("Which slope?\n    Your curve is off by")
    assert "at most by 0.12: at z = 0 you drew 0.375, it is 0.25." in words
    assert "Compared from z = -3 to 6, where you drew." in words


def test_mean_and_largest_difference_are_those_of_the_numbers(sketched):
    page = sketched._asked["02.curve"].page
    x = np.linspace(-6, 6, 241)
    off = compare_curves(
        page, np.array([x, slope(x) + 0.1 + 0.1 * (x > 3)]), np.array([x, slope(x)])
    )
    assert "off by 0.12 on average, and at most by 0.2" in off.words and off.worst[0] > 3


def test_a_curve_without_a_prediction_is_shown_alone(sketched, monkeypatch):
    sketched._asked["02.other"] = sketched._asked["02.curve"]
    alone, both = (
        shown(sketched, "02.other", slope, monkeypatch),
        shown(sketched, "02.curve", slope, monkeypatch),
    )
    assert (
        "You predicted nothing here. It is a curve from z = -6 to 6, highest 0.25 at z = 0"
        in repr(alone)
    )
    assert dark(both.png()) > dark(alone.png()) > 1000


def test_the_truth_of_a_sketch_may_be_a_function_of_one_number_or_two_rows(sketched, monkeypatch):
    words = repr(shown(sketched, "02.curve", lambda z: slope(z) if z < 7 else 0.0, monkeypatch))
    assert words == repr(shown(sketched, "02.curve", slope, monkeypatch))
    fine = np.linspace(-6, 6, 241)
    assert words == repr(shown(sketched, "02.curve", (fine[::-1], slope(fine[::-1])), monkeypatch))


def test_a_truth_without_numbers_is_said_and_an_error_of_the_readers_function_is_not_hidden(
    sketched, monkeypatch
):
    assert "no numbers that could be shown" in repr(
        shown(sketched, "02.curve", lambda z: None, monkeypatch)
    )

    def unfinished(z):
        raise NotImplementedError("not written yet")

    with pytest.raises(NotImplementedError, match="not written yet"):
        sketched.show("02.curve", unfinished)


def test_a_point_is_compared_by_its_distance(predict, monkeypatch):
    predict.point(
        "03.ball", "Where?", x=(-3, 3), y=(-2, 2), xlabel="w1", ylabel="w2", value=(1.0, 1.0)
    )
    words = repr(shown(predict, "03.ball", np.array([-2.0, -3.0]), monkeypatch))
    assert (
        "You chose w1 = 1, w2 = 1. It is w1 = -2, w2 = -3: 5 away (3 along w1, 4 along w2)."
        in words
    )
    assert "outside of the page" in words
    assert "5 away" not in repr(shown(predict, "03.ball", (1.0, 1.0), monkeypatch))


def test_a_comparison_is_an_output_that_needs_no_browser(sketched, monkeypatch):
    data, metadata = shown(sketched, "02.curve", slope, monkeypatch)._repr_mimebundle_()
    assert set(data) == {"text/html", "image/png", "text/plain"}
    assert data["text/plain"].splitlines()[1].strip() in unescape(data["text/html"])
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGBA")
    assert image.getpixel((2, 2))[3] == 0 and image.width == 1.5 * metadata["image/png"]["width"]


def test_another_session_knows_the_page_of_a_sketch(sketched, tmp_path, monkeypatch):
    found = shown(Predict(PredictionFile(tmp_path)), "02.curve", slope, monkeypatch)
    assert "at z = 0 you drew 0.375" in repr(found)


BROKEN = [
    {"x": [0, 1, 2], "y": [0.1, 0.2]},
    {"x": [0, 1], "y": [0.1, float("nan")]},
    {"x": [1, 0], "y": [0.1, 0.2]},
    {"x": [0], "y": [0.1]},
    {"x": "01", "y": {"a": 1}},
    {"y": [1, 2]},
    {},
    [[0, 1], [0, 1]],
    [1, 2, 3],
    "steep",
    0.25,
    None,
    True,
]


@pytest.mark.parametrize("answer", BROKEN, ids=str)
@pytest.mark.parametrize(("kind", "truth"), [("sketch", slope), ("point", (0.0, 0.2))])
def test_an_answer_of_another_kind_or_a_broken_one_is_remarked_and_left_out(
    predict, tmp_path, monkeypatch, answer, kind, truth
):
    getattr(predict, kind)(
        "k",
        "?",
        x=(-6, 6),
        y=(0, 1),
        value={"x": [0, 1], "y": [0, 1]} if kind == "sketch" else (0, 0),
    )
    kept = predict.file.read()[0]
    kept["k"]["answer"] = answer
    (tmp_path / "predictions.json").write_text(json.dumps(kept))
    assert f"What is kept here is no {kind}; it is left out. It is" in repr(
        shown(predict, "k", truth, monkeypatch)
    )
    form = predict.form("k", "?")
    assert form.children[1].drawn is None and f"no {kind}" in form.said
    Predict(PredictionFile(tmp_path)).show("k", truth)


@pytest.mark.parametrize("answer", BROKEN[:9], ids=str)
def test_a_drawing_is_no_answer_to_a_question_for_a_number(predict, answer, capsys):
    predict.file.keep("k", "?", answer)
    predict.show("k", 0.25)
    assert (
        capsys.readouterr().out
        == "?\n    What is kept here is no answer to this question. It is 0.25.\n"
    )
    assert predict.form("k", "?").children[1].value == ""
    assert predict.form("k", "?", ["a", "b"]).children[1].value is None


@pytest.mark.parametrize(
    "axes", [None, {}, {"x": [1, 0], "y": [0, 1], "xlabel": "z", "ylabel": "y"}, {"x": [0, 1]}, 3]
)
def test_an_entry_whose_page_is_broken_is_compared_in_words(sketched, tmp_path, axes, capsys):
    kept = sketched.file.read()[0]
    kept["02.curve"]["axes"] = axes
    (tmp_path / "predictions.json").write_text(json.dumps(kept))
    Predict(PredictionFile(tmp_path)).show("02.curve", slope)
    assert "What is kept here is no answer to this question." in capsys.readouterr().out


def test_what_cannot_be_drawn_on_is_refused(predict):
    with pytest.raises(ValueError, match="is a sketch, not"):
        predict.sketch("k", "?", x=(0, 1), y=(0, 1), value={"x": [1], "y": [1]})
    with pytest.raises(ValueError, match="is a point, not"):
        predict.point("k", "?", x=(0, 1), y=(0, 1), value=(1, 2, 3))
    for x in ((1, 1), (2, 1), (0, np.inf)):
        with pytest.raises(ValueError, match="lowest, highest"):
            predict.sketch("k", "?", x=x, y=(0, 1))


# ---- a picture that waits


def waiting(predict, key="k"):
    return predict.first(key, LossCurve())


def test_a_picture_waits_until_the_prediction_is_kept(predict, monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda form: None)
    predict("k", "How large?")
    gate = waiting(predict)
    assert (
        "How large?" in gate.view.children[0].value and gate.picture.view not in gate.view.children
    )
    form = predict.form("k", "How large?")
    form.children[1].value = "3"
    form.children[2].children[0].click()
    assert gate.opened and gate.view.children == (gate.picture.view,)
    assert waiting(predict).opened, "it is kept: the next time nothing waits"


def test_another_prediction_opens_nothing_and_the_button_opens(predict):
    gate = waiting(predict)
    predict("other", "?", value=1)
    assert not gate.opened
    gate.button.click()
    assert gate.opened and gate.view.children == (gate.picture.view,)


def test_a_picture_may_wait_for_several_predictions(predict):
    predict("a", "First?", value=1)
    gate = predict.first(["a", "b", "c"], LossCurve())
    predict("b", "Second?", value=1)
    assert not gate.opened
    predict("c", "Third?", value=1)
    assert gate.opened and predict.first(["a", "b", "c"], LossCurve()).opened


def test_a_prediction_that_cannot_be_written_opens_all_the_same(predict, monkeypatch):
    gate = waiting(predict)

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    predict("k", "?", value=1)
    assert gate.opened


def test_without_a_browser_the_waiting_picture_is_there(predict):
    for picture in (LossCurve(), LogitsToProbabilities()):
        gate = predict.first("k", picture)
        data, alone = gate._repr_mimebundle_(), picture._repr_mimebundle_()
        alone = alone[0] if isinstance(alone, tuple) else alone
        assert not gate.opened and {kind: data[kind] for kind in ("image/png", "text/plain")} == {
            kind: alone[kind] for kind in ("image/png", "text/plain")
        }
        view = "application/vnd.jupyter.widget-view+json"
        assert data[view]["model_id"] == gate.view.model_id != alone[view]["model_id"]


def test_only_a_picture_can_wait(predict):
    with pytest.raises(TypeError, match="not str"):
        predict.first("k", "picture")


# ---- in the lessons


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_every_drawn_prediction_comes_back_and_every_waiting_picture_waits_for_one(lesson):
    text = lesson.read_text("utf-8")
    asked = re.findall(r'predict\.(?:sketch|point)\(\s*"([^"]+)"', text)
    assert [key for key in asked if f'predict.show("{key}",' not in text] == []
    assert all(key.startswith(lesson.stem[:2] + ".") for key in asked)
    for gate in re.finditer(r"predict\.first\((\[.*?\]|[^,]+),", text):
        for key in re.findall(r'"([^"]+)"', gate[1]):
            assert re.search(
                rf'predict(?:\.sketch|\.point)?\(\s*"{re.escape(key)}"', text[: gate.start()]
            ), key


def test_the_picture_that_would_tell_the_answer_waits_for_the_prediction():
    waits = {}
    for lesson in LESSONS:
        for keys, picture in re.findall(
            r"predict\.first\((\[.*?\]|[^,]+), (\w+)\(", lesson.read_text("utf-8")
        ):
            waited = waits.setdefault(f"{lesson.stem[:2]} {picture}", [])
            waited += re.findall(r'"([^"]+)"', keys)
    assert waits == {
        "01 GraphStepper": ["01.x", "01.cancel"],
        "01 PathsAndEdges": ["01.paths", "01.products"],
        "02 ActivationExplorer": ["02.slope", "02.curve"],
        "02 ActivationGallery": ["02.curve"],
        "02 Folds": ["02.folds"],
        "02 VanishingGradients": ["02.gain"],
        "02 UnitMap": ["02.rows"],
        "02 ActivationRace": ["02.race"],
        "03 NeuronTrainer": ["03.xor"],
        "03 Descent": ["03.limit", "03.ball"],
        "03 TurnTheStep": ["03.angle"],
        "04 BackpropStepper": ["04.output", "04.positive", "04.largest"],
        "05 BackpropStepper": ["05.moves_most"],
        "06 LogitsToProbabilities": ["06.shift", "06.sign"],
        "06 LossCurve": ["06.mistake"],
        "07 TrainingMonitor": ["07.epoch"],
        "07 WhatWentWrong": ["07.confused"],
        "08 SignalThroughDepth": ["08.depth"],
        "08 BatchNormGraph": ["08.sum"],
    }


def test_in_three_lessons_something_is_drawn_first():
    drawn = {
        lesson.stem[:2]
        for lesson in LESSONS
        if re.search(r"predict\.(sketch|point)\(", lesson.read_text("utf-8"))
    }
    assert {"02", "03", "08"} <= drawn


def test_while_a_submission_is_graded_predictions_do_nothing():
    Blank = runpy.run_path(
        str(ROOT / "autograder" / "kernel" / "standin" / "course" / "_blank.py")
    )["Blank"]
    blank = Blank()
    assert "blank while" in repr(blank.first("02.curve", Blank()))
    blank.sketch("02.curve", "?", x=(0, 1), y=(0, 1), draw=lambda axes: 1 / 0)
    blank.show("02.curve", lambda z: 1 / 0)


def test_notebooks_of_older_releases_find_the_same_predictions():
    from course import predict as older
    from course import prediction

    assert older.predict is prediction.predict
