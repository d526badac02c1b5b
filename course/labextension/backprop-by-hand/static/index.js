// The plugins of the course: what every notebook gets, and the start page.

import { addCommands, saveFromEverywhere } from "./commands.js";
import { NotebookCare } from "./care.js";
import { addStartPage } from "./start.js";

const NAMES = {
  application: "@jupyterlab/application",
  apputils: "@jupyterlab/apputils",
  coreutils: "@jupyterlab/coreutils",
  notebook: "@jupyterlab/notebook",
  rendermime: "@jupyterlab/rendermime",
  widgets: "@lumino/widgets",
};

/** The styles, once. */
function addStyle() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("./style.css", import.meta.url).href;
  document.head.append(link);
}

/**
 * @param {(name: string) => Promise<any>} shared  a module of JupyterLab's own
 * @returns {Promise<object[]>} the plugins
 */
export async function plugins(shared) {
  const loaded = await Promise.all(Object.values(NAMES).map(shared));
  /** @type {Jupyter.Lab} */
  const lab = /** @type {any} */ (
    Object.fromEntries(Object.keys(NAMES).map((key, k) => [key, loaded[k]])));
  addStyle();
  return [
    {
      id: "backprop-by-hand:notebooks",
      description: "Pictures that are kept, notices where a kernel is gone, and Catch up.",
      autoStart: true,
      requires: [lab.notebook.INotebookTracker],
      optional: [lab.apputils.ICommandPalette],
      /**
       * @param {Jupyter.App} app
       * @param {Jupyter.Tracker} tracker
       * @param {Jupyter.Palette | null} palette
       */
      activate: (app, tracker, palette) => {
        /** @type {WeakMap<Jupyter.Panel, NotebookCare>} */
        const cares = new WeakMap();
        /** @param {Jupyter.Panel} panel */
        const take = panel => cares.set(panel, new NotebookCare(lab, app, panel));
        tracker.widgetAdded.connect((_, panel) => take(panel));
        tracker.forEach(take);
        addCommands(app, tracker, palette, cares);
        saveFromEverywhere(app);
      },
    },
    {
      id: "backprop-by-hand:start",
      description: "The start page: the lessons as a path, and how far one is.",
      autoStart: true,
      requires: [lab.rendermime.IRenderMimeRegistry],
      optional: [
        lab.application.ILabShell, lab.application.ILayoutRestorer, lab.apputils.ICommandPalette,
        lab.notebook.INotebookTracker,
      ],
      /**
       * @param {Jupyter.App} app
       * @param {Jupyter.Rendermime} rendermime
       * @param {Jupyter.Shell | null} shell
       * @param {import("./start.js").Restorer | null} restorer
       * @param {Jupyter.Palette | null} palette
       * @param {Jupyter.Tracker | null} tracker
       */
      activate: (app, rendermime, shell, restorer, palette, tracker) =>
        addStartPage(lab, app, rendermime, { shell, restorer, palette, tracker }),
    },
  ];
}
