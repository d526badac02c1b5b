// Before a page is shown: widgets know light and dark by what JupyterLab says of itself, and the
// page says the same.
(() => {
  const root = document.documentElement;
  const prefers = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => root.dataset.theme === "dark" || (root.dataset.theme === "auto" && prefers.matches);
  const tell = () => {
    if (document.body) document.body.dataset.jpThemeLight = String(!dark());
  };
  new MutationObserver(tell).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  document.addEventListener("DOMContentLoaded", tell);

  // ipywidgets asks for mathematics by the name that MathJax had before version 3
  let held = window.MathJax;
  const hub = { Queue: ([, , element]) => held.typesetPromise?.([element]) };
  Object.defineProperty(window, "MathJax", {
    configurable: true,
    get: () => held,
    set: (value) => {
      held = value;
      if (held) held.Hub = hub;
    },
  });
})();
