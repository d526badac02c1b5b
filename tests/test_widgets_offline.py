"""Every picture of the lessons without a browser: one figure, no growth, the same pixels by the
quick way and the long one.

"A change" is one thing that a reader may do, such as moving a slider anywhere (`gallery.change`).
Each picture goes through its changes in a cycle of a few: what it keeps of earlier runs is full
after the first, and anything more would be a leak. Two pictures are led through 1,000 changes, the
others through 20 that are watched more closely.
"""

import base64
import gc
import io
import re
import time
import tracemalloc

import anywidget
import gallery
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import psutil
import pytest
from gallery import GALLERY
from matplotlib.figure import Figure
from nbclient import NotebookClient
from PIL import Image

from course.plots.blit import unhinted
from course.widgets.common.picture import Picture

CYCLE = 5  # different states that a picture is led through
DRAWN = [shown for shown in GALLERY if not shown.in_browser]
GROWTH = 200_000  # bytes; a single PNG or a copy of an image would be more, 1,000 times


@pytest.fixture(scope="module")
def names():
    return gallery.made()


@pytest.fixture
def picture(names, shown):
    return eval(shown.code, names)


def every(shown):
    return pytest.mark.parametrize("shown", shown, ids=lambda shown: shown.name)


def bundle(picture):
    found = picture._repr_mimebundle_()
    return found[0] if isinstance(found, tuple) else found


def colours(png):
    image = Image.open(io.BytesIO(png))
    return image.size, len(image.convert("RGB").getcolors(maxcolors=2**24))


def words(picture):
    return (
        picture.text()
        if hasattr(picture, "text") and callable(picture.text)
        else picture.describe()
    )


# ---- the table


def test_the_gallery_holds_every_picture_of_the_lessons():
    assert {shown.code for shown in GALLERY} == gallery.shown_in_lessons()
    assert len({shown.name for shown in GALLERY}) == len(GALLERY)


@every(GALLERY)
def test_a_picture_is_drawn_by_python_on_one_screen_or_by_the_browser(picture, shown):
    assert isinstance(picture, Picture) != shown.in_browser
    assert isinstance(picture, anywidget.AnyWidget) == shown.in_browser


# ---- where there is no browser


@every(GALLERY)
def test_without_a_browser_there_are_a_picture_and_words_that_follow(picture, shown):
    rng, said = np.random.default_rng(1), set()
    for _ in range(4):
        data = bundle(picture)
        assert "application/vnd.jupyter.widget-view+json" in data
        (width, height), different = colours(base64.b64decode(data["image/png"]))
        assert width >= 500 and height >= 200 and different > 30
        assert data["text/plain"].strip()
        said.add(data["text/plain"])
        gallery.change(picture, rng)
    assert len(said) > 1 or not (gallery.controls(picture) or not isinstance(picture, Picture))


