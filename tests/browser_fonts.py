"""The fonts of the tests' browser: those that matplotlib brings, and no others, so that every
machine shows the same letters.

Chromium on Linux asks fontconfig for its fonts, and fontconfig reads the file that
``FONTCONFIG_FILE`` names. Nothing on a page has to be changed for that: whatever family a style
sheet asks for, there are only these.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import matplotlib

FAMILIES = {
    "sans-serif": "DejaVu Sans",
    "system-ui": "DejaVu Sans",
    "serif": "DejaVu Serif",
    "monospace": "DejaVu Sans Mono",
    "ui-monospace": "DejaVu Sans Mono",
}
#: How letters are drawn, too: the desktop's settings say whether in grey or in colours, and how far
#: they are bent to pixels.
DRAWN = {"antialias": "<bool>true</bool>", "hinting": "<bool>true</bool>", "hintstyle": "<const>hintslight</const>",
         "rgba": "<const>none</const>", "autohint": "<bool>false</bool>", "embeddedbitmap": "<bool>false</bool>"}  # fmt: skip


def configuration(fonts: Path, cache: Path) -> str:
    """A fontconfig file that knows the fonts of one folder."""
    alias = "".join(
        "<alias"
        f" binding='same'><family>{known}</family><prefer><family>{used}</family></prefer></alias>\n"
        for known, used in FAMILIES.items()
    )
    drawn = "".join(
        f"<edit name='{name}' mode='assign'>{value}</edit>\n" for name, value in DRAWN.items()
    )
    return f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<dir>{escape(str(fonts))}</dir>
<cachedir>{escape(str(cache))}</cachedir>
{alias}<match target="font">
{drawn}</match>
</fontconfig>
"""


@functools.cache
def environment() -> dict[str, str]:
    """The environment of a browser that has the pinned fonts; the folder that it names lasts as
    long as this process."""
    folder = Path(tempfile.mkdtemp(prefix="backprop-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    fonts = folder / "fonts"
    fonts.mkdir()
    for font in (Path(matplotlib.get_data_path()) / "fonts" / "ttf").glob("DejaVu*.ttf"):
        (fonts / font.name).symlink_to(font)
    (folder / "fonts.conf").write_text(configuration(fonts, folder / "cache"), encoding="utf-8")
    return {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf")}
