"""The class report as a lesson plan: its numbers are those of the class, what it advises is in the
lesson, and nothing that a student wrote can do anything on it.

The classes are written down (`written_class`), so that every rate is known beforehand.
"""

import datetime
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from nbgrader.api import Gradebook
from written_class import LESSON, UNWRITTEN, Got, Student, slips_of, write_class

from autograder.app import main
from autograder.desk.plan import numbers, write_plan
from autograder.desk.plan.drawing import histogram
from autograder.desk.plan.lesson import read_lesson
from autograder.desk.plan.todo import NO_PICTURE, todo
from autograder.exercises import all_exercises, find_exercise, lessons
from autograder.exercises.teaching import table
from autograder.plugins.directory import open_class
from autograder.plugins.report import read_class, show

ROOT = Path(__file__).resolve().parents[1]
BACKWARD, FORWARD = slips_of("two_two_one.backward"), slips_of("two_two_one.forward")
HALF, SIGN, ONE_PATH = "the ½ forgotten", "sign of the gradient lost", "one path only"
HOSTILE = [
    Student("mal", {"backward": Got(0.5, "</p><script>document.title = 'HIT'</script>")},
            first_name="<script>document.title='HIT'</script>", last_name="O'Brien \"Ö\" &amp;",
            code="import autograder.exercises  # <b>\nclass Yes:\n    def __eq__(self, other):\n        return True"),
    Student("zoë", None, first_name="Zoë", last_name="<img src=x onerror=\"document.title='HIT'\">"),
    Student("rtl", None, first_name="\u202egnp.exe", last_name="Ünal"),
]  # fmt: skip


class Page(HTMLParser):
    """Tags, links and ids of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.ids, self.sources, self.headings = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.tags.append(tag)
        self.links += [told["href"]] if "href" in told else []
        self.sources += [told["src"]] if "src" in told else []
        self.ids += [told["id"]] if "id" in told else []
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


def mixed():
    """Forty students: what each got is counted in the tests below."""
    got = [
        *[{"backward": Got(5 / 6, HALF)}] * 7,
        *[{"backward": Got(0.25, ONE_PATH), "forward": Got(0.5, FORWARD[0])}] * 5,
        *[{"backward": Got(0.5, "∂Div/∂W: yours 0.25, exact 0.5."), "update": Got(0, "uses backward, which is not right")}] * 2,
        {"backward": Got(0.5, "∂Div/∂W: yours -1.5e-3, exact 7.")},
        *[dict.fromkeys(("forward", "divergence", "backward", "update", "layers", "break_it"), UNWRITTEN)] * 3,
        *[{}] * 22,
    ]  # fmt: skip
    return [
        Student(f"s{k:02}", told, (2.0, None) if k % 2 else (None, None))
        for k, told in enumerate(got)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A class of 43: forty that handed in, one of them hostile, and two that did not."""
    return write_class(tmp_path_factory.mktemp("plan") / "class", mixed() + HOSTILE)


@pytest.fixture(scope="module")
def items(folder):
    lines = [line for line in read_class(folder, LESSON).lines if line.student != "mal"]
    return {item.name: item for item in numbers.items(lines)}


@pytest.fixture(scope="module")
def page(folder):
    assert main_in(folder, "report", LESSON) == 0
    return (folder / f"report-{LESSON}.html").read_text(encoding="utf-8")


