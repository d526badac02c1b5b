"""The JavaScript of a picture that lives in the browser, kept in a few short files and handed over as one."""

import re
from pathlib import Path

_HERE = Path(__file__).parent


def bundle(*names: str) -> str:
    """The files `names` of this folder as one ES module: in that order, without the imports between them."""
    return re.sub(r'(?m)^import .* from "\./.*";\n', "", "\n".join((_HERE / name).read_text("utf-8") for name in names))
