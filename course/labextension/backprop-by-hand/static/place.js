// Where somebody was last in a notebook: the cell that was run or edited last. Kept in the browser; where the browser has
// forgotten it, or never knew, the notebook itself tells: the last cell with an output.

const KEY = "backprop-by-hand:place:";

/**
 * @typedef {{cell: string, time: number}} Place  the cell's id, and when, in milliseconds since 1970
 */

/**
 * @param {string} path  of the notebook
 * @returns {Place | null}
 */
export function readPlace(path) {
  try {
    const place = JSON.parse(localStorage.getItem(KEY + path) ?? "null");
    return typeof place?.cell === "string" && Number.isFinite(place.time) ? place : null;
  } catch { // not JSON, or a browser that keeps nothing: then nothing is known
    return null;
  }
}

/**
 * @param {string} path
 * @param {string} cell
 */
export function keepPlace(path, cell) {
  try {
    localStorage.setItem(KEY + path, JSON.stringify({ cell, time: Date.now() }));
  } catch { // a browser that keeps nothing, or is full: the notebook tells where one was
  }
}

/**
 * The index of the last place among the cells of a notebook; -1 where nothing was done yet.
 *
 * @param {string} path
 * @param {{id: string, cell_type: string, outputs?: unknown[]}[]} cells
 */
export function lastPlace(path, cells) {
  const kept = readPlace(path);
  const known = kept ? cells.findIndex(cell => cell.id === kept.cell) : -1;
  if (known >= 0) return known;
  return cells.findLastIndex(cell => cell.cell_type === "code" && (cell.outputs?.length ?? 0) > 0);
}

/**
 * Remember from now on where somebody works in a notebook.
 *
 * @param {Jupyter.Panel} panel
 * @param {Jupyter.Actions} actions  JupyterLab's NotebookActions
 * @param {() => boolean} resting  whether what is run now is not the reader's doing
 */
export function followPlace(panel, actions, resting) {
  /** @param {string} id */
  const keep = id => { if (!resting()) keepPlace(panel.context.path, id); };
  actions.executed.connect((_, { notebook, cell }) => { if (notebook === panel.content) keep(cell.model.id); });
  panel.context.model.contentChanged.connect(() => {
    const cell = panel.content.activeCell;
    if (cell && panel.context.model.dirty && cell.editor?.hasFocus()) keep(cell.model.id);
  });
}
