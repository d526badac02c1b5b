"""Figures in a person's notebook have twice the pixels; elsewhere they stay as they are."""

from __future__ import annotations

import base64

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

FIRST = {
    "pyplot first": "import matplotlib.pyplot as plt\nplt.plot([1]); plt.show()\nimport course",
    "course first": "import course\nimport matplotlib.pyplot as plt",
}
DRAW = "plt.figure(figsize=(4, 2), dpi=50)\nplt.plot([0, 1])\nplt.show()"


def drawn(monkeypatch, tmp_path, first, session):
    """The width in pixels of a figure 4 inches wide, and the width that it is shown at."""
    for name, value in {"JPY_SESSION_NAME": session, "IPYTHONDIR": str(tmp_path)}.items():
        monkeypatch.delenv(name, raising=False)
        if value:
            monkeypatch.setenv(name, value)
    nb = new_notebook(cells=[new_code_cell(first), new_code_cell(DRAW)])
    NotebookClient(nb, timeout=120, kernel_name="python3").execute()
    (output,) = [o for o in nb.cells[1].outputs if "image/png" in o.get("data", {})]
    nbformat.validate(nb)
    header = base64.b64decode(output.data["image/png"])[:24]
    return int.from_bytes(header[16:20], "big"), output.metadata.get("image/png", {}).get("width")


@pytest.mark.parametrize("first", FIRST.values(), ids=FIRST)
def test_a_figure_has_twice_the_pixels_it_is_shown_at(monkeypatch, tmp_path, first):
    pixels, shown = drawn(monkeypatch, tmp_path, first, "a-lesson.ipynb")
    assert shown is not None
    assert abs(pixels - 2 * shown) <= 1


def test_where_no_person_is_it_stays_small(monkeypatch, tmp_path):
    pixels, shown = drawn(monkeypatch, tmp_path, FIRST["pyplot first"], "")
    assert shown is None
    assert pixels < 250


def test_whoever_has_chosen_a_format_keeps_it(monkeypatch, tmp_path):
    chosen = "%config InlineBackend.figure_formats = set(['png'])\n"
    first = "get_ipython().config.InlineBackend.figure_formats = {'png'}\n" + FIRST["course first"]
    assert drawn(monkeypatch, tmp_path, first, "a-lesson.ipynb")[1] is None
    later = "import course\n" + chosen + "import matplotlib.pyplot as plt"
    assert drawn(monkeypatch, tmp_path, later, "a-lesson.ipynb")[1] is None
