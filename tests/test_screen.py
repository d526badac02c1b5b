"""The place where Python's pictures are shown: what is sent, and what the browser makes of it."""

import base64
import json

import numpy as np
import pytest
from stepper_page import PAGE

from course.plots.blit import pack
from course.widgets.common.screen import MOST, Screen
from course.widgets.descent import Descent
from course.widgets.loss_curve import LossCurve

BYTES = ("png", "changes")
#: The bytes of a trait arrive as a DataView, and seldom at the start of their buffer.
VIEW = """window.view = text => {
  const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0)), all = new Uint8Array(bytes.length + 3);
  all.set(bytes, 3);
  return new DataView(all.buffer, 3);
};"""


def noise(share, seed=0, size=(60, 80)):
    """A picture of which a share differs from a white one."""
    rng = np.random.default_rng(seed)
    pixels = np.full((*size, 4), 255, dtype=np.uint8)
    differ = rng.random(size) < share
    pixels[differ, :3] = rng.integers(0, 255, size=(differ.sum(), 3))
    return pixels


def test_few_changes_are_sent_as_they_are_and_many_as_a_whole_picture(monkeypatch):
    monkeypatch.setattr("course.widgets.common.screen.MOST", 500)
    screen = Screen(width=80, height=60)
    screen.show(noise(0), "white")
    white = screen.png
    assert white.startswith(b"\x89PNG") and screen.changes == b""
    for share in (0.02, 0.08, 0.0):
        screen.show(noise(share, seed=3), "some")
        differ = np.any(noise(share, seed=3) != noise(0), axis=-1).sum()
        assert screen.png is white and len(screen.changes) == 8 * differ
        assert np.array_equal(screen.pixels(), noise(share, seed=3).view("<u4")[..., 0])
    screen.show(noise(0.5), "many")
    assert screen.png == pack(noise(0.5)) and screen.changes == b"" and screen.text == "many"
    screen.show(noise(0.52, seed=0), "more")
    assert np.array_equal(screen.pixels(), noise(0.52, seed=0).view("<u4")[..., 0])


def test_a_picture_is_packed_once_and_not_at_all_when_little_has_changed(monkeypatch):
    monkeypatch.setattr("course.widgets.common.screen.MOST", 500)
    packed = []
    monkeypatch.setattr(
        "course.widgets.common.screen.pack",
        lambda pixels: packed.append(pixels.copy()) or pack(pixels),
    )
    screen, still = Screen(width=80, height=60), noise(0)
    for pixels, background, whole in (
        (noise(0.05), still, still),  # what stands still is sent, and what lies over it
        (noise(0.08), still, None),
        (noise(0.9), still, noise(0.9)),
        (noise(0.7), noise(0.01), noise(0.7)),  # too far from what stands still
    ):
        packed.clear()
        screen.show(pixels, "dots", background)
        assert len(packed) == (whole is not None) and all(
            np.array_equal(one, whole) for one in packed
        )
        assert np.array_equal(screen.pixels(), pixels.view("<u4")[..., 0])


def test_a_slider_that_moves_a_mark_sends_little():
    picture = LossCurve()
    picture.z.value = -2.9  # now it is known what moves
    whole = picture.screen.png
    for z in (-2.0, 0.0, 5.0):
        picture.z.value = z
        assert picture.screen.png is whole and 0 < len(picture.screen.changes) < 8 * MOST
        assert np.array_equal(picture.screen.pixels(), picture._blit.rgba().view("<u4")[..., 0])


