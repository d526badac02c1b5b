"""Questions with numbers at the end of a lesson: each agrees with the oracle, each slip is named,
and what was wrong comes back."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.rehearsal.submissions import LESSONS
from autograder.review.cards import APART, CLOSE, LARGEST, SMALLEST, read, shown
from autograder.review.deck import FILE, Deck, next_questions
from autograder.review.form import Practice, in_words, practise
from autograder.review.questions import QUESTIONS, by_name, of_lesson

CARDS = 15  # of each question; `python tests/test_review.py 420` draws 10,000 in all
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.name)


def agrees(question, seed):
    """Whether a card's number is the oracle's, far from 0, and from what any slip gives."""
    card = question.card(seed)
    oracle = question.of.oracle[question.function]
    # that of momentum takes the gradients of earlier steps: after the first, v is the gradient
    arguments = [[a.v] if isinstance(a, SimpleNamespace) else a for a in card.arguments]
    drawn = card.pick(oracle(*arguments))
    near = [abs(other - card.exact) for other in card.slips.values()]
    return (
        np.isclose(drawn, card.exact, rtol=1e-4, atol=1e-7)
        and SMALLEST <= abs(card.exact) <= LARGEST
        and all(distance >= APART * abs(card.exact) for distance in near)
    )


@every_question
def test_a_drawn_card_agrees_with_the_oracle_and_no_slip_is_close_to_it(question):
    assert all(agrees(question, seed) for seed in range(CARDS))
    assert len({question.card(seed).exact for seed in range(8)}) > 4
    one, same = question.card(3), question.card(3)
    assert (one.exact, in_words(one)) == (same.exact, in_words(same))
    # what is shown is all that was drawn: nothing is rounded away
    for value in one.given.values():
        rows = [[float(text.replace("−", "-")) for text in row] for row in shown(value)]
        assert np.array_equal(rows, np.atleast_2d(value))


@every_question
def test_three_digits_are_right_and_every_slip_is_named_or_shares_its_number(question):
    card = question.card(1)
    assert card.answer(f"{card.exact:.3g}").right
    assert card.answer(f"{card.exact * (1 - 0.5 * CLOSE):.6g}".replace(".", ",")).right
    assert not card.answer(f"{card.exact * (1 + 3 * CLOSE):.6g}").right
    explained = {m.name: m.explanation for m in question.of.misconceptions}
    for name, value in card.slips.items():
        said = card.answer(f"{value:.6g}")
        assert not said.right
        assert said.slip in explained and said.words == explained[said.slip]
        assert said.slip == name or abs(card.slips[said.slip] - value) <= CLOSE * abs(value)


def test_every_lesson_asks_three_questions_about_its_own_exercises():
    for stem in LESSONS:
        asked = of_lesson(stem[:2])
        assert len(asked) == 3
        assert all(one.of.section for one in asked)
    assert len({one.name for one in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.4 * −0.3", -0.12), ("1,5", 1.5), ("2·3×4", 24.0), (" -.5 ", -0.5), ("1e-3", 0.001),
     ("", None), ("two", None), ("1 +", None), ("nan", None), ("1e999", None), ("1 * ", None),
     ("__import__('os')", None), ("9" * 5000, None)],
)  # fmt: skip
def test_a_number_or_a_product_is_read_and_nothing_else(typed, value):
    assert read(typed) == (None if value is None else pytest.approx(value))


def test_what_is_no_number_is_told_so_and_the_sign_alone_is_named():
    card = by_name("07.parameters").card(0)
    assert "Type a number" in card.answer("many").words
    assert "sign" in card.answer(f"-{card.exact:g}").words


def test_a_wrong_answer_comes_back_later_each_time_and_a_right_one_never_does(tmp_path):
    deck, question = Deck(tmp_path), by_name("04.forward")
    assert deck.note(question, True, now=NOON) == "" and not (tmp_path / FILE).exists()
    when = lambda: datetime.fromisoformat(
        json.loads((tmp_path / FILE).read_text())[question.name]["card"]["due"]
    )
    now, gaps = NOON, []
    assert deck.note(question, False, now=now) == "It comes back tomorrow."
    for _ in range(5):
        gaps.append((when() - now) / timedelta(days=1))
        assert deck.due(now) == []
        now = when()
        assert deck.due(now) == [(question, tmp_path)]
        deck.note(question, True, now=now)
    assert gaps[0] == 1 and gaps == sorted(gaps) and gaps[-1] > 14
    now = when()
    deck.note(question, False, now=now)  # forgotten: sooner again
    assert when() - now < timedelta(days=gaps[-1] / 3)


def test_what_is_due_in_another_lesson_is_asked_first_and_kept_where_it_was(tmp_path):
    one, four = tmp_path / "01-chain-rule", tmp_path / "04-two-two-one"
    one.mkdir()
    four.mkdir()
    long_ago = datetime.now(UTC) - timedelta(days=3)
    Deck(one).note(by_name("01.neuron"), False, now=long_ago)
    asked = next_questions("04", Deck(four))
    assert asked[0] == (by_name("01.neuron"), one)
    assert [question for question, _ in asked[1:]] == list(of_lesson("04"))
    form = Practice("04", Deck(four))
    form.typed.value = f"{form.card.exact:.4g}"
    assert Deck(four).due() == [] and not (four / FILE).exists()
    assert "comes back" in form.said.value


@pytest.mark.parametrize("broken", ["{ half", '{"04.forward": 3}', '{"04.forward": {"card": {}}}'])
def test_a_broken_file_is_set_aside_and_nothing_stops(tmp_path, broken):
    (tmp_path / FILE).write_text(broken)
    deck = Deck(tmp_path)
    assert deck.due() == []
    assert "comes back" in deck.note(by_name("04.forward"), False)
    assert (tmp_path / "review.broken.json").read_text() == broken
    assert list(json.loads((tmp_path / FILE).read_text())) == ["04.forward"]


def test_a_question_that_a_newer_course_does_not_have_is_left_alone(tmp_path):
    deck = Deck(tmp_path)
    deck.note(by_name("04.forward"), False, now=NOON)
    kept = json.loads((tmp_path / FILE).read_text())
    kept["04.gone"] = kept["04.forward"]
    (tmp_path / FILE).write_text(json.dumps(kept))
    assert [question.name for question, _ in deck.due()] == ["04.forward"]


def test_the_form_counts_the_first_answer_only_and_goes_on(tmp_path):
    form = Practice("05", Deck(tmp_path))
    form.check.click()
    assert "Type a number first" in form.said.value and form.asked == 0
    form.typed.value = "12345"
    form.typed.value = f"{form.card.exact:.4g}"
    assert (form.right, form.asked) == (0, 1)
    assert "Right" in form.said.value
    before = form.card
    form.other.click()
    assert form.card.question is before.question and form.card.exact != before.exact
    form.typed.value = f"{form.card.exact:.4g}"
    assert (form.right, form.asked) == (0, 1)
    form.next.click()
    assert form.card.question is not before.question and form.typed.value == ""
    assert "Right" not in form.said.value and "Not" not in form.said.value
    form.show.click()
    assert f"{form.card.exact:.4g}".replace("-", "−") in form.said.value
    assert (form.right, form.asked) == (0, 2)
    assert 'role="status"' in form.said.value
    assert repr(in_words(form.card))[1:-1] in str(form._repr_mimebundle_())


def test_while_work_is_graded_nothing_is_asked(monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    practise("two_two_one")
    assert capsys.readouterr().out == ""
    monkeypatch.delenv("NBGRADER_EXECUTION")
    with pytest.raises(KeyError, match="no lesson 'nothing'"):
        practise("nothing")


if __name__ == "__main__":
    import sys

    each = int(sys.argv[1])
    found = [(one.name, s) for one in QUESTIONS for s in range(each) if not agrees(one, s)]
    print(f"{each * len(QUESTIONS)} cards, {len(found)} that do not agree: {found[:5]}")
    sys.exit(bool(found))
