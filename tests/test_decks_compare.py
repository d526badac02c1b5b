"""What is said of a student's own numbers beside the decks': misprints recognised, inexact values
refused, the table."""

import numpy as np
import pytest
from decks_recomputed import (
    COINS,
    NOT_COMPUTABLE,
    RECOMPUTED,
    P,
    Q,
    entropy,
    hidden_updates_with_new_output_weights,
    softmax,
    two_two_one,
)

from autograder.decks import compare, misprint_of, number


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("cap4453.2-2-1.z1_2", -0.124615),
        ("cap4453.2-2-1.z1_2", -0.12461560585958519),
        ("cap4453.2-2-1.summary.z2_1", -0.019),
        ("cap4453.2-2-1.y1_2.exponent", 0.12461560585958519),
        ("inha003.mazur.net_o1_in_exponent", 1.1059035967),
        ("inha003.mazur.dEo2_dout_h1", -0.019049119),
        ("inha003.neuron.dx0", 0.40),
        ("mlp004.mse.sample2_y2", 0.36),
        ("mlp004.mlp.h2", 0.912),
        ("notes001.multi.dW_shape", (3, 2)),
        ("hand000.minibatch.size", 1000 / 10**7),
    ],
)
def test_a_student_who_repeats_a_misprint_is_recognised(id, value):
    assert misprint_of(id, value)
    assert not misprint_of(id, RECOMPUTED[id]())
    with pytest.raises(ValueError, match="exact"):
        compare({id: value})


def test_right_digits_are_no_misprint():
    assert not misprint_of("cap4453.2-2-1.z1_2", 0.124615)
    assert not misprint_of("cap4453.2-2-1.y1_1", 0.1683)
    assert not misprint_of("mlp004.ce.q_log_p", 1.42)
    assert not misprint_of("cap4453.2-2-1.label_dz2_1", -0.1021)
    assert not misprint_of("cap4453.2-2-1.z1_2", float("nan"))


def test_compare_refuses_a_value_that_is_not_exact_and_names_it():
    with pytest.raises(ValueError, match="inha003.mazur.w1_new"):
        compare({"inha003.mazur.w1_new": hidden_updates_with_new_output_weights()[0]})
    with pytest.raises(ValueError, match="mlp004.mlp.y1"):
        compare({"mlp004.mlp.y1": 0.812})
    with pytest.raises(ValueError, match="mlp004.softmax.exact"):
        compare({"mlp004.softmax.exact": softmax(*COINS)[:3]})
    with pytest.raises(ValueError, match="z1_1"):
        compare({"cap4453.2-2-1.z1_1": None})


def test_a_wrong_function_of_the_readers_does_not_stop_the_notebook():
    values = {
        "inha003.sigmoid.at_0": [0.5, 0.5],
        "inha003.sigmoid.at_10": [RECOMPUTED["inha003.sigmoid.at_10"]()[0], "no number"],
        "inha003.relu.at_10": RECOMPUTED["inha003.relu.at_10"](),
    }
    zero, ten, right = compare(values, yours=("sigmoid", "sigmoid_derivative")).cells()
    assert zero[1] == "[0.5, 0.5]" and ten[1] == "—"
    for wrong in (zero, ten):
        assert wrong[3] == "✗ not exact"
        assert wrong[4].endswith("comes from your own sigmoid and sigmoid_derivative")
    assert right == compare({"inha003.relu.at_10": values["inha003.relu.at_10"]}).cells()[0]
    for id, value in list(values.items())[:2]:
        with pytest.raises(ValueError, match=id):
            compare({id: value})


def test_compare_takes_what_lessons_compute():
    table = compare(
        {id: recompute() for id, recompute in RECOMPUTED.items()} | dict.fromkeys(NOT_COMPUTABLE)
    )
    assert len(table.rows) == len(table.cells()) == 142
    assert table._repr_html_().count("</tr>") == 143
    assert (
        compare({"cap4453.2-2-1.z1_2": np.array([two_two_one()["z"]])}).cells()[0][1]
        == "0.124615606"
    )
    assert compare({"mlp004.ce.q_log_p": entropy(Q, P, 2)}).cells()[0][1:3] == ("1.41997", "1.42")


def test_the_table_says_in_words_what_is_wrong_and_cites_the_deck():
    table = compare({"cap4453.2-2-1.z1_2": two_two_one()["z"], "cap4453.2-2-1.label_dz2_1": None})
    for text in (str(table), table._repr_html_()):
        for part in (
            "z₁⁽²⁾",
            "0.124615606",
            "−0.124615",
            "≠ misprint",
            "sign",
            "should read ∂Div/∂z₂⁽¹⁾",
            "CAP 4453",
        ):
            assert part in text
    assert (
        "var(--jp-ui-font-color1, inherit)" in table._repr_html_()
        and "<script" not in table._repr_html_()
    )


def test_an_unknown_id_is_answered_with_near_ones():
    with pytest.raises(KeyError, match="cap4453.2-2-1.z1_2"):
        number("cap4453.2-2-1.z12")