class Shown:
    """A screen on a page."""

    def __init__(self, page, screen):
        self.page, self.screen = page, screen
        state = {
            name: value
            for name in screen.keys
            if not name.startswith("_")
            and isinstance(value := getattr(screen, name), (str, int, bool))
        }
        literal = (
            json.dumps(state)[:-1]
            + "".join(f', "{name}": view("{self.coded(name)}")' for name in BYTES)
            + "}"
        )
        page.set_content(
            PAGE.replace("const listeners", VIEW + "const listeners")
            % (screen._css, literal, base64.b64encode(screen._esm.encode()).decode())
        )
        page.wait_for_selector(".bp-screen[data-frames]")

    def coded(self, name):
        return base64.b64encode(getattr(self.screen, name)).decode()

    def send(self):
        """Set what is new in one go, as a message of the kernel does."""
        new = [[name, self.coded(name)] for name in BYTES]
        self.page.evaluate(
            """([bytes, rest]) => {
              for (const [name, text] of bytes) {
                const data = view(text), old = model.state[name];
                if (old.byteLength === data.byteLength && [...Array(data.byteLength).keys()].every(k => old.getUint8(k) === data.getUint8(k))) continue;
                model.state[name] = data;
                (listeners["change:" + name] || []).forEach(listener => listener());
              }
              for (const [name, value] of Object.entries(rest)) model.set(name, value);
            }""",
            [new, {"text": self.screen.text, "error": self.screen.error}],
        )

    def pixels(self):
        """What stands on the canvas, (height, width, 4)."""
        said = self.screen.error or self.screen.text
        self.page.wait_for_function(
            "said => document.querySelector('.bp-screen-words').textContent === said", arg=said
        )
        coded = self.page.evaluate(
            """() => { const c = document.querySelector("canvas"), data = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
              let text = ""; for (const byte of data) text += String.fromCharCode(byte); return btoa(text); }"""
        )
        return np.frombuffer(base64.b64decode(coded), np.uint8).reshape(
            self.screen.height, self.screen.width, 4
        )

    def agrees(self):
        """Whether the page shows the picture: the same transparency, and the colours as far as it
        lets one see them."""
        mine, theirs = (
            self.screen.pixels()
            .view(np.uint8)
            .reshape(self.screen.height, self.screen.width, 4)
            .astype(int),
            self.pixels().astype(int),
        )
        # a canvas keeps colours multiplied by their opacity
        seen = lambda pixels: pixels[..., :3] * pixels[..., 3:] / 255
        return (
            np.array_equal(mine[..., 3], theirs[..., 3])
            and np.abs(seen(mine) - seen(theirs)).max() <= 1.5
        )


@pytest.mark.browser
@pytest.mark.parametrize(
    "picture, slider, values",
    [(LossCurve, "z", (-2.9, 0.0, 6.5, -3.0)), (Descent, "eta", (0.5, 1.2, 0.1))],
)
def test_the_browser_shows_what_python_drew(browser_page, picture, slider, values):
    picture = picture()
    shown = Shown(browser_page, picture.screen)
    assert shown.agrees()
    for value in values:
        getattr(picture, slider).value = value
        shown.send()
        assert shown.agrees(), value
    assert browser_page.errors == []


@pytest.mark.browser
def test_what_arrives_while_a_whole_picture_is_decoded_is_shown_last(browser_page, monkeypatch):
    monkeypatch.setattr("course.widgets.common.screen.MOST", 500)
    screen = Screen(width=80, height=60, lines=1)
    screen.show(noise(0), "0")
    shown = Shown(browser_page, screen)
    for k, share in enumerate((0.5, 0.51, 0.01, 0.9, 0.0, 0.02, 0.7, 0.71), start=1):
        screen.show(noise(share, seed=1), str(k))
        shown.send()
    assert shown.agrees()
    frames = browser_page.get_attribute(".bp-screen", "data-frames")
    browser_page.wait_for_timeout(200)
    assert (
        browser_page.get_attribute(".bp-screen", "data-frames") == frames == "9" and shown.agrees()
    )
    browser_page.evaluate("close_widget()")
    assert browser_page.evaluate("listening()") == 0
    assert browser_page.errors == []


@pytest.mark.browser
def test_an_error_stands_in_place_of_the_words_and_the_picture_stays(browser_page):
    screen = Screen(width=80, height=60, lines=1, what="some dots")
    screen.show(noise(0.1), "all is well")
    shown = Shown(browser_page, screen)
    screen.error = "This picture could not be redrawn."
    shown.send()
    assert shown.agrees() and browser_page.locator(".bp-screen-error").count() == 1
    browser_page.wait_for_function(
        "document.querySelector('[role=status]').textContent.startsWith('This picture could not')"
    )
    screen.show(noise(0.2), "all is well again")
    shown.send()
    assert shown.agrees() and browser_page.locator(".bp-screen-error").count() == 0
    picture = browser_page.locator("canvas")
    assert (picture.get_attribute("role"), picture.get_attribute("aria-label")) == (
        "img",
        "some dots",
    )
