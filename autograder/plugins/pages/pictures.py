"""Pictures that a student names in an answer, put into the page: it is one file and fetches
nothing.

Markdown's ``![](figure.png)``, HTML's ``<img src="figure.png">`` and attachments go the same way.
Only files that were handed in are looked at; a picture that is not at hand is named, so that nobody
reads an answer without knowing of it.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

RASTER = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/bmp": b"BM",
}
SVG = "image/svg+xml"
EMBEDDED = re.compile(r"data:image/(?:png|jpeg|gif|bmp|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
LARGEST, LONGEST_TAG, MOST = 20_000_000, 8_000, 500
KEPT = ("title", "width", "height", "style")
_IMG = re.compile(r"<img(?=[\s/>])", re.IGNORECASE)
_RUNS = {"script", "foreignObject", "iframe", "embed", "object", "handler", "listener"}
_FAR = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")  # a letter and a colon are a drive: a file


class NotAtHand(Exception):
    """A picture cannot be put into the page; the message says why."""


def source(address: str, folder: str | Path, attachments: dict | None = None) -> str:
    """A picture as a ``data:`` address.

    Parameters
    ----------
    address
        As it was written: a file's name, ``attachment:name``, or a ``data:`` address.
    folder
        Where the files of the submission lie. No other file is read.
    attachments
        Those of the cell, by name.

    Raises
    ------
    NotAtHand
        When there is no such picture.
    """
    address = address.strip()
    if EMBEDDED.fullmatch(address):
        return address
    if address.lower().startswith("attachment:"):
        return _attached(address.partition(":")[2], attachments or {})
    if _FAR.match(address):
        raise NotAtHand("it lies elsewhere")
    return _coded(*_read(_file(address, Path(folder or "."))))


def _attached(name: str, attachments: dict) -> str:
    kinds = attachments.get(name) or attachments.get(unquote(name)) or {}
    for mime, text in kinds.items() if isinstance(kinds, dict) else ():
        if EMBEDDED.fullmatch(found := f"data:{mime};base64,{text}"):
            return found
    raise NotAtHand("it is not attached to the cell")


def _file(address: str, folder: Path) -> Path:
    """The file in the folder that is meant, also where capitals, accents or strokes differ."""
    plain = re.split(r"[?#]", address, maxsplit=1)[0]
    for name in dict.fromkeys((address, unquote(address), unquote(plain))):
        found = folder
        for part in name.replace("\\", "/").split("/"):
            found = found if part in ("", ".") else _entry(found, part)
            if found is None or part == "..":
                break
        else:
            if found != folder and found.is_file() and not name.startswith("/"):
                return found
    raise NotAtHand("no such file was handed in")


def _entry(folder: Path, name: str) -> Path | None:
    if folder.is_symlink() or not folder.is_dir() or name == ".." or "\0" in name:
        return None
    entries = [path for path in folder.iterdir() if not path.is_symlink()]
    return next((p for p in entries if p.name == name), None) or next(
        (p for p in entries if _same(p.name) == _same(name)), None
    )


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _read(path: Path) -> tuple[str, bytes]:
    try:
        if path.stat().st_size > LARGEST:
            raise NotAtHand(f"it holds more than {LARGEST // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as problem:
        raise NotAtHand(f"it cannot be read ({problem.strerror})") from None
    mime = next((kind for kind, start in RASTER.items() if data.startswith(start)), None)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        mime = "image/webp"
    if mime is None and path.suffix.lower() == ".svg":
        return SVG, harmless_svg(data)
    if mime is None:
        raise NotAtHand("it is no picture that a page can show (PNG, JPEG, GIF, WebP, SVG)")
    return mime, data


def _coded(mime: str, data: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def harmless_svg(data: bytes) -> bytes:
    """An SVG picture without scripts, event handlers, and what it would fetch.

    Raises
    ------
    NotAtHand
        When it is no XML, or declares entities.
    """
    if b"<!ENTITY" in data or len(data) > LARGEST:
        raise NotAtHand("it declares entities" if len(data) <= LARGEST else "it is too large")
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError):
        raise NotAtHand("it is no SVG that can be read") from None
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or _local(child.tag) in _RUNS:
                parent.remove(child)
        for name, value in list(parent.attrib.items()):
            fetches = _local(name) == "href" and not value.strip().startswith(("#", "data:image/"))
            if _local(name).lower().startswith("on") or fetches or "javascript:" in value.lower():
                del parent.attrib[name]
    ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    return ElementTree.tostring(root)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def attached_svg(text: str) -> str | None:
    """The base64 text of an attached SVG picture, made harmless; None when it is none."""
    try:
        return base64.b64encode(harmless_svg(base64.b64decode(text, validate=False))).decode()
    except (NotAtHand, binascii.Error, ValueError):
        return None


def tag(
    address: str, words: str, folder: str | Path, attachments: dict | None = None, more: str = ""
) -> str:
    """HTML of a picture, or, where it is not at hand, its name and the reason.

    Parameters
    ----------
    address, folder, attachments
        As for `source`.
    words
        What the picture shows; plain text.
    more
        Further attributes of the tag.
    """
    try:
        return (
            f'<img src="{escape(source(address, folder, attachments))}"'
            f' alt="{escape(words)}"{more}>'
        )
    except NotAtHand as problem:
        if _FAR.match(address.strip()):
            shown = (
                address
                if len(address) < LONGEST_TAG and not address.lower().startswith("data:")
                else "data"
            )
            return f'<a href="{escape(shown)}">[picture: {escape(words or shown)}]</a>'
        named = f"{words} ({address})" if words and words != address else address
        return f"[picture: {escape(named[:300])}: {escape(str(problem))}]"


def with_pictures(html: str, folder: str | Path, attachments: dict | None = None) -> str:
    """HTML with the pictures of its ``<img>`` tags in it. It is still to be cleaned.

    Parameters
    ----------
    html
        As a student wrote it.
    folder, attachments
        As for `source`.
    """
    parts, end = [], 0
    for count, found in enumerate(_IMG.finditer(html)):
        if count == MOST:
            break
        text, told = _first_tag(html[found.start() : found.start() + LONGEST_TAG])
        if found.start() < end or not told.get("src") or EMBEDDED.fullmatch(told["src"].strip()):
            continue
        more = "".join(f' {name}="{escape(told[name])}"' for name in KEPT if told.get(name))
        parts += [
            html[end : found.start()],
            tag(told["src"], told.get("alt") or "", folder, attachments, more),
        ]
        end = found.start() + len(text)
    return "".join([*parts, html[end:]])


class _Attributes(HTMLParser):
    """Reads the attributes of one tag."""

    told: dict[str, str]

    def handle_starttag(self, tag, attrs):
        self.told = {name: value or "" for name, value in attrs}


def _first_tag(html: str) -> tuple[str, dict[str, str]]:
    """The tag that a piece of HTML begins with, and its attributes; none when it does not end."""
    text, reader = html[: _end(html)], _Attributes()
    reader.told = {}
    reader.feed(text)
    return text, reader.told


def _end(html: str) -> int:
    """Where the tag ends that stands at the beginning; 0 when it does not."""
    quote = ""
    for k, letter in enumerate(html):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == ">":
            return k + 1
    return 0
