// What becomes of the kernel behind a notebook, as three events that a picture understands.

const ENDING = new Set(["autorestarting", "restarting", "terminating", "dead"]);

/**
 * Tell `listener` what becomes of a kernel.
 *
 * @param {Jupyter.Session} session  JupyterLab's session context
 * @param {{gone: () => void, lost: () => void, back: () => void}} listener
 *   `gone`: it has ended or begun anew, and has forgotten everything. `lost`: nothing reaches it just now. `back`: what
 *   was lost is reached again.
 */
export function watchKernel(session, { gone, lost, back }) {
  session.statusChanged.connect((_, status) => { if (ENDING.has(status)) gone(); });
  session.kernelChanged.connect((_, { oldValue }) => { if (oldValue) gone(); });
  session.connectionStatusChanged.connect((_, status) => { if (status === "connected") back(); else lost(); });
}

/**
 * Whether nothing has been run yet in the kernel behind a session.
 *
 * @param {Jupyter.Session} session
 * @returns {Promise<boolean | null>} null where no kernel answers, or it is busy: then something was run
 */
export async function isFresh(session) {
  const kernel = session.session?.kernel;
  if (!kernel) return null;
  if (kernel.status === "busy") return false;
  const asked = kernel.requestExecute({ code: "", silent: true, store_history: false, stop_on_error: false });
  const { content } = await asked.done;
  return content.status === "ok" ? content.execution_count <= 0 : null;
}

/**
 * Start the kernel that a notebook names, where none runs.
 *
 * @param {Jupyter.Panel} panel  JupyterLab's notebook panel
 */
export async function ensureKernel(panel) {
  const session = panel.sessionContext;
  const kernel = session.session?.kernel;
  if (!kernel) {
    const named = panel.content.model.getMetadata("kernelspec")?.name;
    await session.changeKernel({ name: named || session.kernelPreference.name || "python3" });
  } else if (["dead", "terminating"].includes(kernel.status)) {
    await session.restartKernel();
  }
  await /** @type {{kernel: Jupyter.Kernel}} */ (session.session).kernel.info;
}
