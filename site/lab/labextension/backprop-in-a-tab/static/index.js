// What a browser's tab has no server for. Stop: Python runs in a worker of the page, and nothing reaches it while it
// computes, so it can only be ended. A new one begins at once; what was typed stands in the page and is not touched.
// Reload: JupyterLite keeps no layout, so the notebook that was in front is opened again.

const STOPPED = "Python was stopped and has begun anew. What you typed is still there. Press Catch up to run your cells "
  + "again, up to the last place.";

const IN_FRONT = "backprop-in-a-tab:in-front";
/** Whether a link names a notebook; JupyterLite soon takes it out of the address. */
const LINKED = new URLSearchParams(window.location.search).has("path");

/** The path of the notebook in front, kept as long as this tab of the browser is open; "" for none. */
const inFront = {
  read() {
    try {
      return sessionStorage.getItem(IN_FRONT) ?? "";
    } catch { // a browser that keeps nothing
      return "";
    }
  },
  /** @param {string} path */
  write(path) {
    try {
      sessionStorage.setItem(IN_FRONT, path);
    } catch { /* as above */ }
  },
};

/**
 * Open a notebook if it is still there.
 *
 * @param {Jupyter.App} app
 * @param {string} path
 */
async function openAgain(app, path) {
  try {
    await app.serviceManager.contents.get(path, { content: false });
  } catch {
    return;
  }
  await app.commands.execute("docmanager:open", { path });
}

/**
 * @param {(name: string) => Promise<any>} shared  a module of JupyterLab's own
 * @returns {Promise<object[]>} the plugins
 */
export async function plugins(shared) {
  const [{ INotebookTracker }, { Notification }] =
    await Promise.all([shared("@jupyterlab/notebook"), shared("@jupyterlab/apputils")]);
  return [{
    id: "backprop-in-a-tab:reload",
    description: "A reload shows the notebook that was in front.",
    autoStart: true,
    requires: [INotebookTracker],
    /** @param {Jupyter.App} app @param {Jupyter.Tracker} tracker */
    activate: (app, tracker) => {
      const before = inFront.read();
      app.restored.then(async () => {
        if (before && !LINKED) await openAgain(app, before);
        const note = () => {
          const panel = app.shell.currentWidget;
          inFront.write(panel && tracker.has(panel) ? panel.context.path : "");
        };
        app.shell.currentChanged.connect(note);
        note();
      });
    },
  }, {
    id: "backprop-in-a-tab:stop",
    description: "Stop ends Python, and says how to go on.",
    autoStart: true,
    requires: [INotebookTracker],
    /** @param {unknown} app @param {Jupyter.Tracker} tracker */
    activate: (app, tracker) => {
      /** @param {Jupyter.Panel} panel */
      const take = panel => {
        const { sessionContext } = panel;
        const fit = () => stoppable(sessionContext, () => Notification.info(STOPPED, { autoClose: 15_000 }));
        sessionContext.kernelChanged.connect(fit);
        fit();
      };
      tracker.widgetAdded.connect((_, panel) => take(panel));
      tracker.forEach(take);
    },
  }];
}

/**
 * Let the kernel behind a notebook be ended by what interrupts it elsewhere.
 *
 * @param {Jupyter.Session} session
 * @param {() => void} tell
 */
function stoppable(session, tell) {
  const kernel = session.session?.kernel;
  if (!kernel) return;
  let ending = false;
  kernel.interrupt = async () => {
    if (ending || kernel.status !== "busy") return; // nothing is under way: nothing is lost
    ending = true;
    try {
      await session.restartKernel();
      tell();
    } finally {
      ending = false;
    }
  };
}
