"""The benchmark of every picture: one that never answers does not keep what is promised."""

import sys

import pytest
from built_site import ROOT
from gallery import GALLERY, Shown

sys.path.append(str(ROOT / "benchmarks"))

from parts import every_picture as bench

PICTURE, SCRIPT = Shown("blame-flow", ""), Shown("logits", "", in_browser=True)
NAMES = {shown.name: shown for shown in GALLERY}


class Room:
    """A gallery whose pictures have one slider and paint as they are told to."""

    def __init__(self, times, frames):
        self.times, self.frames, self.page = times, frames, self
        self.keyboard = self

    def show(self, shown):
        """Show a picture."""

    def touch(self, shown):
        return 0

    def wait_for_timeout(self, time):
        """Wait."""

    def press(self, key):
        """Press a key."""

    def evaluate(self, script, told=None):
        """What the page answers."""
        if script == bench.SLIDERS:
            return [["x", "0", "9"]]
        if script == bench.SETTLE:
            return ["0", "words"]
        if script == bench.DRAG:
            return [[[0, "0"], [16, "1"]], self.frames]
        if "slice(0, 1)" in script:
            return self.times
        return True


FRAMES = [[20, "words"]]


@pytest.mark.parametrize(
    ("shown", "times", "frames", "said"),
    [
        (PICTURE, [], FRAMES, "it never answers"),
        (PICTURE, [5.0], [], "inf behind"),
        (PICTURE, [500.0], FRAMES, "500 ms"),
        (SCRIPT, [], FRAMES, "it never answers"),
        (SCRIPT, [50.0], FRAMES, "50 ms"),
    ],
)
def test_a_picture_that_is_silent_or_slow_is_not_kept(shown, times, frames, said):
    (broken,) = bench.every_picture(Room(times, frames), [shown], 8)
    assert broken.startswith(shown.name) and said in broken


@pytest.mark.parametrize("shown", [PICTURE, SCRIPT], ids=lambda shown: shown.name)
def test_a_picture_that_answers_soon_is_kept(shown):
    assert bench.every_picture(Room([5.0], FRAMES), [shown], 8) == []


def test_only_what_is_named_may_be_silent():
    for name, slider in bench.LATER:
        room = Room([], FRAMES)
        evaluate = room.evaluate
        room.evaluate = lambda script, told=None, slider=slider, evaluate=evaluate: (
            [[slider, "0", "9"]] if script == bench.SLIDERS else evaluate(script, told)
        )
        assert bench.every_picture(room, [NAMES[name]], 8) == []
        assert len(bench.every_picture(Room([], FRAMES), [NAMES[name]], 8)) == 1
    for name in bench.NO_KEY:
        assert NAMES[name].in_browser
        assert bench.every_picture(Room([], FRAMES), [NAMES[name]], 8) == []


def test_how_old_a_frame_is_counts_from_the_next_value():
    values, means = [[0, "0"], [16, "1"], [32, "2"]], {"a": {"0"}, "b": {"2"}}
    assert bench.ages(values, [[50, "a"], [60, "b"]], means) == [34, 0]
    assert bench.ages(values, [[50, "?"], [60, "b"]], means) == []
    assert bench.ages(values, [], means) == [bench.NEVER]
