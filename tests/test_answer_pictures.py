"""Pictures that a student names in an answer: put into the page however they are named, and nothing
else of the machine is."""

import base64
import io
import os
import unicodedata

import matplotlib.pyplot as plt
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.plugins.pages.outputs import CleanOutputs
from autograder.plugins.pages.pictures import LONGEST_TAG, NotAtHand, source
from autograder.plugins.pages.safe import render

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' onload="alert(1)"><script>alert(2)</script><image xlink:href="http://far.invalid/x.png"/><a'
    ' xlink:href="javascript:alert(3)"><circle r="3" fill="red"/></a></svg>'
)


def pixels():
    file = io.BytesIO()
    figure = plt.figure(figsize=(0.1, 0.1))
    figure.savefig(file)
    plt.close(figure)
    return file.getvalue()


PNG = pixels()
CODED = "data:image/png;base64," + base64.b64encode(PNG).decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A submission with pictures, beside another student's."""
    root = tmp_path_factory.mktemp("class")
    mine, others = root / "ada", root / "bob"
    (mine / "img").mkdir(parents=True)
    others.mkdir()
    for name in (
        "figure.png",
        "my figure.png",
        "100%25.png",
        unicodedata.normalize("NFD", "Zürich.png"),
        "img/deep.png",
        "photo.JPG",
    ):
        (mine / name).write_bytes(PNG)
    (mine / "drawing.svg").write_text(SVG, encoding="utf-8")
    (mine / "entities.svg").write_text(
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', encoding="utf-8"
    )
    (mine / "notes.png").write_text("TOPSECRET", encoding="utf-8")
    (others / "secret.png").write_bytes(PNG)
    (mine / "link.png").symlink_to(others / "secret.png")
    (mine / "linked").symlink_to(others)
    os.mkfifo(mine / "pipe.png")
    return mine


NAMES = ["figure.png", "./figure.png", "my%20figure.png", "my figure.png", "FIGURE.PNG", "img/deep.png", ".\\img\\deep.png", "figure.png?raw=true",
         unicodedata.normalize("NFC", "Zürich.png"), "photo.jpg", "img//deep.png", "100%25.png"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_was_handed_in_is_found_however_its_name_is_written(folder, name):
    assert source(name, folder) == CODED


@pytest.mark.parametrize("name", [
    "../bob/secret.png", "img/../../bob/secret.png", "%2e%2e/bob/secret.png", "..\\bob\\secret.png", "link.png", "linked/secret.png", "pipe.png",
    "/etc/hostname", "file:///etc/hostname", "//far.invalid/x.png", "http://far.invalid/x.png", "notes.png", "img", "", ".", "figure.png\0", "entities.svg",
    "missing.png", "attachment:figure.png", "data:text/html;base64,PHNjcmlwdD4=",
])  # fmt: skip
def test_nothing_but_a_picture_of_the_submission_is_read(folder, name):
    with pytest.raises(NotAtHand):
        source(name, folder)


TAGS = ['<img src="figure.png">', "<img src='figure.png' width=300 style='width: 50%'>", "<IMG SRC=figure.png />", '<p align="center"><img\nalt="a > b"\nsrc="figure.png"></p>',
        "![it](figure.png)", "![it](<my figure.png>)", '![it](my%20figure.png "title")', "text <img src=figure.png> text", "| a |\n|---|\n| <img src='figure.png'> |"]  # fmt: skip


@pytest.mark.parametrize("text", TAGS)
def test_a_picture_is_in_the_page_whether_written_as_html_or_as_markdown(folder, text):
    html = render(text, {}, str(folder))
    assert html.count(CODED) == 1
    assert "figure.png" not in html


def test_width_and_words_of_a_tag_stay(folder):
    html = render(
        '<img src="figure.png" alt="the loss &amp; more" width="300" height="20"'
        ' onerror="alert(1)">',
        {},
        str(folder),
    )
    for kept in ('alt="the loss &amp; more"', 'width="300"', 'height="20"'):
        assert kept in html
    assert "onerror" not in html


def test_a_picture_that_is_not_there_is_named_with_the_reason(folder):
    for text in ('<img src="missing.png" alt="my loss">', "![my loss](missing.png)"):
        assert "[picture: my loss (missing.png): no such file was handed in]" in render(
            text, {}, str(folder)
        )
    assert "no picture that a page can show" in render('<img src="notes.png">', {}, str(folder))
    assert "TOPSECRET" not in render('<img src="notes.png">', {}, str(folder))
    assert '<a href="http://far.invalid/x.png">[picture: far]</a>' in render(
        '<img src="http://far.invalid/x.png" alt="far">', {}, str(folder)
    )


def test_an_svg_drawing_is_shown_without_scripts_and_fetches_nothing(folder):
    html = render('<img src="drawing.svg">', {}, str(folder))
    coded = html.partition("data:image/svg+xml;base64,")[2].partition('"')[0]
    drawn = base64.b64decode(coded).decode()
    assert "circle" in drawn and drawn.startswith("<svg")
    for dangerous in ("script", "onload", "far.invalid", "alert"):
        assert dangerous not in drawn


def test_attachments_are_found_by_a_tag_too(folder):
    attached = {"my image.png": {"image/png": CODED.partition(",")[2]}}
    for text in ("![x](attachment:my%20image.png)", '<img src="attachment:my image.png">'):
        assert CODED in render(text, attached, str(folder))


def test_an_attached_svg_stays_and_is_harmless():
    coded = base64.b64encode(SVG.encode()).decode()
    nb = new_notebook(
        cells=[
            new_markdown_cell(
                "![](attachment:a.svg)", attachments={"a.svg": {"image/svg+xml": coded}}
            )
        ]
    )
    nb, _ = CleanOutputs().preprocess(nb, {})
    kept = base64.b64decode(nb.cells[0].attachments["a.svg"]["image/svg+xml"])
    assert b"circle" in kept and b"script" not in kept


def test_a_picture_that_a_cell_shows_by_its_name_is_in_the_page(folder):
    shown = new_output(
        "display_data", {"text/html": '<img src="figure.png"/>', "text/plain": "<Image>"}
    )
    nb = new_notebook(cells=[new_code_cell("Image(url='figure.png')", outputs=[shown])])
    nb, _ = CleanOutputs().preprocess(nb, {"metadata": {"path": str(folder)}})
    assert CODED in nb.cells[0].outputs[0].data["text/html"]


def test_odd_tags_neither_stop_nor_slow_a_page(folder):
    for text in (
        '<img src="figure.png',
        "<img " * 20_000,
        '<img src="' + "x" * LONGEST_TAG + '">',
        "<img src>",
        "<imgsrc=figure.png>",
        '<img title="<img src=figure.png>">',
    ):
        assert '<img src="figure.png' not in render(text, {}, str(folder))
