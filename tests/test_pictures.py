"""What all pictures that Python draws share: palette, type scale, quick drawing, a still image,
buttons that play."""

import base64
import io
from itertools import combinations

import gallery
import ipywidgets as widgets
import numpy as np
import pytest
from matplotlib.colors import same_color, to_rgb
from matplotlib.text import Text
from PIL import Image

from course.plots import palette, style
from course.plots.blit import pack
from course.plots.palette import LIGHT, SERIES
from course.widgets.batchnorm_graph import BatchNormGraph
from course.widgets.descent import Descent
from course.widgets.loss_curve import LossCurve
from course.widgets.neuron_trainer import NeuronTrainer
from course.widgets.optimiser_race import OptimiserRace
from course.widgets.signal_through_depth import SignalThroughDepth
from course.widgets.xor_regions import XorRegions

DRAWN = [shown for shown in gallery.GALLERY if not shown.in_browser]
NAMES = ("value", "gradient", "weight", "target", "error", "ink")


@pytest.fixture(scope="module")
def pictures():
    names, made = gallery.made(), {}

    def get(shown):
        if shown.name not in made:
            made[shown.name] = eval(shown.code, names)
        return made[shown.name]

    return get


def every(shown):
    return pytest.mark.parametrize("shown", shown, ids=lambda shown: shown.name)


# ---- colours

#: Linear RGB as seen without one kind of cones: Machado, Oliveira, Fernandes, "A
#: physiologically-based model for simulation of color vision deficiency" (2009), severity 1.
SIGHTS = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(colour):
    c = np.array(to_rgb(colour))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ) @ np.clip(rgb, 0, 1)
    f = np.where((t := xyz / [0.9505, 1, 1.089]) > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHTS)
def test_compared_curves_are_told_apart_by_every_colour_vision(sight):
    seen = [lab(SIGHTS[sight] @ linear(series.colour)) for series in SERIES]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 35


def test_compared_curves_are_told_apart_without_colour():
    assert (
        len({series.marker for series in SERIES})
        == len({str(series.dashes) for series in SERIES})
        == len(SERIES)
    )


def test_no_series_has_a_colour_with_a_meaning_and_all_can_be_read_on_paper():
    for series in SERIES:
        assert not any(
            same_color(series.colour, getattr(LIGHT, name)) for name in NAMES if name != "ink"
        )
        assert 1.05 / (linear(series.colour) @ [0.2126, 0.7152, 0.0722] + 0.05) >= 4.5


def test_both_ends_of_the_signed_map_are_equally_dark():
    low, high = (
        np.array(to_rgb(palette.SIGNED_STOPS[end])) @ [0.2126, 0.7152, 0.0722] for end in (0, -1)
    )
    assert low == pytest.approx(high, abs=0.07)
    assert style.SIGNED(0.5)[:3] == pytest.approx((1, 1, 1), abs=0.02)


@every(DRAWN)
def test_text_has_a_size_of_the_type_scale_and_a_colour_of_the_palette(pictures, shown):
    figure = pictures(shown).figure
    figure.draw_without_rendering()
    colours = [getattr(LIGHT, name) for name in (*NAMES, "paper", "faint")] + [
        series.colour for series in SERIES
    ]
    for text in figure.findobj(
        lambda artist: (
            isinstance(artist, Text) and artist.get_text().strip() and artist.get_visible()
        )
    ):
        assert 8.5 <= text.get_fontsize() <= 1.6 * style.LABEL, text
        assert any(same_color(text.get_color(), colour) for colour in colours), (
            text,
            text.get_color(),
        )


@every(DRAWN)
def test_the_page_shows_through_every_picture(pictures, shown):
    picture = pictures(shown)
    assert picture.figure.patch.get_alpha() == 0
    assert {ax.patch.get_alpha() for ax in picture.figure.axes} == {0}
    image = Image.open(io.BytesIO(picture.png()))
    assert image.getpixel((0, 0))[3] == 0


@every(DRAWN)
def test_where_no_page_is_known_the_picture_lies_on_white_paper(pictures, shown):
    data = base64.b64decode(pictures(shown)._repr_mimebundle_()["image/png"])
    image = np.array(Image.open(io.BytesIO(data)))
    assert (image[..., 3] == 255).all() and (image[0, 0, :3] == 255).all()


# ---- drawing


def test_a_packed_picture_is_read_by_others_pixel_for_pixel():
    pixels = np.random.default_rng(1).integers(0, 256, (13, 29, 4)).astype(np.uint8)
    assert np.array_equal(np.array(Image.open(io.BytesIO(pack(pixels)))), pixels)


