// Catch up as a command: in the palette, by keyboard, and as a button of a lesson's toolbar.

export const CATCH_UP = "backprop:catch-up";
const WHAT = "Run set-up and everything above your last place, past whatever fails";

/**
 * @param {Jupyter.App} app
 * @param {Jupyter.Tracker} tracker  of notebooks
 * @param {Jupyter.Palette | null} palette
 * @param {WeakMap<Jupyter.Panel, import("./care.js").NotebookCare>} cares
 */
export function addCommands(app, tracker, palette, cares) {
  const care = () => (tracker.currentWidget ? cares.get(tracker.currentWidget) : undefined);
  app.commands.addCommand(CATCH_UP, {
    label: "Catch up",
    caption: WHAT,
    isEnabled: () => tracker.currentWidget !== null,
    execute: () => care()?.catchUp(),
  });
  app.commands.addCommand("backprop:show-place", {
    label: "Go to the last place",
    isEnabled: () => tracker.currentWidget !== null,
    execute: () => care()?.showPlace(),
  });
  app.commands.addKeyBinding({ command: CATCH_UP, keys: ["Accel Alt U"], selector: ".jp-Notebook" });
  for (const command of [CATCH_UP, "backprop:show-place"]) palette?.addItem({ command, category: "Backprop by Hand" });
}

/**
 * Let Ctrl S save from everywhere. Pictures, forms and buttons keep JupyterLab's shortcuts away while they have the focus;
 * this one a person expects wherever the focus is, and without it the browser would offer to save the page.
 * @param {Jupyter.App} app
 */
export function saveFromEverywhere(app) {
  document.addEventListener("keydown", event => {
    const plain = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const target = /** @type {Element} */ (event.target);
    if (!plain || event.key.toLowerCase() !== "s") return;
    if (!target.closest?.("[data-lm-suppress-shortcuts]")) return;
    event.preventDefault();
    event.stopPropagation();
    app.commands.execute("docmanager:save");
  }, true);
}

/**
 * @param {{ToolbarButton: new (options: object) => Jupyter.Widget}} apputils
 * @param {Jupyter.Panel} panel
 * @param {() => void} act
 */
export function addToolbarButton({ ToolbarButton }, panel, act) {
  const button = new ToolbarButton({ label: "Catch up", tooltip: `${WHAT} (Ctrl Alt U)`, onClick: act });
  panel.toolbar.insertItem(11, "backprop-catch-up", button);
}
