// Keep a cell in sight while what stands above it is still being drawn: formulas, stored pictures and the line above the
// notebook each push it further down after it was scrolled to.

const LOOK_MS = 100;
const LOOKS = 30;
const OWN = ["wheel", "pointerdown", "keydown", "touchstart"];

/**
 * Scroll to a cell; return once it stands there. For some seconds it is scrolled to again where it was pushed out of
 * sight, until the reader moves.
 *
 * @param {Jupyter.Notebook} notebook  JupyterLab's Notebook
 * @param {number} index  of the cell
 */
export async function bringIntoSight(notebook, index) {
  const cell = notebook.widgets[index];
  await notebook.scrollToItem(index, "center");
  let looks = LOOKS;
  const end = () => { looks = 0; };
  OWN.forEach(name => window.addEventListener(name, end, { capture: true, passive: true }));
  const look = () => {
    if (looks-- > 0 && !cell.isDisposed && notebook.activeCell === cell) {
      if (notebook.isVisible && !inSight(notebook.node, cell.node)) notebook.scrollToItem(notebook.activeCellIndex, "center");
      setTimeout(look, LOOK_MS);
    } else OWN.forEach(name => window.removeEventListener(name, end, { capture: true }));
  };
  look();
}

/** @param {Element} window  what is looked through @param {Element} node */
function inSight(window, node) {
  const seen = window.getBoundingClientRect(), cell = node.getBoundingClientRect();
  return cell.top < seen.bottom - 40 && cell.bottom > seen.top + 40;
}