def test_a_run_without_a_browser_ends_in_time_and_raises_nothing():
    cells = [gallery.preparation(), *(shown.code for shown in GALLERY)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    started = time.monotonic()
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    assert time.monotonic() - started < 120
    for shown, cell in zip(GALLERY, notebook.cells[1:], strict=True):
        kinds = [output.output_type for output in cell.outputs if output.output_type != "stream"]
        assert kinds == ["execute_result"], (shown.name, kinds)
        assert {"image/png", "text/plain"} <= cell.outputs[-1].data.keys()


# ---- one figure, no growth


def lead_through(picture, times=1):
    """The same few changes, again and again."""
    for _ in range(times):
        for seed in range(CYCLE):
            gallery.change(picture, np.random.default_rng(seed))
    gc.collect()


@pytest.fixture
def figures(monkeypatch):
    """Every figure that is made from now on."""
    made, original = [], Figure.__init__
    monkeypatch.setattr(
        Figure,
        "__init__",
        lambda self, *args, **kwargs: (made.append(self), original(self, *args, **kwargs))[1],
    )
    return made


@every(GALLERY)
def test_changes_make_no_figure_and_let_nothing_grow(names, shown, figures):
    picture = eval(shown.code, names)
    assert len(figures) <= 1
    lead_through(picture, 2)
    artists = [len(figure.findobj()) for figure in figures]
    tracemalloc.start()
    try:
        lead_through(picture)
        before = tracemalloc.get_traced_memory()[0]
        lead_through(picture, max(2, shown.changes // CYCLE) - 1)
        assert tracemalloc.get_traced_memory()[0] - before < GROWTH
    finally:
        tracemalloc.stop()
    assert len(figures) <= 1 and not plt.get_fignums()
    assert [len(figure.findobj()) for figure in figures] == artists


@every([shown for shown in DRAWN if shown.name in ("loss-curve", "vanishing-gradients")])
def test_a_thousand_changes_leave_one_figure_and_the_memory_of_the_first(names, shown, figures):
    picture, process = eval(shown.code, names), psutil.Process()
    lead_through(picture, 5)
    objects, size, artists = (
        len(gc.get_objects()),
        process.memory_info().rss,
        len(picture.figure.findobj()),
    )
    lead_through(picture, 1000 // CYCLE)
    assert len(figures) == 1 and len(picture.figure.findobj()) == artists
    assert len(gc.get_objects()) - objects < 200
    assert process.memory_info().rss - size < 10 * 2**20


# ---- the quick way to draw


def drawn_in_full(blit):
    """The pixels when nothing is kept from before; the quick way finds everything as it left it."""
    moving = [artist for artist in blit.figure.findobj() if artist.get_animated()]
    for artist in moving:
        artist.set_animated(False)
    with unhinted():
        blit.figure.canvas.draw()
    pixels = np.array(blit.figure.canvas.buffer_rgba())
    for artist in moving:
        artist.set_animated(True)
    return pixels


@every(DRAWN)
def test_the_quick_way_gives_the_pixels_of_the_long_one(picture, shown):
    rng, blit = np.random.default_rng(3), picture._blit
    for _ in range(5):
        for _ in range(3):
            gallery.change(picture, rng)
        quick = np.array(blit.rgba()).astype(int)
        off = np.abs(quick - drawn_in_full(blit)).max(axis=-1)
        assert off.max() <= 2, (
            f"{np.sum(off > 2)} pixels differ, by up to {off.max()}; controls:"
            f" {[c.value for c in gallery.controls(picture)]}"
        )
    assert blit.quick or not gallery.controls(picture)


# ---- what fails is shown


@every([shown for shown in DRAWN if shown.name != "activation-gallery"])
def test_what_fails_is_shown_and_the_next_good_change_clears_it(picture, shown, monkeypatch):
    def fail():
        raise ZeroDivisionError("no such step")

    control = next(control for control in gallery.controls(picture) if hasattr(control, "value"))
    rng, first = np.random.default_rng(0), control.value
    with monkeypatch.context() as broken:
        broken.setattr(picture, "move", fail)
        last = picture.screen.pixels().tobytes()
        while control.value == first:
            gallery.move(control, rng)
        assert "ZeroDivisionError: no such step" in picture.screen.error
        assert picture.screen.pixels().tobytes() == last
    control.value = first
    assert picture.screen.error == "" and picture.screen.text == picture.text()


# ---- extremes


@pytest.mark.parametrize(
    ("shown", "settings", "says"),
    [(s, settings, says) for s in GALLERY for settings, says in s.extremes],
    ids=lambda part: getattr(part, "name", ""),
)
def test_extremes_are_shown_and_said(picture, shown, settings, says):
    gallery.put(picture, settings)
    assert re.search(says, words(picture), flags=re.S), words(picture)
    assert shown.in_browser or picture.screen.error == ""
    _, different = colours(base64.b64decode(bundle(picture)["image/png"]))
    assert different > 30
