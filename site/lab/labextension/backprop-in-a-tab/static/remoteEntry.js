// The door by which JupyterLab loads this extension: what a bundler would make, written by hand. A classic script, as
// JupyterLab adds it to the page; everything else is an ES module beside it.
(() => {
  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  /**
   * JupyterLab's modules: by name and version.
   * @type {Record<string, Record<string, {loaded?: number, get: () => Promise<() => any>}>>}
   */
  let scope;

  /**
   * A module that JupyterLab itself uses: its tokens are only the same if the module is.
   * @param {string} name
   */
  async function shared(name) {
    const entries = Object.values(scope[name] ?? {});
    const entry = entries.find(each => each.loaded) ?? entries.at(-1);
    if (!entry) throw new Error(`backprop-in-a-tab: this JupyterLab shares no ${name}`);
    return (await entry.get())();
  }

  async function get() {
    const { plugins } = await import(new URL("./index.js", here).href);
    const made = await plugins(shared);
    return () => ({ __esModule: true, default: made });
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB["backprop-in-a-tab"] = { init: async given => { scope = given; }, get };
})();
