// What is done for one open notebook: its pictures are kept, its kernel is watched, its last place is remembered.

import { Banner } from "./banner.js";
import { catchUp } from "./catchup.js";
import { addToolbarButton } from "./commands.js";
import { isFresh, watchKernel } from "./kernel.js";
import { readJson } from "./json.js";
import { followPlace, lastPlace } from "./place.js";
import { bringIntoSight } from "./sight.js";
import { element } from "./stored.js";
import { MIME, viewClass } from "./view.js";

/**
 * @typedef {InstanceType<ReturnType<typeof viewClass>>} View
 * @typedef {import("./stored.js").Predictions} Predictions
 */

/** The care for one notebook panel. */
export class NotebookCare {
  /**
   * @param {Jupyter.Lab} lab
   * @param {Jupyter.App} app
   * @param {Jupyter.Panel} panel
   */
  constructor(lab, app, panel) {
    this.lab = lab;
    this.app = app;
    this.panel = panel;
    /** @type {Set<View>} */
    this.views = new Set();
    /** The catching up that is under way. @type {ReturnType<typeof catchUp> | null} */
    this.run = null;
    /** What was predicted, once it is asked for. @type {Promise<Predictions> | null} */
    this.kept = null;
    this.banner = new Banner(lab.widgets, panel, () => this.catchUp(), () => this.run?.stop());
    this.#wrapRenderer();
    watchKernel(panel.sessionContext, {
      gone: () => { this.#all(view => view.forsake("gone")); this.#kernelBegan(); },
      lost: () => this.#all(view => view.forsake("lost")),
      back: () => { this.#all(view => view.regain()); this.#kernelBegan(); },
    });
    panel.context.ready.then(() => this.#opened(), () => undefined); // JupyterLab says what could not be opened
  }

  /**
   * Run set-up and everything above the last place, whatever fails.
   *
   * @param {HTMLElement} [from]  a picture that asked for it: the cell that it stands in is run too
   */
  async catchUp(from) {
    if (this.run) return;
    const cells = this.panel.content.widgets;
    const asked = from ? cells.findIndex(cell => cell.node.contains(from)) : -1;
    this.run = catchUp(this.lab, this.panel, Math.max(asked, this.#place()), told => this.banner.progress(told));
    try {
      await this.run.done;
      await this.#goTo(asked >= 0 ? asked : this.#place());
      this.banner.hide();
    } catch (error) {
      this.banner.fail(/** @type {Error} */ (error));
    } finally {
      this.run = null;
    }
  }

  /** Scroll to the last place. */
  async showPlace() {
    await this.panel.context.ready;
    await this.panel.revealed;
    await this.#goTo(this.#place());
  }

  #place() {
    return lastPlace(this.panel.context.path, this.panel.content.model.sharedModel.toJSON().cells);
  }

  /** @param {number} index  of the cell */
  async #goTo(index) {
    const notebook = this.panel.content;
    if (index < 0 || index >= notebook.widgets.length) return;
    notebook.activeCellIndex = index;
    await bringIntoSight(notebook, index);
  }

  /** @param {(view: View) => void} act */
  #all(act) {
    for (const view of this.views) act(view);
  }

  #opened() {
    followPlace(this.panel, this.lab.notebook.NotebookActions, () => this.run !== null);
    if (this.panel.context.model.getMetadata("backprop")) {
      this.panel.addClass("bp-lesson");
      addToolbarButton(this.lab.apputils, this.panel, () => this.catchUp());
    }
    this.#kernelBegan();
  }

  /** A kernel has answered, or there is none: say how to go on; a notebook closed meanwhile has nothing to be told. */
  async #kernelBegan() {
    try {
      await this.#greet();
    } catch (error) {
      if (!this.panel.isDisposed && this.panel.sessionContext.session?.kernel?.status !== "dead") throw error;
    }
  }

  async #greet() {
    const { sessionContext, context } = this.panel;
    await context.ready;
    await sessionContext.ready;
    if (this.panel.isDisposed || this.run) return;
    this.#all(view => view.wake());
    const lesson = context.model.getMetadata("backprop");
    const begun = context.model.sharedModel.cells.some(cell => cell.cell_type === "code" && cell.outputs.length > 0);
    if (!lesson || !begun) return;
    const kernel = sessionContext.session?.kernel;
    if (!kernel) this.banner.offer("No kernel runs behind this notebook.");
    else if (kernel.connectionStatus === "connected" && await isFresh(sessionContext)) this.banner.offer();
    else this.banner.hide();
  }

  /** Put our views in the place of those of ipywidgets, which come and go with the kernel. */
  #wrapRenderer() {
    const { panel, lab } = this;
    const rendermime = panel.content.rendermime;
    let factory = rendermime.getFactory(MIME);
    if (!factory) return; // no widgets here: nothing to keep
    const View = viewClass(lab.widgets);
    /** @type {import("./view.js").Notebook} */
    const notebook = {
      factory: () => /** @type {Jupyter.Factory} */ (factory),
      views: this.views,
      gone: new Set(),
      settled: () => panel.sessionContext.isReady && !panel.sessionContext.session?.kernel,
      catchUp: node => this.catchUp(node),
      predictions: () => this.#predictions(),
      asMarkup: html => markup(rendermime, html),
    };
    const { addFactory, removeMimeType } = rendermime;
    addFactory.call(rendermime, { safe: false, mimeTypes: [MIME], createRenderer: options => new View(notebook, options) }, -20);
    // ipywidgets registers its views when a kernel answers, and takes back what stood there: ours is to stay
    rendermime.addFactory = (given, rank) => {
      if (!given.mimeTypes.includes(MIME)) return addFactory.call(rendermime, given, rank);
      factory = given;
      this.#follow(given);
      return undefined;
    };
    rendermime.removeMimeType = mime => { if (mime !== MIME) removeMimeType.call(rendermime, mime); };
  }

  /** Wake the views whenever the widgets of a kernel are known. @param {Jupyter.Factory} factory */
  async #follow(factory) {
    const probe = factory.createRenderer({ mimeType: MIME });
    const manager = await probe._manager?.promise;
    manager?.restored.connect(() => this.#all(view => view.wake()));
    this.#all(view => view.wake());
  }

  /** @returns {Promise<Predictions>} */
  async #predictions() {
    const folder = this.panel.context.path.split("/").slice(0, -1).join("/");
    this.kept ??= readJson(this.app.serviceManager.contents, folder ? `${folder}/predictions.json` : "predictions.json");
    return this.kept;
  }
}

/** @param {Jupyter.Rendermime} rendermime @param {string} html */
function markup(rendermime, html) {
  const renderer = rendermime.createRenderer("text/html");
  const host = element("div", { className: "bp-kept-markup" }, renderer.node);
  const data = { "text/html": html };
  renderer.renderModel({ data, metadata: {}, trusted: true, setData: () => undefined });
  return host;
}
