"""The distribution of points, drawn as SVG: the table beside it says the same in words."""

from __future__ import annotations

from collections.abc import Sequence

WIDE, HIGH, BASE, TOP = 640, 200, 160, 22


def histogram(bins: Sequence[tuple[float, float, int]]) -> str:
    """Bars for (from, to, count); an empty text where there is nothing to draw.

    Colours come from the page's style: the bars have the class ``bar``, lines ``axis``.
    """
    tallest = max((count for *_, count in bins), default=0)
    if not tallest:
        return ""
    step = WIDE / len(bins)
    drawn = [
        f'<line class="axis" x1="0" y1="{BASE}" x2="{WIDE}" y2="{BASE}"/>',
        *(_bar(k, count, tallest, step) for k, (*_, count) in enumerate(bins) if count),
        *(_edge(k * step, low, k) for k, (low, _, _) in enumerate(bins)),
        _edge(WIDE, bins[-1][1], len(bins)),
        f'<text class="label" x="{WIDE / 2:g}" y="{HIGH - 4}" text-anchor="middle">points</text>',
    ]
    return (
        f'<svg viewBox="-14 0 {WIDE + 28} {HIGH}" role="img"'
        ' aria-label="How many submissions have how many points. The table below has the numbers.">'
        f"{''.join(drawn)}</svg>"
    )


def _bar(k: int, count: int, tallest: int, step: float) -> str:
    high = (BASE - TOP) * count / tallest
    x, top = k * step + 3, BASE - high
    return (
        f'<rect class="bar" x="{x:.1f}" y="{top:.1f}" width="{step - 6:.1f}" height="{high:.1f}"/>'
        f'<text class="count" x="{x + step / 2 - 3:.1f}" y="{top - 5:.1f}"'
        f' text-anchor="middle">{count}</text>'
    )


def _edge(x: float, value: float, k: int) -> str:
    """The points at an edge between bars; every second one, so that they do not touch."""
    if k % 2:
        return ""
    return (
        f'<text class="label" x="{x:.1f}" y="{BASE + 17}" text-anchor="middle">{value:.3g}</text>'
    )
