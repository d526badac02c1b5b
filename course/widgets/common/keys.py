"""Keys for plain ipywidgets in a notebook: Enter on a button presses it.

JupyterLab takes keys that are pressed on a button, a radio button or a link in an output for shortcuts of the notebook: Enter
begins to edit the cell, arrows go to another one. It leaves those alone that an element says it wants for itself.
"""

import anywidget
from ipywidgets import Layout

CLASS = "bp-own-keys"

# the focused element itself has to say so, not the box around it; it is known only when it has the focus
SCRIPT = f"""
function render({{ el }}) {{
  let box = null;
  const claim = event => {{ event.target.dataset.lmSuppressShortcuts = "true"; }};
  const attach = () => {{
    box = el.closest(".{CLASS}");
    box?.addEventListener("focusin", claim);
  }};
  requestAnimationFrame(attach);  // it is put in its place after this
  return () => box?.removeEventListener("focusin", claim);
}}
export default {{ render }};
"""


class OwnKeys(anywidget.AnyWidget):
    """Shows nothing; among the children of a box with the class `CLASS`, it gives the box its keys."""

    _esm = SCRIPT

    def __init__(self) -> None:
        super().__init__(layout=Layout(display="none"))


def own_keys(box):
    """Let keys pressed in a box be the box's own.

    Parameters
    ----------
    box : ipywidgets.Box

    Returns
    -------
    ipywidgets.Box
        The same one, with one child more that shows nothing.
    """
    box.add_class(CLASS)
    box.children = (*box.children, OwnKeys())
    return box
