"""The comparison of screenshots: it lets other fonts pass, and nothing else."""

import io

import numpy as np
import pytest
from gallery import GALLERY, SCREENSHOTS
from gallery_pictures import difference
from PIL import Image, ImageFilter

NAMES = [f"{shown.name}-{theme}" for shown in GALLERY for theme in ("light", "dark")]


def load(name):
    return Image.open(SCREENSHOTS / f"{name}.png").convert("RGB")


def png(picture):
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    return buffer.getvalue()


def test_there_is_one_screenshot_of_every_picture_in_each_theme_and_they_are_small():
    sizes = {path.stem: path.stat().st_size for path in SCREENSHOTS.iterdir()}
    assert sorted(sizes) == sorted(NAMES)
    assert max(sizes.values()) < 60_000 and sum(sizes.values()) < 3_000_000


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_a_garbled_and_a_picture_in_the_other_theme_are_told_apart(name):
    picture, reference = load(name), png(load(name))
    pixels = np.asarray(picture)
    blank = Image.new(
        "RGB", picture.size, tuple(int(v) for v in np.median(pixels.reshape(-1, 3), axis=0))
    )
    rows = np.random.default_rng(0).permutation(len(pixels))
    other = name.replace("light", "dark") if "light" in name else name.replace("dark", "light")
    for wrong in (blank, Image.fromarray(pixels[rows]), load(other).resize(picture.size)):
        assert difference(png(wrong), reference) is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_a_little_softer_and_a_little_moved_passes(name):
    picture = load(name).filter(ImageFilter.GaussianBlur(0.7))
    moved = picture.transform(
        picture.size, Image.Transform.AFFINE, (1, 0, 1, 0, 1, 1), fillcolor=picture.getpixel((0, 0))
    )
    assert difference(png(moved), png(load(name))) is None
