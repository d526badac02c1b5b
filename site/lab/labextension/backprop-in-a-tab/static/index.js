// Stop, in a browser's tab. Python runs in a worker of the page, and nothing reaches it while it computes: it can only be
// ended. A new one begins at once; what was typed stands in the page and is not touched.

const STOPPED = "Python was stopped and has begun anew. What you typed is still there. Press Catch up to run your cells "
  + "again, up to the last place.";

/**
 * @param {(name: string) => Promise<any>} shared  a module of JupyterLab's own
 * @returns {Promise<object[]>} the plugins
 */
export async function plugins(shared) {
  const [{ INotebookTracker }, { Notification }] =
    await Promise.all([shared("@jupyterlab/notebook"), shared("@jupyterlab/apputils")]);
  return [{
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
