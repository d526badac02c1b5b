"""A class of attackers and three honest students, graded with nbgrader's own command: nobody gets
what is not deserved.

Two class folders are graded at the same time: in one everything that a limit has to end, in the
other everything else. Notebooks run in forked shells there; a third class, whose notebooks run in a
kernel each, holds the attacks on what leaves a kernel (`benchmarks/attacks.py` runs all of them
both ways). The folders lie under one roof, so that each attack may look for, and at, whatever a
grader's machine has.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from html.parser import HTMLParser

import pytest

from attacks.attack import ALL, LESSON, MARK
from attacks.catalogue import ATTACKS
from attacks.field import HONEST, Field, Listener, left_behind, still_running
from autograder.kernel.parent import NoWarmParent, WarmParent

pytestmark = [
    pytest.mark.timeout(1200),
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="kernels are locked in on Linux only"
    ),
]
NAMES = [one.name for one in ATTACKS]
PAGES = [one.name for one in ATTACKS if one.kind == "page"]


def refuse_unlocked():
    """Attacks that fill disks and kill processes are not run where nothing stands between them and
    this machine."""
    try:
        warm = WarmParent()
    except NoWarmParent as problem:
        missing = {"warm parent": str(problem)}
    else:
        missing = warm.missing
        warm.close()
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"submissions are not locked in here: {missing}", pytrace=False)
    if missing:
        pytest.skip(
            f"submissions are not locked in here, so nothing is run that would do harm: {missing}"
        )


class Outcome:
    """What came of the classes; the last of them was graded in kernels."""

    def __init__(self, fields, before, listener):
        self.fields, self.heard = fields, listener.heard
        self.of = {one.name: field for field in fields[:2] for one in field.attacks}
        self.scores = {field: field.scores() for field in fields}
        after = [field.files() for field in fields]
        self.changed = sorted(
            path
            for a, b in zip(before, after, strict=True)
            for path in a.keys() | b.keys()
            if a.get(path) != b.get(path)
        )
        self.left = sorted({path for field in fields for path in left_behind(field.root)})
        self.running = sorted({text for field in fields for text in still_running(field.root)})


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    refuse_unlocked()
    roof = tmp_path_factory.mktemp("classes")
    quick = Field(roof / "quick", (one for one in ATTACKS if not one.slow))
    slow = Field(roof / "slow", (one for one in ATTACKS if one.slow))
    leaving = (one for one in ATTACKS if one.kind == "forge" and not one.slow)
    fields = (quick, slow, Field(roof / "kernel", leaving, fast=False))
    with Listener() as listener:
        for field in fields:
            field.root.mkdir()
            field.set_up()
            field.hand_in(listener.port)
        before = [field.files() for field in fields]
        runs = [threading.Thread(target=field.autograde) for field in fields]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
    assert quick.nbgrader("generate_feedback", LESSON, "--student=page_*") == 0, (
        quick.root / "generate_feedback.log"
    ).read_text()[-3000:]
    return Outcome(fields, before, listener)


def attack_named(name):
    return next(one for one in ATTACKS if one.name == name)


# ---- points


def test_there_are_attacks_of_every_kind_and_each_has_a_name_of_its_own():
    assert len(set(NAMES)) == len(NAMES) >= 40
    assert {one.kind for one in ATTACKS} == {"cheat", "forge", "leak", "damage", "starve", "page"}
    assert not set(NAMES) & set(HONEST)


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_gets_no_point_that_it_does_not_deserve(outcome, name):
    field = outcome.of[name]
    assert field.undeserved(attack_named(name), outcome.scores[field]) == 0, (
        f"{attack_named(name).what}\n{field.log()[-2000:]}"
    )


@pytest.mark.parametrize(
    "name", [one.name for one in ATTACKS if one.kind == "forge" and not one.slow]
)
def test_what_is_forged_gets_no_point_in_a_kernel_either(outcome, name):
    field = outcome.fields[-1]
    assert field.undeserved(attack_named(name), outcome.scores[field]) == 0, field.log()[-2000:]


@pytest.mark.parametrize("name", [one.name for one in ATTACKS if one.solved])
def test_what_an_attacker_has_honestly_solved_is_paid(outcome, name):
    field = outcome.of[name]
    assert outcome.scores[field][name] == attack_named(name).deserved


def test_honest_students_before_between_and_after_get_full_points(outcome):
    for field in outcome.fields:
        assert {name: outcome.scores[field][name] for name in HONEST} == dict.fromkeys(
            HONEST, float(ALL)
        ), field.log()[-3000:]


def test_every_submission_is_graded(outcome):
    lost = [
        name
        for field in outcome.fields
        for name, score in outcome.scores[field].items()
        if score is None
    ]
    assert lost == []


# ---- secrets


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_shows_nothing_secret(outcome, name):
    assert outcome.of[name].leaked(name) == []


def test_nobody_was_called_from_within(outcome):
    assert outcome.heard == []


# ---- the machine


def test_no_file_of_the_class_or_of_the_home_folder_was_changed(outcome):
    assert outcome.changed == []


def test_nothing_is_left_behind_on_the_machine(outcome):
    assert outcome.left == []


def test_no_process_lives_on(outcome):
    assert outcome.running == []


def test_no_flood_made_the_grader_itself_grow_beyond_what_a_submission_may_use(outcome):
    peaks = [field.peak_mb for field in outcome.fields]
    assert min(peaks) > 20, "it was measured"
    assert max(peaks) < 1024, peaks


# ---- the pages


class Dangers(HTMLParser):
    """What could run or call home on a page: collected where it bears the mark of an attack."""

    def __init__(self):
        super().__init__()
        self.found, self.inside = [], ""

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        told = {name: value or "" for name, value in attributes}
        if (
            any(name.startswith("on") for name in told)
            or tag in ("base", "iframe", "object", "embed", "form", "link")
            and _bears(str(told))
        ):
            self.found.append((tag, told))
        for name in ("href", "src", "action", "srcdoc", "formaction", "xlink:href", "content"):
            value = re.sub(r"\s", "", told.get(name, "")).lower()
            if (
                value.startswith(("javascript:", "vbscript:", "data:text/html"))
                or _bears(value)
                and name in ("content", "srcdoc")
            ):
                self.found.append((tag, told))

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside in ("script", "style") and _bears(data):
            self.found.append((self.inside, data[:200]))


def _bears(text):
    return MARK in text or "document.title" in text or "127.0.0.1:9" in text


def dangers(html):
    """What of an attack could run on a page."""
    parser = Dangers()
    parser.feed(html)
    return parser.found


@pytest.mark.parametrize("harm", [
    f"<script>'{MARK}'</script>", "<b onclick=x>", "<a href=' javascript:x'>", f"<iframe srcdoc='{MARK}'>", f"<style>{MARK}</style>",
])  # fmt: skip
def test_what_this_file_looks_for_it_finds(harm):
    assert dangers(f"<p>before</p>{harm}<p>after</p>")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_of_an_attack_can_run_on_the_feedback_page(outcome, name):
    (page,) = (outcome.of[name].root / "feedback" / name / LESSON).glob("*.html")
    assert dangers(page.read_text(encoding="utf-8")) == []
