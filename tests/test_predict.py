"""A student's predictions: kept, shown beside the truth, never lost."""

import json
import os

import numpy as np
import pytest

from course.predict import Predict, PredictionFile, compared


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
    assert compared({"answer": "below"}, "above") == "You predicted: below. It is: above, not what you predicted."


def test_the_button_keeps_the_chosen_answer(predict, tmp_path):
    _, answer, row = predict.form("04.side", "Above or below?", ["above", "below"]).children
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
    _, answer, row = predict.form("04.n", "How many?").children
    assert answer.value == 8.0 and row.children[1].value == "Kept: 8."


def test_one_prediction_leaves_the_others_alone(predict):
    predict.file.keep("a", "?", 1)
    predict.file.keep("b", "?", 2)
    assert {key: entry["answer"] for key, entry in predict.file.read()[0].items()} == {"a": 1, "b": 2}


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
    Predict(PredictionFile(tmp_path)).show("04.output", 0.5)  # in another session the file knows the question
    assert capsys.readouterr().out.splitlines()[0] == "What is y2?"


def test_a_question_without_an_answer_is_named_too(predict, monkeypatch, capsys):
    monkeypatch.setattr("IPython.display.display", lambda form: None)
    predict("04.side", "Above or below?", ["above", "below"])
    predict.show("04.side", "above")
    assert capsys.readouterr().out.splitlines() == ["Above or below?", "    You predicted nothing here. It is above."]
