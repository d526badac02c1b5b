"""A picture is recorded for a page without Python: every position of its controls, and it is as it
was."""

from __future__ import annotations

import io
import json
import sys
import zlib

import numpy as np
import pytest
from built_site import ROOT
from PIL import Image

from course.widgets.blame_flow import BlameFlow

sys.path.append(str(ROOT / "site/reading"))

import execute
import recorded_controls
import recording


def contents(recorded):
    """A file of states: its table, and a function that gives the pixels of a state."""
    content = recorded.file()
    size = int.from_bytes(content[:4], "little")
    table = json.loads(zlib.decompress(content[4 : 4 + size]))

    def part(number):
        at, length = table["places"][number]
        return content[4 + size + at : 4 + size + at + length]

    def pixels(number):
        state = table["states"][number]
        png = Image.open(io.BytesIO(part(state["png"]))).convert("RGBA")
        shown = np.array(png).view("<u4").ravel()
        if state["changes"] is not None:
            raw = np.frombuffer(zlib.decompress(part(state["changes"])), "<u4").reshape(2, -1)
            shown[np.cumsum(raw[0], dtype="<u4")] = raw[1]
        return shown.reshape(png.height, png.width)

    return table, pixels


def test_a_recording_holds_every_position_along_each_control_and_puts_the_picture_back(monkeypatch):
    monkeypatch.setattr(recorded_controls, "MOST", 7)
    picture = BlameFlow()
    before, text = picture.screen.pixels(), picture.text()
    with recording.silence():
        made = recording.Recording(picture)
        made.run()
    assert made.cut == []
    assert picture.text() == text
    assert np.array_equal(picture.screen.pixels(), before)
    table, pixels = contents(made)
    assert [len(axis) for axis in table["axes"]] == [len(at) for at in table["positions"]]
    for which, control in enumerate(made.controls):
        for k in (0, len(control.positions) - 1):
            control.put(k)
            number = table["axes"][which][k]
            assert table["states"][number]["text"] == picture.text()
            off = pixels(number).view("u1").astype(int) - picture.screen.pixels().view("u1")
            assert np.abs(off).mean() < 1
            control.put(control.start)


def test_a_slider_with_many_positions_keeps_the_one_where_it_stands():
    picture = BlameFlow()
    control = recording.Control(picture.x1)
    assert len(control.positions) <= recorded_controls.MOST
    assert control.positions[control.start] == picture.x1.value
    steps = np.diff(control.positions)
    assert np.allclose(steps, steps[0]) and steps[0] >= picture.x1.step
    control.coarsen()
    assert picture.x1.value == control.positions[control.start]


LESSON = """# 1 · Title

Some prose.

```{code-cell}
### BEGIN SOLUTION
x = 1
### END SOLUTION
```
"""


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [("Title", "Another", True), ("x = 1", "x = 2", True), ("Some prose", "Other prose", False)],
)
def test_a_page_is_made_anew_when_what_its_code_reads_of_the_lessons_changes(
    monkeypatch, tmp_path, old, new, again
):
    text = tmp_path / "course/lessons/02-other.md"
    text.parent.mkdir(parents=True)
    monkeypatch.setattr(execute, "ROOT", tmp_path)
    text.write_text(LESSON)
    before = execute.fingerprint(b"a notebook")
    text.write_text(LESSON.replace(old, new))
    assert (execute.fingerprint(b"a notebook") != before) == again
