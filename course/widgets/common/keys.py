"""Keys for plain ipywidgets in a notebook: Enter on a button presses it, and Tab goes on from
there.

JupyterLab takes keys that are pressed on a button, a radio button or a link in an output for
shortcuts of the notebook: Enter begins to edit the cell, arrows go to another one. It leaves those
alone that an element says it wants for itself.
"""

import anywidget
from ipywidgets import Layout

CLASS = "bp-own-keys"

# The focused element itself has to say so, not the box around it; it is known only when it has the
# focus. A button that is switched off by being pressed loses the focus: the box takes it, so that
# Tab goes on from there.
SCRIPT = f"""
function render({{ el }}) {{
  let box = null, focused = null;
  const claim = event => {{ focused = event.target; focused.dataset.lmSuppressShortcuts = "true"; }};
  const leave = event => {{ if (event.relatedTarget) focused = null; }};
  const watcher = new MutationObserver(() => {{ if (focused?.disabled) box.focus({{ preventScroll: true }}); }});
  requestAnimationFrame(() => {{  // it is put in its place after this
    box = el.closest(".{CLASS}");
    if (!box) return;
    box.tabIndex = -1;
    box.addEventListener("focusin", claim);
    box.addEventListener("focusout", leave);
    if (box.contains(document.activeElement)) claim({{ target: document.activeElement }});  // somebody was faster
    watcher.observe(box, {{ subtree: true, attributeFilter: ["disabled"] }});
  }});
  return () => {{
    watcher.disconnect();
    box?.removeEventListener("focusin", claim);
    box?.removeEventListener("focusout", leave);
  }};
}}
export default {{ render }};
"""


class OwnKeys(anywidget.AnyWidget):
    """Shows nothing; among the children of a box with the class `CLASS`, it gives the box its
    keys."""

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
