// One line at the top of a notebook: how to go on, and how far catching up has come.

import { element } from "./stored.js";

/** The line above a notebook; hidden until there is something to say. */
export class Banner {
  /**
   * @param {Jupyter.Lumino} lumino
   * @param {Jupyter.Panel} panel  the notebook's panel
   * @param {() => void} catchUp
   * @param {() => void} stop
   */
  constructor({ Widget }, panel, catchUp, stop) {
    this.catchUp = catchUp;
    this.stop = stop;
    /** The button that stops the catching up. @type {HTMLElement | null} */
    this.stopping = null;
    this.words = element("span", { role: "status" });
    this.buttons = element("span", { className: "bp-banner-buttons" });
    const line = element("div", { className: "bp-banner-line" }, this.words, this.buttons);
    this.widget = new Widget({ node: element("div", { className: "bp-banner" }, line) });
    this.widget.hide();
    panel.contentHeader.addWidget(this.widget);
    // JupyterLab lays out by smallest heights: the line may take two, where it is narrow
    new ResizeObserver(() => {
      this.widget.node.style.minHeight = `${line.offsetHeight}px`;
      this.widget.parent?.fit();
    }).observe(line);
  }

  /** @param {string} [said]  what is the case */
  offer(said = "The kernel is new.") {
    const go = this.#button("Catch up", this.catchUp, "bp-main");
    this.#show(`${said} Catch up runs set-up and everything above your last place.`, go, this.#later());
  }

  /** @param {{done: number, of: number}} told */
  progress({ done, of }) {
    const words = `Catching up: cell ${done + 1} of ${of}.`;
    if (this.stopping?.isConnected) this.words.textContent = words;
    else {
      this.stopping = this.#button("Stop", this.stop);
      this.#show(words, this.stopping);
    }
  }

  /** @param {Error & {response?: Response}} error  JupyterLab's own hold the server's response */
  fail(error) {
    const reason = error?.response ? "The server does not answer. Start `backprop lab` again; this page keeps what you wrote." : error.message;
    this.#show(reason, this.#button("Catch up", this.catchUp, "bp-main"), this.#later());
  }

  hide() {
    this.widget.hide();
  }

  #later() {
    return this.#button("Not now", () => this.hide());
  }

  /** @param {string} words @param {HTMLElement[]} buttons */
  #show(words, ...buttons) {
    this.words.textContent = words;
    this.buttons.replaceChildren(...buttons);
    this.widget.show();
  }

  /** @param {string} label @param {() => void} act @param {string} [kind] */
  #button(label, act, kind = "") {
    const made = element("button", { type: "button", className: `bp-button ${kind}`, textContent: label });
    made.addEventListener("click", () => act());
    return made;
  }
}
