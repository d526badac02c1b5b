"""The JavaScript and the styles of a picture that lives in the browser, kept in short files and
handed over as one."""

import re
from pathlib import Path

WIDGETS = Path(__file__).parents[1]
#: The pencil that both steppers have, in the order in which its files need each other.
PENCIL = tuple(f"pencil/{name}.js" for name in "reading slips random state pencil".split())


def bundle(*names: str) -> str:
    """The files `names`, below `course/widgets`, as one ES module: in that order, without the
    imports between them."""
    return re.sub(r'(?m)^import [^;]* from "\.{1,2}/.*";\n', "", styles(*names))


def styles(*names: str) -> str:
    """The files `names`, below `course/widgets`, one after the other."""
    return "\n".join((WIDGETS / name).read_text("utf-8") for name in names)