def main_in(folder, *arguments):
    """Run the command in a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return main([*arguments])


# ---- the numbers


def test_the_rates_are_those_that_were_written_down(items):
    told = {name: (item.right, item.graded) for name, item in items.items() if item.exercise}
    assert told == {
        "forward": (32, 40),
        "divergence": (37, 40),
        "backward": (22, 40),
        "update": (35, 40),
        "layers": (37, 40),
        "break_it": (37, 40),
    }
    assert items["backward"].mean == pytest.approx((7 * 5 / 6 + 5 * 0.25 + 3 * 0.5 + 22) / 40)


def test_misconceptions_stand_in_the_order_of_their_numbers_with_who_made_them(items):
    told = [(slip.name, len(slip.students)) for slip in items["backward"].slips]
    assert told == [(HALF, 7), (ONE_PATH, 5)]
    assert items["backward"].slips[1].students == ("s07", "s08", "s09", "s10", "s11")
    known = {slip.name: slip for slip in find_exercise("two_two_one.backward").misconceptions}
    assert items["backward"].slips[0].explanation == known[HALF].explanation


def test_a_finding_with_other_numbers_in_it_is_the_same_finding(items):
    (other,) = items["backward"].others
    assert other.students == ("s12", "s13", "s14")


def test_what_follows_from_an_earlier_exercise_or_is_not_written_is_no_slip(items):
    assert items["update"].follows == 2 and not items["update"].slips + items["update"].others
    assert items["layers"].unwritten == ("s15", "s16", "s17")
    assert items["break_it"].unwritten == ("s15", "s16", "s17")


def test_written_answers_are_counted_as_graded_or_waiting(items):
    assert (items["answer"].graded, items["answer"].waiting, items["answer"].mean) == (20, 20, 1.0)
    assert (items["answer-2"].graded, items["answer-2"].waiting) == (0, 40)


def test_every_submission_is_in_one_bin_of_the_distribution(folder):
    lines = read_class(folder, LESSON).lines
    bins = numbers.distribution(lines)
    assert sum(count for *_, count in bins) == 41 and len(bins) == numbers.BINS
    assert [low for low, _, _ in bins] == pytest.approx([2.1 * k for k in range(10)])
    for low, high, count in bins:
        assert count == sum(low <= line.score < high or line.score == high == 21 for line in lines)
    assert histogram(bins).count("<rect") == sum(count > 0 for *_, count in bins)
    assert histogram([]) == ""


def test_stuck_is_below_half_of_the_points_that_are_given(tmp_path):
    # 21 points, 4 of them for answers that wait: half of what is given is 8.5
    lost = {"backward": Got(0, BACKWARD[0]), "layers": Got(0, "uses backward, which is not right")}
    above = Student("above", lost)
    below = Student("below", {**lost, "divergence": Got(0, "a finding")})
    untouched = Student("untouched", mixed()[15].got)
    folder = write_class(tmp_path / "class", [above, below, untouched])
    lines = read_class(folder, LESSON).lines
    scores = {line.student: line.score for line in lines}
    assert scores == {"above": 8.0, "below": 7.0, "untouched": 0.0}
    found = {one.student: one for one in numbers.stuck(lines)}
    assert list(found) == ["untouched", "below", "above"]
    assert found["above"].of == 17 and found["above"].first == "backward"
    assert found["below"].first == "divergence" and found["below"].begun
    assert not found["untouched"].begun


@pytest.mark.parametrize("penalty", [3.0, 100.0])
def test_a_penalty_larger_than_the_points_makes_nobody_less_stuck(tmp_path, penalty):
    lost = {"backward": Got(0, BACKWARD[0]), "layers": Got(0, "uses backward, which is not right")}
    below = Student("below", {**lost, "divergence": Got(0, "a finding")})
    nothing = Student("nothing", mixed()[15].got)
    folder = write_class(tmp_path / "class", [Student("above", lost), below, nothing])
    directory = open_class(folder)
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        for student in ("above", "below", "nothing"):
            (notebook,) = gradebook.find_submission(LESSON, student).notebooks
            notebook.late_submission_penalty = penalty
        gradebook.db.commit()
    report = read_class(folder, LESSON)
    points = {"above": 8.0, "below": 7.0, "nothing": 0.0}
    taken_off = {student: min(penalty, had) for student, had in points.items()}
    assert {line.student: line.penalty for line in report.lines} == taken_off
    assert {line.student: line.score + line.penalty for line in report.lines} == points
    found = {one.student: one.score for one in numbers.stuck(report.lines)}
    assert found == {"above": 8.0, "below": 7.0, "nothing": 0.0}
    said = show(report)
    assert f"{taken_off['below']:g} taken off for being late" in said
    assert said.count("taken off") == 2 and "Stuck (below half" in said


def lines_of(shares):
    """Lines whose checks have these shares, one exercise a column, one point each."""
    from autograder.plugins.report_text import Line
    from autograder.plugins.results import Result

    names = ("forward", "divergence", "update", "backward")
    return [
        Line(
            f"s{k}", LESSON, sum(row), len(row), 0, (),
            results=tuple(
                Result(name, f"two_two_one.{name}", share, 1.0, "", False)
                for name, share in zip(names, row, strict=False)
            ),
        )
        for k, row in enumerate(shares)
    ]  # fmt: skip


def test_an_exercise_that_the_better_ones_get_wrong_is_said_to_discriminate_badly():
    good, weak = (0.0, 1.0, 1.0, 1.0), (1.0, 0.0, 0.0, 0.5)
    found = {item.name: item for item in numbers.items(lines_of([good] * 8 + [weak] * 8))}
    assert found["forward"].discrimination.r == pytest.approx(-1)
    assert found["forward"].discriminates_badly
    # the rest of divergence: forward against it, update and backward with it
    assert found["divergence"].discrimination.r == pytest.approx(1)
    assert not found["divergence"].discriminates_badly


def test_the_correlation_leaves_the_exercise_itself_out_of_the_rest():
    rows = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] * 4
    found = numbers.items(lines_of(rows))
    assert [item.discrimination.r for item in found] == pytest.approx([0, 0])
    told = found[0].discrimination
    assert told.n == 16 and told.low == pytest.approx(-told.high) and 0.4 < told.high < 0.6


@pytest.mark.parametrize(
    "rows",
    [[(0.0, 0.5), (1.0, 0.0), (1.0, 1.0)] * 3, [(1.0, 0.5), (1.0, 0.0)] * 10],
    ids=["nine submissions", "all the same"],
)
def test_of_too_few_or_of_an_exercise_that_all_get_right_nothing_is_said(rows):
    assert numbers.items(lines_of(rows))[0].discrimination is None


# ---- what to do about it


@pytest.fixture(scope="module")
def read():
    """Each lesson, as a teacher looks for something in it."""
    return {
        path.parent.name: read_lesson(path) for path in sorted((ROOT / "source").glob("*/*.ipynb"))
    }


def lesson_of(read, exercise):
    return next(found for found in read.values() if exercise in found.checks)


def test_every_exercise_has_a_section_a_question_and_a_picture_of_its_lesson(read):
    for exercise in all_exercises():
        found = lesson_of(read, exercise.name)
        for misconception in ("", *(slip.name for slip in exercise.misconceptions)):
            what = todo(found, exercise.name, misconception)
            assert found.begins(what.section) is not None and what.text, exercise.name
            assert what.ask and what.source, (exercise.name, misconception)
            if what.picture:
                assert what.picture in what.call and found.begins(what.where) is not None
                assert "yours=" not in what.call


def test_what_is_said_about_a_slip_is_about_one_that_there_is(read):
    for lesson in lessons():
        for key, said in table(lesson).items():
            name, slip = key if isinstance(key, tuple) else (key, "")
            exercise = find_exercise(f"{lesson}.{name}")
            assert not slip or slip in {known.name for known in exercise.misconceptions}, key
            found = lesson_of(read, exercise.name)
            assert said.picture in ("", NO_PICTURE) or found.named(said.picture), key
            assert not said.section or found.begins(said.section) is not None, key
            assert not said.show or said.picture, f"{key}: which picture?"
            assert not said.answer or said.ask, key


def test_a_lesson_that_an_instructor_changed_is_read_as_it_is(tmp_path):
    assert read_lesson(tmp_path / "none.ipynb").sections == []


# ---- the page


def test_the_page_says_what_the_numbers_say(page):
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))
    assert "41 submissions, 41 graded; 2 students handed in nothing." in text
    assert f"7 of 41 {HALF}" in text and f"5 of 41 {ONE_PATH}" in text
    assert "22 of 41 have it all right (54%)" in text
    assert f"backprop handgrade {LESSON}" in text and "How to compute this gradient?" in text
    assert "Four derivatives" in text and "BackpropStepper" in text
    assert datetime.date.today().isoformat() in text


def test_the_page_says_the_limits_that_the_numbers_have(tmp_path, monkeypatch):
    few = write_class(tmp_path / "few", mixed()[:3])
    for enough in (numbers.ENOUGH, 12):
        monkeypatch.setattr(numbers, "ENOUGH", enough)
        page = write_plan(few, LESSON)[0].read_text(encoding="utf-8")
        assert f"is said from {enough} graded submissions on" in page
    told = numbers.Discrimination(0.1, 30, -0.2, 0.5)
    monkeypatch.setattr(numbers, "_discrimination", lambda pairs: told)
    for weak, chance in ((0.3, True), (0.6, False)):
        monkeypatch.setattr(numbers, "WEAK", weak)
        page = write_plan(few, LESSON)[0].read_text(encoding="utf-8")
        assert ("With 30 submissions that may be chance" in page) == chance
        assert "Says little about who knows the rest" in page


def test_facts_stand_there_as_facts_with_who_they_are_about(page):
    facts = page[page.index('id="seen"') :]
    assert "a cell imports autograder.exercises, not there when a class is graded" in facts
    assert "makes objects (Yes) that say yes to every comparison" in facts
    assert "(mal)" in facts


def test_the_page_asks_nobody_for_anything_and_every_link_has_its_place(page):
    found = Page(page)
    assert not {"script", "link", "iframe", "object", "form", "base"} & set(found.tags)
    assert found.sources == []
    assert all(link.startswith("#") for link in found.links)
    assert {link[1:] for link in found.links} <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    assert "url(" not in page and "@import" not in page and "default-src 'none'" in page


def test_headings_go_down_one_level_at_a_time(page):
    levels = Page(page).headings
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_names_are_shown_as_they_are_and_can_do_nothing(page):
    assert "&lt;script&gt;document.title=&#39;HIT&#39;&lt;/script&gt;" in page
    assert "O&#39;Brien &#34;Ö&#34; &amp;amp;" in page
    assert "Zoë &lt;img src=x" in page and "<img" not in page
    assert "\u202e" not in page and "Ünal" in page
    assert "&lt;/p&gt;&lt;script&gt;" in page


@pytest.mark.browser
def test_the_page_is_read_at_any_width_by_anybody(browser_page, folder, page):
    asked = []
    browser_page.on("request", lambda request: asked.append(request.url))
    browser_page.goto((folder / f"report-{LESSON}.html").as_uri())
    for width in (360, 1280):
        browser_page.set_viewport_size({"width": width, "height": 800})
        assert browser_page.evaluate("document.documentElement.scrollWidth") <= width
    browser_page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for scheme in ("light", "dark"):
        browser_page.emulate_media(color_scheme=scheme)
        found = Axe().run(browser_page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert len(asked) == 1 and browser_page.title() == f"Lesson plan: {LESSON}"
    assert browser_page.errors == []
    # by keyboard: Tab reaches the links at the top, Enter follows one
    browser_page.keyboard.press("Tab")
    browser_page.keyboard.press("Enter")
    assert browser_page.url.endswith("#first")


# ---- the command


def test_the_page_goes_where_it_is_wanted(folder, tmp_path, capsys):
    assert main_in(folder, "report", LESSON, "--to", str(tmp_path / "plan.html")) == 0
    assert "41 of 41 submissions graded" in capsys.readouterr().out
    assert (tmp_path / "plan.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_lesson_that_the_class_does_not_have_is_refused(folder, capsys):
    assert main_in(folder, "report", "05-mazur") == 1
    assert f"It knows: {LESSON}" in capsys.readouterr().err


def test_a_class_in_which_nobody_handed_in_has_a_page_too(tmp_path):
    folder = write_class(tmp_path / "class", [Student("ann", None), Student("ben", None)])
    path, told = write_plan(folder, LESSON)
    assert told == "0 of 0 submissions graded"
    text = path.read_text(encoding="utf-8")
    assert "0 submissions, 0 graded; 2 students handed in nothing" in text and "ann, ben" in text


@pytest.mark.parametrize("damaged", [b"", b'{"cells": [', b"\xff", b"{}", b"[]", b'{"cells": [1]}'])
def test_a_graded_notebook_that_cannot_be_read_is_named_and_the_others_are_counted(
    tmp_path, damaged
):
    folder = write_class(tmp_path / "class", [Student("ann", {}), Student("ben", {})])
    path = folder / "autograded" / "ann" / LESSON / f"{LESSON}.ipynb"
    path.write_bytes(damaged)
    lines = {line.student: line for line in read_class(folder, LESSON).lines}
    assert lines["ben"].score == 17 and lines["ann"].score is None
    (why,) = lines["ann"].why
    assert f"{LESSON}.ipynb cannot be read" in why and f"backprop grade {LESSON} ann" in why
    page = write_plan(folder, LESSON)[0].read_text(encoding="utf-8")
    assert "1 graded" in page and "cannot be read" in page


def test_what_could_not_be_graded_stands_there_with_its_reason(tmp_path):
    folder = write_class(tmp_path / "class", [Student("ann")])
    place = folder / "submitted" / "ben" / LESSON
    place.mkdir(parents=True)
    (place / f"{LESSON}.ipynb").write_text('{"cells": [')
    path, told = write_plan(folder, LESSON)
    assert told == "1 of 2 submissions graded"
    text = unescape(path.read_text(encoding="utf-8"))
    assert "Could not be graded" in text and "is not a notebook (not valid JSON" in text
