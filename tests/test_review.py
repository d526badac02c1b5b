"""Questions with numbers at the end of a lesson: each agrees with the oracle, each slip is named,
and what was wrong comes back."""

import json
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from in_node import node

from autograder.rehearsal.submissions import LESSONS
from autograder.review.cards import APART, CLOSE, LARGEST, SMALLEST, read, shown
from autograder.review.deck import FILE, Deck, next_questions
from autograder.review.form import Practice, in_words, number_of, practise
from autograder.review.questions import QUESTIONS, by_name, of_lesson

ROOT = Path(__file__).parents[1]
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
    near = card.answer(f"{card.exact * (1 - 0.5 * CLOSE):.6g}".replace(".", ","))
    assert near.right is not question.whole
    assert not card.answer(f"{card.exact * (1 + 3 * CLOSE):.6g}").right
    explained = {m.name: m.explanation for m in question.of.misconceptions}
    for name, value in card.slips.items():
        said = card.answer(f"{value:.6g}")
        assert not said.right
        assert said.slip in explained and said.words == explained[said.slip]
        assert said.slip == name or abs(card.slips[said.slip] - value) <= CLOSE * abs(value)


WHOLE = [one for one in QUESTIONS if one.whole]


@pytest.mark.parametrize("question", WHOLE, ids=lambda one: one.name)
@pytest.mark.parametrize("off", [-1, 1])
def test_a_whole_number_is_right_only_as_it_is(question, off):
    card = question.card(1)
    assert card.exact == round(card.exact)
    assert card.answer(f"{card.exact:.0f}").right
    assert not card.answer(f"{card.exact + off:.0f}").right


def test_whatever_only_has_whole_answers_is_judged_so():
    for question in QUESTIONS:
        exact = [question.card(seed).exact for seed in range(5)]
        assert question.whole == all(value == round(value) for value in exact), question.name


def test_every_lesson_asks_three_questions_about_its_own_exercises():
    for stem in LESSONS:
        asked = of_lesson(stem[:2])
        assert len(asked) == 3
        for one in asked:
            assert number_of(one.exercise.partition(".")[0]) == stem[:2], one.name
            assert one.of.section
    assert len({one.name for one in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.4 * −0.3", -0.12), ("1,5", 1.5), ("2·3×4", 24.0), (" -.5 ", -0.5), ("1e-3", 0.001),
     ("1/2", 0.5), ("1 / 2 * 3", 1.5), ("-1÷4", -0.25), ("3⁄4", 0.75), ("1/0", None), ("1/", None),
     ("/2", None), ("0/0", None), ("1//2", None), ("2**3", None), ("1/1e-400", None),
     ("", None), ("two", None), ("1 +", None), ("nan", None), ("1e999", None), ("1 * ", None),
     ("__import__('os')", None), ("9" * 5000, None)],
)  # fmt: skip
def test_a_number_a_product_or_a_quotient_is_read_and_nothing_else(typed, value):
    assert read(typed) == (None if value is None else pytest.approx(value))


def test_what_is_no_number_is_told_so_and_the_sign_alone_is_named():
    card = by_name("07.parameters").card(0)
    said = card.answer("many")
    assert "Type a number" in said.words and not said.judged and not said.right
    assert card.answer("17").judged
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


@pytest.mark.parametrize("typed", ["one half", "0.2 + 0.3", "50%", "1/0"])
def test_what_cannot_be_read_is_asked_again_and_does_not_count(tmp_path, typed):
    form = Practice("04", Deck(tmp_path))
    form.typed.value = typed
    assert "does not count" in form.said.value
    assert form.asked == 0 and not (tmp_path / FILE).exists()
    form.typed.value = f"{form.card.exact:.4g}"
    assert (form.right, form.asked) == (1, 1)


def test_when_a_question_comes_back_stays_said_until_the_next(tmp_path):
    form = Practice("04", Deck(tmp_path))
    form.typed.value = "12345"  # leaving the field is an answer already
    assert "It comes back tomorrow" in form.said.value
    form.check.click()
    assert "It comes back tomorrow" in form.said.value and form.asked == 1
    form.typed.value = f"{form.card.exact:.4g}"
    assert "Right" in form.said.value and "It comes back tomorrow" in form.said.value
    form.other.click()
    form.typed.value = "12345"
    assert "comes back" not in form.said.value
    form.next.click()
    form.typed.value = f"{form.card.exact:.4g}"
    assert "comes back" not in form.said.value


def test_what_came_back_is_counted_down(tmp_path):
    long_ago = datetime.now(UTC) - timedelta(days=3)
    for name in ("04.forward", "04.output-weight"):
        Deck(tmp_path).note(by_name(name), False, now=long_ago)
    form = Practice("04", Deck(tmp_path))
    told = []
    for _ in range(3):
        told.append(form._head.value)
        form.typed.value = f"{form.card.exact:.4g}"
        form.next.click()
    assert "2 questions come back from earlier" in told[0]
    assert "1 question comes back from earlier" in told[1]
    assert "from earlier" not in told[2] and "from earlier" not in form._head.value


@pytest.fixture(params=["Pacific/Kiritimati", "America/Los_Angeles", "UTC"])
def zone(request, monkeypatch):
    """The time of a place, set for this process."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield ZoneInfo(request.param)
    monkeypatch.undo()
    time.tzset()


def test_tomorrow_begins_at_midnight_where_the_reader_is(tmp_path, zone):
    deck, question = Deck(tmp_path), by_name("04.forward")
    late = datetime(2026, 3, 1, 23, 30, tzinfo=zone)
    assert deck.note(question, False, now=late) == "It comes back tomorrow."
    kept = tmp_path / FILE
    before, after = (datetime(2026, 3, 1, 23, 59, tzinfo=zone), datetime(2026, 3, 2, 0, 1, tzinfo=zone))  # fmt: skip
    assert deck.due(before) == [] and deck.due(after) == [(question, tmp_path)]
    # what the start page reads of it says the same
    for now, due in ((before, 0), (after, 1)):
        assert due_on_the_start_page(kept, now, zone, tmp_path) == due


def due_on_the_start_page(kept, now, zone, folder):
    """How many questions the start page says come back, of a file, at a moment, at a place."""
    place = ROOT / "course/labextension/backprop-by-hand/static/lessons.js"
    script = folder / "due.mjs"
    script.write_text(
        f"process.env.TZ = {json.dumps(zone.key)};"
        "globalThis.localStorage = { getItem: () => null };"
        f"const Day = Date, now = {now.timestamp() * 1000};"
        "globalThis.Date = class extends Day { constructor(...told) { super(...(told.length ? told : [now])); }"
        " static now() { return now; } };"
        f"const {{ readLesson }} = await import({json.dumps(place.as_uri())});"
        f"const kept = {kept.read_text('utf-8')};"
        "console.log(readLesson('a.ipynb', { cells: [] }, {}, kept).due);",
        encoding="utf-8",
    )
    done = subprocess.run([node(), script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


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
