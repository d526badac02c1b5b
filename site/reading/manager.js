// The widgets of a page: their states come from a file beside the page, their classes from this
// bundle, and no kernel stands behind them.
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as base from "@jupyter-widgets/base";
import * as controls from "@jupyter-widgets/controls";
import { Widget } from "@lumino/widgets";
import "@lumino/widgets/style/widget.css";
import "@jupyter-widgets/controls/css/widgets-base.css";
import "@jupyter-widgets/controls/css/labvariables.css";
import makeAnywidget from "./anywidget.js"; // written when the bundle is made

const MODULES = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": controls,
  anywidget: makeAnywidget(base),
};
const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
const SILENT = { on_close() {}, on_msg() {}, close() {}, send() {} };

class PageManager extends ManagerBase {
  async loadClass(name, module) {
    const found = MODULES[module]?.[name];
    if (!found) throw new Error(`${name} of ${module} is not on this page`);
    return found;
  }

  async _create_comm() {
    return SILENT;
  }

  async _get_comm_info() {
    return {};
  }
}

/** Programs and styles of the widgets are files that the pages share. */
function resolve(state, root) {
  for (const { state: traits } of Object.values(state)) {
    for (const name of ["_esm", "_css"]) {
      if (traits[name]?.startsWith?.("@")) {
        traits[name] = new URL(`${root}_static/widgets/${traits[name].slice(1)}`, document.baseURI).href;
      }
    }
  }
}

async function begin() {
  const root = document.documentElement.dataset.content_root ?? "./";
  const page = document.querySelector("meta[name=bp-widgets]").content; // the pages that have it load this
  const held = await (await fetch(new URL(`${root}_static/states/${page}`, document.baseURI))).json();
  resolve(held.state, root);
  const manager = new PageManager();
  await manager.set_state(held);
  for (const script of document.querySelectorAll(VIEW)) {
    const { model_id } = JSON.parse(script.textContent);
    const place = document.createElement("div");
    // as JupyterLab's, which the pictures look for to know how far they reach
    place.className = "bp-widget lm-Widget jp-OutputArea-output";
    script.after(place);
    const view = await manager.create_view(await manager.get_model(model_id));
    Widget.attach(view.luminoWidget, place);
  }
  document.documentElement.dataset.widgets = "shown";
}

begin();
