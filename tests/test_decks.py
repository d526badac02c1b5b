"""The decks' numbers and errata: each number follows from its inputs, and what is said of its
printed digits is true."""

import math
from collections import Counter

import numpy as np
import pytest
from decks_recomputed import (
    NEURONS,
    NOT_COMPUTABLE,
    RECOMPUTED,
    WEIGHTS,
    P,
    Q,
    dE,
    div,
    entropy,
    hidden_updates_with_new_output_weights,
    logistic,
    mazur,
    slope,
    stepped,
)

from autograder.decks import DECKS, VERDICTS, errata, number, numbers, reproduces


def test_there_are_91_printed_numbers_51_unprinted_values_and_148_errata():
    unprinted = [row for row in numbers() if row.verdict == "never printed"]
    assert (len(numbers()) - len(unprinted), len(unprinted), len(errata())) == (91, 51, 148)
    assert Counter(row.verdict for row in numbers()) == {
        "rounded": 64,
        "never printed": 51,
        "misprint": 11,
        "cut off": 8,
        "not reproducible": 3,
        "cascaded rounding": 2,
        "not recomputable": 2,
        "base 2": 1,
    }
    assert Counter(entry.kind for entry in errata()) == {
        "deck error": 39,
        "misleading": 32,
        "notation": 25,
        "transcript": 19,
        "incomplete": 19,
        "undecidable": 10,
        "outside fact": 4,
    }


def test_every_number_is_recomputed_here_or_says_why_it_cannot_be():
    assert RECOMPUTED.keys() | NOT_COMPUTABLE == {row.id for row in numbers()}
    assert not RECOMPUTED.keys() & NOT_COMPUTABLE
    for id in NOT_COMPUTABLE:
        assert number(id).exact is None and (number(id).verdict == "not recomputable") != bool(
            number(id).right
        )


@pytest.mark.parametrize("id", RECOMPUTED)
def test_the_exact_value_follows_from_the_decks_inputs(id):
    np.testing.assert_allclose(RECOMPUTED[id](), number(id).exact, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("id", RECOMPUTED)
def test_the_printed_digits_come_from_the_exact_value_exactly_when_the_verdict_says_so(id):
    row, value = number(id), RECOMPUTED[id]()
    assert reproduces(row, value) == (row.verdict in ("rounded", "cut off"))
    if row.verdict == "cut off":
        assert not math.isclose(row.value, float(f"{value:.{row.decimals}f}"), abs_tol=1e-12), (
            "rounding gives it too"
        )
    if row.behind is not None:
        assert reproduces(row, row.behind)


def test_cascaded_and_base_2_digits_come_from_the_number_behind_them():
    assert number("inha003.neuron.dx0").behind == 2 * 0.20
    assert number("inha003.mazur.dEo2_dout_h1").behind == pytest.approx(
        round(dE("net_o2"), 9) * 0.50, abs=1e-16
    )
    assert number("mlp004.ce.q_log_p").behind == pytest.approx(entropy(Q, P, 2), abs=1e-15)


def test_misprinted_labels_name_a_quantity_that_does_not_have_the_printed_value():
    assert (
        div("z2") == pytest.approx((1 - 0.0897**2) * -0.03503, abs=1e-6)
        and abs(div("z1") - div("z2")) > 0.06
    )
    assert reproduces("inha003.mazur.out_o1", logistic(mazur()["net_o1"]))
    assert not reproduces("inha003.mazur.out_o1", logistic(mazur()["net_h1"]))
    assert slope(mazur, "E2", "out_o1") == 0


def test_no_pair_of_printed_weights_gives_the_hidden_values_that_cannot_be_reproduced():
    weights = (0, 0.2, 0.25, 0.5, 1.5, -0.2, -0.25, -0.5, -1.5)
    reachable = [logistic(a + b) for a in weights for b in weights]
    for id in ("mlp004.mlp.h2", "mlp004.mlp.h3", "mlp004.mlp.h4"):
        assert not any(reproduces(id, h) for h in reachable)
    assert any(reproduces("mlp004.mlp.h1", h) for h in reachable)


def test_the_published_error_after_one_step_comes_from_output_weights_updated_too_early():
    row = number("inha003.mazur.E_after.published")
    for trained in ([], ["b1", "b2"], NEURONS):
        assert not reproduces(row, stepped([*WEIGHTS, *trained]))
    nudges = {
        f"w{k}": new - mazur()[f"w{k}"]
        for k, new in enumerate(hidden_updates_with_new_output_weights(), 1)
    }
    too_early = mazur(**nudges, **{w: -0.5 * dE(w) for w in WEIGHTS[4:]})["E"]
    assert reproduces(row, too_early) and row.behind == pytest.approx(too_early, abs=1e-14)


def test_digits_that_are_cut_off_are_not_taken_for_rounded_ones():
    assert reproduces("cap4453.2-2-1.y1_1", math.tanh(0.17)) and not reproduces(
        "cap4453.2-2-1.y1_1", 0.16829
    )
    assert reproduces("cap4453.2-2-1.dDiv_dw21_2", div("v21")) and not reproduces(
        "cap4453.2-2-1.dDiv_dw21_2", 0.010480
    )


def test_every_entry_names_its_deck_its_lesson_and_its_reasons():
    lessons = {f"0{k}" for k in range(1, 9)}
    for row in numbers():
        assert row.deck in DECKS and row.lesson in lessons and row.verdict in VERDICTS
        assert row.slide and row.quantity and row.why and len(row.why) < 160
    assert len({row.id for row in numbers()}) == 142
    for entry in errata():
        assert entry.deck in DECKS and entry.lesson in lessons
        assert all((entry.slide, entry.printed, entry.right, entry.why, entry.check))
    assert [entry.n for entry in errata()] == list(range(1, 149))


def test_errata_of_a_lesson_are_those_that_belong_to_it():
    assert sum(len(errata(lesson)) for lesson in range(1, 9)) == 148
    assert errata("04") == errata(4) and any(
        "-0.019" in e.printed.replace("−", "-") for e in errata(4)
    )
    with pytest.raises(ValueError, match="9"):
        errata(9)
