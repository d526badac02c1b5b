"""Run by prepare.mjs in the tab's own Python: the list of fonts, and what lessons import compiled.

Every visitor's Python would have to do both again: they are most of the time until a first cell has
run.
"""

import contextlib
import importlib
import logging
import marshal
import pkgutil
import sys
import sysconfig
import warnings
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

SITE = Path(sysconfig.get_path("purelib"))
MADE = Path("/made")
UNCHECKED = (0b01).to_bytes(4, "little")  # whether the source still fits is not looked at: it does

logging.disable(logging.WARNING)
warnings.simplefilter("ignore")
from matplotlib import font_manager  # noqa: E402

import autograder.exercises  # noqa: E402
import course.plots  # noqa: E402
import course.widgets  # noqa: E402

font_manager.json_dump(font_manager.fontManager, str(MADE / "fontlist.json"))

OTHERS = (
    "anywidget", "autograder.decks", "autograder.review.form", "course.gradcheck", "course.prediction", "course.tanh_graph",
    "course.zigzag", "ipywidgets", "jedi", "matplotlib.pyplot", "matplotlib.backends.backend_agg",
    "matplotlib_inline.backend_inline", "micropip", "piplite.piplite", "pyodide_kernel", "tqdm",
    "IPython.core.completer",
)  # fmt: skip
packages = (autograder.exercises, course.plots, course.widgets)
modules = [m.name for p in packages for m in pkgutil.walk_packages(p.__path__, f"{p.__name__}.")]
for name in [*modules, *OTHERS]:
    with contextlib.suppress(ImportError):  # what only a browser has
        importlib.import_module(name)

for module in list(sys.modules.values()):
    file = Path(getattr(module, "__file__", None) or "")
    if file.suffix != ".py" or not file.resolve().is_relative_to(SITE.resolve()):
        continue
    path = file.resolve().relative_to(SITE.resolve())
    source = file.read_bytes()
    code = compile(source, str(SITE / path), "exec", dont_inherit=True)
    target = MADE / "compiled" / path.parent / "__pycache__" / f"{path.stem}.cpython-312.pyc"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(MAGIC_NUMBER + UNCHECKED + source_hash(source) + marshal.dumps(code))
