// Catch up: run set-up and everything above a place, one cell at a time, past whatever fails.

import { putBack, typed } from "./carry.js";
import { ensureKernel } from "./kernel.js";

/**
 * @param {Jupyter.Lab} lab  JupyterLab's modules
 * @param {Jupyter.Panel} panel  the notebook's panel
 * @param {number} last  the index of the last cell to run
 * @param {(told: {done: number, of: number}) => void} tell
 * @returns {{done: Promise<void>, stop: () => void}}
 */
export function catchUp(lab, panel, last, tell) {
  let stopped = false;
  const run = async () => {
    await ensureKernel(panel);
    const cells = panel.content.widgets.filter((cell, k) => k <= last && toRun(cell, k, last));
    for (const [k, cell] of cells.entries()) {
      if (stopped || panel.isDisposed) return;
      tell({ done: k, of: cells.length });
      await runCell(lab.notebook.NotebookActions, panel, cell);
      if (!answers(panel.sessionContext)) throw new Error(`The kernel ended in cell ${k + 1} of ${cells.length} that were run again.`);
    }
  };
  const stop = () => {
    stopped = true;
    panel.sessionContext.session?.kernel?.interrupt();
  };
  return { done: run(), stop };
}

/**
 * Code that is not empty; of the last cell only what had run before: one that is being written is
 * not ready.
 * @param {Jupyter.Cell} cell
 * @param {number} index  its own
 * @param {number} last  of the last cell to run
 */
function toRun(cell, index, last) {
  if (cell.model.type !== "code" || !cell.model.sharedModel.getSource().trim()) return false;
  return index < last || cell.model.outputs.length > 0;
}

/** @param {Jupyter.Actions} actions @param {Jupyter.Panel} panel @param {Jupyter.Cell} cell */
async function runCell(actions, panel, cell) {
  const before = [...cell.node.querySelectorAll('.bp-kept[data-state="gone"]')].map(typed);
  const notebook = panel.content;
  await actions.runCells(notebook, [cell], panel.sessionContext);
  if (!before.some(values => values.length)) return;
  const now = await views(cell.node, before.length);
  now.forEach((node, k) => putBack(node, before[k]));
}

/**
 * The views of a cell once as many stand there as before, or after a moment.
 * @param {HTMLElement} node
 * @param {number} many
 */
async function views(node, many) {
  const deadline = Date.now() + 2000;
  const fields = () => [...node.querySelectorAll('.bp-kept[data-state="live"]')];
  while (Date.now() < deadline && (fields().length < many || fields().some(view => !view.querySelector(".jupyter-widgets")))) {
    await new Promise(done => setTimeout(done, 50));
  }
  return fields().slice(0, many);
}

/** @param {Jupyter.Session} session */
function answers(session) {
  return !["dead", "autorestarting", "restarting", "terminating"].includes(session.session?.kernel?.status ?? "dead");
}
