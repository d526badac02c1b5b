// The place in a notebook where a picture or a form stands: the live one while its kernel knows it, what the notebook has
// stored of it otherwise, and a notice where the kernel behind a live one is gone.

import { element, keptFor, showStored, storedIn } from "./stored.js";

export const MIME = "application/vnd.jupyter.widget-view+json";

/**
 * What the views of one notebook share.
 *
 * @typedef {object} Notebook
 * @property {() => Jupyter.Factory} factory  makes the views of ipywidgets
 * @property {Set<InstanceType<ReturnType<typeof viewClass>>>} views
 * @property {Set<string>} gone  ids of models whose kernel is gone
 * @property {() => boolean} settled  whether no kernel is about to be asked for its widgets
 * @property {(node: HTMLElement) => void} catchUp
 * @property {() => Promise<import("./stored.js").Predictions>} predictions  what was kept beside
 *   the notebook
 * @property {(html: string) => HTMLElement} asMarkup
 */

/** @type {Record<string, string>} */
const SAID = {
  gone: "The kernel behind this is gone: what you do here is not kept.",
  lost: "The connection to the kernel is lost: what you do here is not kept until it is back.",
};

/**
 * The class of views, made of JupyterLab's own widgets.
 *
 * @param {Jupyter.Lumino} lumino
 */
export function viewClass({ Panel }) {
  /** A renderer of widget views. `dataset.state` is "waiting", "stored", "live", "lost" or "gone". */
  return class View extends Panel {
    /**
     * @param {Notebook} notebook
     * @param {{mimeType: string}} options  JupyterLab's, for a renderer
     */
    constructor(notebook, options) {
      super();
      this.notebook = notebook;
      this.options = options;
      this.addClass("bp-kept");
      /** @type {Jupyter.Output | null} */
      this.model = null;
      /** The view of ipywidgets. @type {Jupyter.Renderer | null} */
      this.inner = null;
      /** What is stored. @type {HTMLElement | null} */
      this.still = null;
      /** @type {Promise<void>} */
      this.waking = Promise.resolve();
      this.notice = element("div", { className: "bp-kept-note", role: "status" });
      this.node.append(this.notice);
      notebook.views.add(this);
    }

    /** @returns {string} */
    get modelId() {
      return this.model?.data[MIME]?.model_id ?? "";
    }

    get state() {
      return this.node.dataset.state ?? "";
    }

    /** @override */
    dispose() {
      this.notebook.views.delete(this);
      super.dispose();
    }

    /** JupyterLab's call: show an output. @param {Jupyter.Output} model */
    async renderModel(model) {
      this.model = model;
      this.inner?.dispose();
      this.inner = null;
      this.#enter("waiting");
      this.wake();
      // what is live stands there at once; what is not shows its stored self for a moment at most
      await this.waking;
    }

    /** Show the live view where the kernel knows the model, what is stored otherwise. */
    wake() {
      this.waking = this.waking.then(() => this.#wake());
      return this.waking;
    }

    async #wake() {
      if (this.isDisposed || !this.model || ["live", "gone", "lost"].includes(this.state)) return;
      const inner = this.notebook.factory().createRenderer(this.options);
      const manager = await managerOf(inner);
      if (this.isDisposed || !await knows(manager, this.modelId) || this.notebook.gone.has(this.modelId)) {
        inner.dispose();
        await this.#rest(manager);
        return;
      }
      this.#clear();
      this.inner = inner;
      this.addWidget(inner);
      this.node.prepend(this.notice); // a panel puts its widgets before what else stands in it
      this.#enter("live");
      await inner.renderModel(this.model);
    }

    /** @param {Jupyter.Manager | undefined} manager */
    async #rest(manager) {
      if (this.isDisposed || !this.model) return;
      const stored = storedIn(this.model.data);
      if (stored.kind === "nothing") this.hide();
      if (!this.still && stored.kind !== "nothing") {
        if (stored.kind === "words") await this.#recall(stored);
        this.#clear();
        this.still = showStored(stored, this.model.metadata?.["image/png"] ?? {}, this.notebook.asMarkup);
        this.node.append(this.still);
      }
      const known = this.notebook.settled() || manager?.restoredStatus;
      const what = stored.kind === "picture" ? "A picture of last time." : "As it was last time.";
      this.#enter(known ? "stored" : "waiting", what, "brings it back to life.");
    }

    /**
     * A form's question is followed by what was kept since it was shown.
     * @param {import("./stored.js").Stored} stored
     */
    async #recall(stored) {
      const question = stored.words.split("\n")[0].trim();
      const kept = keptFor(question, await this.notebook.predictions());
      if (kept) stored.words = `${question}\n${kept}`;
    }

    /**
     * The kernel behind a live view has gone (`how` is "gone"), or cannot be reached ("lost").
     * @param {"gone" | "lost"} how
     */
    forsake(how) {
      if (!["live", "lost"].includes(this.state)) return;
      if (how === "gone") this.notebook.gone.add(this.modelId);
      if (this.inner) this.inner.node.inert = true; // what was typed stays to be read, but nothing pretends to accept more
      this.#enter(how, SAID[how]);
    }

    /** The kernel is reached again, and is the same. */
    regain() {
      if (this.state !== "lost") return;
      if (this.inner) this.inner.node.inert = false;
      this.#enter("live");
    }

    #clear() {
      this.show();
      this.still?.remove();
      this.still = null;
    }

    /**
     * @param {string} state
     * @param {string} [said]
     * @param {string} [after]  the offer to catch up
     */
    #enter(state, said = "", after = "") {
      this.node.dataset.state = state;
      const offered = state === "stored" || state === "gone";
      const button = element("button", { type: "button", className: "bp-link", textContent: "Catch up" });
      button.addEventListener("click", () => this.notebook.catchUp(this.node));
      const offer = offered ? [" ", button, after && ` ${after}`] : [];
      this.notice.replaceChildren(...said && state !== "waiting" ? [said, ...offer] : []);
    }
  };
}

/**
 * The widget manager that a view of ipywidgets was given; undefined where no kernel gave it one.
 * @param {Jupyter.Renderer} inner
 */
async function managerOf(inner) {
  // ipywidgets keeps it to itself, as a promise that stays open for ever where there is no kernel
  return Promise.race([inner._manager?.promise, new Promise(done => setTimeout(done, 0))]);
}

/**
 * Whether a manager has a model that a kernel stands behind.
 * @param {Jupyter.Manager | undefined} manager
 * @param {string} id
 */
async function knows(manager, id) {
  if (!manager || !id || !manager.has_model(id)) return false;
  const model = await manager.get_model(id).catch(() => null); // made of a notebook's stored state, but not there
  return Boolean(model?.comm_live);
}