def sliders(picture):
    return [
        c
        for c in gallery.controls(picture)
        if isinstance(c, (widgets.IntSlider, widgets.FloatSlider, widgets.SelectionSlider))
    ]


def places(slider, count=16):
    if isinstance(slider, widgets.SelectionSlider):
        stops = slider.options
        return [
            stop[1] if isinstance(stop, tuple) else stop
            for stop in (stops[round(k)] for k in np.linspace(0, len(stops) - 1, count))
        ]
    kind = int if isinstance(slider, widgets.IntSlider) else float
    return [kind(value) for value in np.linspace(slider.min, slider.max, count)]


SLID = [shown for shown in DRAWN if shown.name not in ("training-monitor", "activation-gallery")]


@every(SLID)
def test_a_slider_that_is_moved_leaves_what_stands_still(pictures, shown):
    picture = pictures(shown)
    for slider in sliders(picture):
        seen, before = places(slider), slider.value
        slider.value = seen[1]
        drawn = picture._blit.full
        for value in seen:
            slider.value = value
        # an axis may grow in a few leaps
        assert picture._blit.full - drawn <= 6, slider.description
        slider.value = before


def test_an_error_in_a_callback_is_shown_and_the_last_picture_stays():
    picture = Descent()
    seen = picture.screen.pixels().tobytes()

    def fail():
        raise ZeroDivisionError("no such step")

    picture.text = fail
    picture.eta.value = 0.7
    assert "ZeroDivisionError: no such step" in picture.screen.error
    assert picture.screen.pixels().tobytes() == seen
    del picture.text
    picture.eta.value = 0.8
    assert picture.screen.error == "" and picture.screen.pixels().tobytes() != seen


# ---- buttons that play


@pytest.mark.parametrize(
    "kind, slider", [(OptimiserRace, "step"), (Descent, "steps"), (NeuronTrainer, "epoch")]
)
def test_a_page_opens_where_the_slider_stands_and_every_step_can_be_played(
    kind, slider, monkeypatch
):
    links = []
    monkeypatch.setattr(widgets, "jslink", lambda *ends: links.append(ends))
    picture = kind()
    control, play = getattr(picture, slider), picture.play
    assert (play.min, play.max, play.value, play.step) == (
        control.min,
        control.max,
        control.value,
        1,
    )
    # on opening, the browser copies the first to the second
    assert links == [((control, "value"), (play, "value"))]


def test_pictures_of_something_that_happens_begin_before_it():
    race, xor, walk = OptimiserRace(), XorRegions(), BatchNormGraph()
    assert race.step.value == race.play.value == 0 and "after 0 steps" in race.text()
    assert xor.step.value == 0 and "after 0 steps" in xor.text()
    assert walk.steps.value == 0 and "Only the values of the forward pass" in walk.text()


def test_curves_tell_nothing_of_what_is_to_come():
    race, xor = OptimiserRace(), XorRegions()
    race.step.value, xor.step.value = 30, 0
    assert all(len(curve.get_xdata()) == 31 for curve in race._loss.curves.values())
    assert list(xor._error.get_xdata()) == [0]


# ---- a screen with more pixels


def test_a_finer_screen_is_given_as_many_pixels_and_the_stored_picture_stays_as_it_is():
    picture = BatchNormGraph()
    stored = picture.still()
    picture.screen.ratio = 2.0
    assert Image.open(io.BytesIO(picture.png())).size == (
        2 * picture.screen.width,
        2 * picture.screen.height,
    )
    assert picture.still() == stored and picture.screen.ratio == 2
    picture.steps.value = 4
    assert picture.screen.error == "" and picture.screen.pixels().shape == (
        2 * picture.screen.height,
        2 * picture.screen.width,
    )


def test_on_a_finer_screen_few_changes_are_still_sent_as_they_are():
    picture = LossCurve()
    picture.screen.ratio = 2.0
    picture.z.value = 1.0
    picture.z.value = 1.1
    whole = picture.screen.png
    picture.z.value = 1.2
    assert picture.screen.png is whole and len(picture.screen.changes) > 0
    assert np.array_equal(
        picture.screen.pixels(), np.ascontiguousarray(picture._blit.rgba()).view("<u4")[..., 0]
    )


# ---- two layers have no layer between them


def test_no_layer_is_shown_twice():
    picture = SignalThroughDepth()
    for layers in (2, 3, 50):
        picture.layers.value = layers
        titles = [ax.get_title(loc="left") for ax in picture._histogram_axes if ax.get_visible()]
        assert len(titles) == len(set(titles)) == min(layers, 3)
        assert f"{layers} layers" in picture.text() and titles[-1].endswith(f"layer {layers}")
