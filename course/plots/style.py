"""What every picture shares: one type scale, one kind of axes, one kind of legend.

A figure has 100 pixels an inch, so that a size of 9.5 points is 13 pixels on the screen.
"""

from __future__ import annotations

from typing import Literal, TypeVar, cast

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.legend import Legend
from matplotlib.patches import Patch
from matplotlib.text import Text

from course.plots.palette import LIGHT, SIGNED_STOPS

Put = TypeVar("Put", bound=Patch | Collection)

#: The type scale, in points.
TITLE, LABEL, TICK, NOTE = 11.5, 11.0, 10.0, 9.5

#: Signed numbers: purple below 0, white at 0, orange above.
SIGNED = LinearSegmentedColormap.from_list("signed", SIGNED_STOPS)

#: Shares of something bad, from none to all.
ERRORS = LinearSegmentedColormap.from_list("errors", ("#ffffff", "#e3b9d0", LIGHT.error))

#: Grey that is seen on a light and on a dark page, for lines and bands that only guide the eye.
GUIDE = {"color": "#808080", "alpha": 0.25, "linewidth": 0.8}
BAND = {"color": "#808080", "alpha": 0.12, "linewidth": 0}

#: The line that stands where the slider is.
CURSOR = {"color": "#808080", "linewidth": 1.2, "zorder": 1.5}


def on_errors(share: float) -> str:
    """The colour of text on a cell of `ERRORS`."""
    return LIGHT.paper if share > 0.82 else LIGHT.ink


def dress(ax: Axes, grid: bool = True, spines: tuple[str, ...] = ("left", "bottom")) -> None:
    """Give axes the look of all pictures: no background, only the `spines` named, readable numbers
    and names."""
    ax.patch.set_alpha(0)
    ax.set_axisbelow(True)
    ax.tick_params(which="both", labelsize=TICK, color=LIGHT.weight, labelcolor=LIGHT.ink)
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set(size=LABEL, color=LIGHT.ink)
    if grid:
        ax.grid(True, which="major", **GUIDE)
    for side, spine in ax.spines.items():
        spine.set(visible=side in spines, color=LIGHT.weight)


def put(ax: Axes, artist: Put) -> Put:
    """Add a patch or a collection to axes, and give it back as what it is."""
    if isinstance(artist, Collection):
        ax.add_collection(artist)
    else:
        ax.add_patch(artist)
    return artist


def home(artist: Artist) -> Axes:
    """The axes that an artist was put on."""
    return cast("Axes", artist.axes)


def head(ax: Axes, text: str = "", loc: Literal["left", "center", "right"] = "left") -> Text:
    """Write the title of axes."""
    return ax.set_title(text, fontsize=TITLE, color=LIGHT.ink, loc=loc)


def key(ax: Axes, **how) -> Legend:
    """Write a legend. It lies below whatever moves and is not drawn again with it; `how` goes to
    `Axes.legend`."""
    legend = ax.legend(**({"frameon": False, "fontsize": NOTE, "labelcolor": LIGHT.ink} | how))
    legend.set_zorder(0.6)
    return legend


def key_above(ax: Axes, columns: int, **how) -> Legend:
    """Write a legend in one row above the axes."""
    return key(
        ax,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=columns,
        columnspacing=1.3,
        handletextpad=0.5,
        **how,
    )
