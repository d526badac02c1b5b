// The start page as a tab of JupyterLab: it opens first, comes back when the last tab is closed, and looks again whenever
// it is shown or a notebook is saved.

import { Folder } from "./folder.js";
import { page } from "./page.js";
import { carrier } from "./take.js";

const OPEN = "backprop:start";
const SAVE = "backprop:save-work";
const RESTORE = "backprop:restore-work";
const SEEN = "backprop-by-hand:seen";

/** Whether the page was opened by a link to a notebook: of a server, or of JupyterLite, which soon takes it out. */
const DIRECT = /\/tree\//.test(window.location.pathname) || new URLSearchParams(window.location.search).has("path");

/**
 * What opens the tabs of last time.
 * @typedef {{restore(tracker: object, options: {command: string, name: () => string}): void}}
 *   Restorer
 */

/**
 * @param {Jupyter.Lab} lab  JupyterLab's modules
 * @param {Jupyter.App} app
 * @param {Jupyter.Rendermime} rendermime
 * @param {{shell: Jupyter.Shell | null, restorer: Restorer | null, palette: Jupyter.Palette | null,
 *   tracker: Jupyter.Tracker | null}} optional
 */
export function addStartPage(lab, app, rendermime, { shell, restorer, palette, tracker }) {
  const { MainAreaWidget, WidgetTracker } = lab.apputils;
  const folder = new Folder(app.serviceManager.contents);
  const pages = new WidgetTracker({ namespace: "backprop-start" });
  const refresh = () => pages.currentWidget?.content.refresh();
  const work = carrier(lab, app, tracker, refresh);

  const open = (activate = true) => {
    let tab = pages.currentWidget;
    if (!tab || tab.isDisposed) {
      tab = new MainAreaWidget({ content: startWidget(lab, app, rendermime, folder, work) });
      tab.id = "backprop-start";
      tab.toolbar.hide();
      tab.title.label = "Start";
      tab.title.closable = true;
      pages.add(tab);
    }
    if (!tab.isAttached) app.shell.add(tab, "main", { activate, mode: "tab-before" });
    else if (activate) app.shell.activateById(tab.id);
    return tab;
  };
  app.commands.addCommand(OPEN, { label: "Start page of the course", execute: () => open() });
  app.commands.addCommand(SAVE, { label: "Save my work to a file", execute: work.save });
  app.commands.addCommand(RESTORE, { label: "Put saved work back", execute: work.restore });
  for (const command of [OPEN, SAVE, RESTORE]) palette?.addItem({ command, category: "Backprop by Hand" });
  restorer?.restore(pages, { command: OPEN, name: () => "start" });

  tracker?.widgetAdded.connect((_, panel) => panel.context.saveState.connect((__, state) => {
    if (state === "completed") refresh();
  }));

  let restored = false;
  // connected before JupyterLab's launcher, which opens itself where the main area is empty
  shell?.layoutModified.connect(() => { if (restored && shell.isEmpty("main")) open(); });
  app.restored.then(() => {
    restored = true;
    open(!DIRECT && (isNew() || !shell || onlyLaunchers(shell)));
    if (shell) closeLaunchers(shell);
  });
}

/** Whether this browser tab has not shown the page yet: a reload stays where it was. */
function isNew() {
  try {
    const seen = sessionStorage.getItem(SEEN);
    sessionStorage.setItem(SEEN, "yes");
    return !seen;
  } catch { // a browser that keeps nothing
    return true;
  }
}

/** @param {Jupyter.Widget} widget */
const isLauncher = widget => widget.id.startsWith("launcher");
/** @param {Jupyter.Shell} shell */
const tabs = shell => [...shell.widgets("main")];

/** @param {Jupyter.Shell} shell */
function onlyLaunchers(shell) {
  return tabs(shell).every(widget => isLauncher(widget) || widget.id === "backprop-start");
}

/** @param {Jupyter.Shell} shell */
function closeLaunchers(shell) {
  if (onlyLaunchers(shell)) tabs(shell).filter(isLauncher).forEach(widget => widget.close());
}

/**
 * @param {Jupyter.Lab} lab
 * @param {Jupyter.App} app
 * @param {Jupyter.Rendermime} rendermime
 * @param {Folder} folder
 * @param {{save: () => void, restore: () => void}} work
 */
function startWidget({ widgets: { Widget }, coreutils: { PageConfig } }, app, rendermime, folder, work) {
  /** The page; it reads the folder when it is shown. */
  class Start extends Widget {
    constructor() {
      super();
      /** What goes on while the folder is read. @type {Promise<void> | null} */
      this.reading = null;
      this.again = false; // something changed while it was read
      /** The page that is shown. @type {HTMLElement | null} */
      this.shown = null;
      this.addClass("bp-start");
      this.node.tabIndex = -1;
      this.node.lang = "en";
    }

    onAfterShow() {
      this.refresh();
    }

    onAfterAttach() {
      this.refresh();
    }

    onActivateRequest() {
      this.node.focus({ preventScroll: true });
    }

    /** Read the folder again; one reading at a time, and one more where something changed meanwhile. Ends when the page
     * shows what lies there. */
    async refresh() {
      if (this.isDisposed || !this.isVisible) return;
      this.again = true;
      this.reading ??= this.read();
      await this.reading;
    }

    async read() {
      while (this.again) {
        this.again = false;
        try {
          const found = await folder.read();
          const selfStudy = PageConfig.getOption("backpropSelfStudy") === "true";
          this.place(await page(found, selfStudy, goTo(app), rendermime, work));
        } catch (error) {
          const { message } = /** @type {Error} */ (error);
          this.shown = null;
          this.node.replaceChildren(`The lessons could not be read (${message}). `
            + "Start `backprop lab` again and reload this page.");
        }
      }
      this.reading = null;
    }

    /** Put a page that was drawn in the place of the one before, unless it says the same; the keyboard stays where it was.
     * @param {HTMLElement} drawn */
    place(drawn) {
      if (this.shown?.isEqualNode(drawn)) return;
      this.shown = /** @type {HTMLElement} */ (drawn.cloneNode(true)); // as it was before formulas were set
      const stops = () => /** @type {HTMLElement[]} */ ([...this.node.querySelectorAll("button, summary")]);
      const held = stops().indexOf(/** @type {HTMLElement} */ (document.activeElement));
      this.node.replaceChildren(drawn);
      if (held >= 0) stops()[held]?.focus({ preventScroll: true });
      if (drawn.textContent.includes("$")) rendermime.latexTypesetter?.typeset(this.node);
    }
  }
  return new Start();
}

/**
 * Opens what a link of the page names.
 * @param {Jupyter.App} app
 * @returns {import("./page.js").GoTo}
 */
function goTo(app) {
  return async ({ path, place, factory }) => {
    const opened = await app.commands.execute("docmanager:open", { path, ...factory ? { factory } : {} });
    if (place) {
      await opened.context.ready;
      app.shell.activateById(opened.id);
      await app.commands.execute("backprop:show-place");
    }
  };
}
