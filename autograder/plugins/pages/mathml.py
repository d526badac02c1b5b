r"""Formulas without a script: LaTeX as MathML, which browsers show by themselves, also without the
internet.

The conversion is latex2mathml's. What comes back is taken apart and written anew from known
elements and attributes: the LaTeX may be a student's, and the library passes on whatever stands in
``\text{…}``, ``\href{…}`` or ``\style{…}``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import Converter

LONGEST = 4000
_DEFINES = re.compile(r"\\(?:re|provide)?newcommand|\\[egx]?def(?![a-z])|\\let(?![a-z])")
_ELEMENTS = frozenset(
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle mpadded mphantom menclose msub"
    " msup msubsup munder mover munderover mmultiscripts mprescripts mtable mtr mtd merror".split()
)
_ATTRIBUTES = frozenset(
    "display displaystyle scriptlevel mathvariant mathsize mathcolor mathbackground fence form"
    " stretchy symmetric largeop movablelimits accent accentunder separator minsize maxsize lspace"
    " rspace linethickness width height depth voffset notation columnalign rowspacing columnspacing".split()
)
# the library knows one of these, without numbers
_AS_KNOWN = re.compile(r"\{(?:aligned|align|split|gathered)\}")
_BARS = ("―", "¯", "‾", "‐", "_")
_CLOSING = tuple(")]}|‖!′")
_PLAIN = re.compile(r"[\w .,%#+|-]*")


@lru_cache(maxsize=5_000)  # the lesson's formulas stand in every submission
def mathml(latex: str, display: bool = False) -> str:
    r"""A formula as MathML; as the text it was written in, where it cannot be read.

    Parameters
    ----------
    latex
        What stands between the dollars. A formula that defines commands of its own, or that is
        longer than `LONGEST` characters, stays as it is: expanding it could take forever.
    display
        Whether it stands on a line of its own.

    Returns
    -------
    str
        A ``<math>`` element, or a ``<code>`` element that holds the text. Nothing in it can run.
    """
    latex = latex.strip()
    if len(latex) <= LONGEST and not _DEFINES.search(latex):
        try:
            tree = Converter(display="block" if display else "inline").convert_to_element(
                _AS_KNOWN.sub(r"{align*}", latex)
            )
        except Exception:  # the library raises what it likes (IndexError, RecursionError, …) at LaTeX that it cannot read
            return _as_text(latex, display)
        if _is_known(tree):
            _clean(tree)
            tree.set("xmlns", "http://www.w3.org/1998/Math/MathML")
            tree.set("alttext", latex)
            return tostring(tree, encoding="unicode")
    return _as_text(latex, display)


def _as_text(latex: str, display: bool) -> str:
    sign = "$$" if display else "$"
    return f'<code class="formula">{escape(f"{sign}{latex}{sign}")}</code>'


def _is_known(tree: Element) -> bool:
    return all(element.tag in _ELEMENTS for element in tree.iter())


def _clean(tree: Element) -> None:
    """Keep harmless attributes, resolve the library's character references, and say in CSS what
    browsers leave out."""
    for element in tree.iter():
        kept = {
            name: value
            for name, value in element.attrib.items()
            if name in _ATTRIBUTES and _PLAIN.fullmatch(value)
        }
        element.attrib.clear()
        element.attrib.update(kept)
        element.text, element.tail = (
            unescape(element.text or "") or None,
            unescape(element.tail or "") or None,
        )
    for element in [*tree.iter()]:
        if element.tag == "mtable":
            _align(element)
        elif element.tag == "menclose" and element.get("notation") == "box":
            element.set("style", "border:1px solid;padding:.35em .3em")
        elif (
            element.tag == "mover"
            and len(element) == 2
            and element[1].tag == "mo"
            and element[1].text in _BARS
        ):
            element.tag = "mrow"
            element.remove(element[1])
            element.set("style", "border-top:1px solid;padding-top:.15em")
        _space(element)


def _space(row: Element) -> None:
    """A sign without a left side stands close to its number, and “tanh z” has a space."""
    for place, element in reversed([*enumerate(row)]):
        before = row[place - 1] if place else None
        if before is None or row.tag not in ("mrow", "mtd", "mstyle", "mpadded"):
            continue
        if (
            element.tag == "mo"
            and element.text in ("-", "−", "+")
            and before.tag == "mo"
            and before.text not in _CLOSING
        ):
            element.set("form", "prefix")
        if (
            before.tag == "mi"
            and len(before.text or "") > 1
            and element.tag not in ("mo", "mspace", "mtext")
        ):
            row.insert(place, Element("mspace", {"width": "0.1667em"}))


def _align(table: Element) -> None:
    """Browsers know neither ``columnalign`` nor the columns of ``aligned``: tell each cell
    instead."""
    sides = table.attrib.pop("columnalign", "").split()
    if table.get("columnspacing", "").startswith("0em"):
        sides = ["right", "left"] * 8
    for row in table:
        for column, cell in enumerate(row):
            side = (
                sides[min(column, len(sides) - 1)] if sides else cell.attrib.pop("columnalign", "")
            )
            if side in ("left", "right"):
                gap = (
                    {"right": "padding-right:0", "left": "padding-left:0"}[side]
                    if len(sides) == 16
                    else ""
                )
                cell.set("style", f"text-align:{side};{gap}".rstrip(";"))
