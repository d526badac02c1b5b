// A picture that Python draws, and its words. A new picture takes the place of the old one only when it is decoded, so
// nothing flickers; the frame keeps its shape, so nothing below it moves. It also puts right what the controls around it
// lack: names for screen readers, and keys that JupyterLab would take for itself.
const WAIT = 600; // ms of quiet before the words are read aloud

const CONTROLS = "button, input, select, textarea, [tabindex], [contenteditable]";

/** Give every control around the picture a name and a state that can be read aloud, and the keys that are pressed on it. */
function makeReadable(root) {
  // JupyterLab looks at the focused element before its containers: its shortcuts match ":focus"
  for (const control of root.querySelectorAll(CONTROLS)) control.dataset.lmSuppressShortcuts = "true";
  for (const row of root.querySelectorAll(".widget-inline-hbox, .widget-inline-vbox, .jupyter-widgets")) {
    const label = row.querySelector(":scope > .widget-label")?.textContent?.trim();
    if (!label) continue;
    for (const handle of row.querySelectorAll(".noUi-handle, .widget-readout, input, select, textarea")) {
      if (!handle.labels?.length && handle.getAttribute("aria-label") !== label) handle.setAttribute("aria-label", label);
    }
    for (const readout of row.querySelectorAll(".widget-readout[contenteditable]")) readout.setAttribute("role", "textbox");
    const buttons = row.querySelector(":scope > .widget-toggle-buttons-container, :scope > div:has(> .widget-toggle-button)");
    if (buttons) { buttons.setAttribute("role", "group"); buttons.setAttribute("aria-label", label); }
  }
  for (const button of root.querySelectorAll(".widget-toggle-button")) {
    button.setAttribute("aria-pressed", String(button.classList.contains("mod-active")));
  }
  for (const button of root.querySelectorAll(".widget-play button, button:not([aria-label])")) {
    const sign = button.querySelector("i")?.className.match(/fa-([a-z]+)/)?.[1];
    if (sign && !button.textContent.trim()) button.setAttribute("aria-label", { retweet: "repeat" }[sign] ?? sign);
  }
}

function render({ model, el }) {
  const frame = document.createElement("div");
  frame.className = "bp-screen";
  frame.style.width = `${model.get("width")}px`;
  frame.style.setProperty("--bp-ratio", `${model.get("width")} / ${model.get("height")}`);
  let image = new Image();
  image.className = "bp-screen-image";
  const words = document.createElement("pre");
  words.className = "bp-screen-words";
  words.style.minHeight = `${1.4 * model.get("lines")}em`;
  const aloud = document.createElement("div");
  aloud.className = "bp-screen-aloud";
  aloud.setAttribute("role", "status");
  frame.append(image, words, aloud);
  el.append(frame);

  let number = 0, shown = 0, timer = null, watcher = null;
  async function showPicture() {
    const mine = ++number;
    const next = new Image();
    next.className = image.className;
    next.alt = model.get("what");
    next.draggable = false;
    const url = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
    next.src = url;
    try {
      await next.decode();
    } finally {
      URL.revokeObjectURL(url);
    }
    if (mine < shown) return; // a later one was faster
    shown = mine;
    image.replaceWith(next);
    image = next;
    frame.dataset.frames = String(shown);
  }
  function showWords() {
    const error = model.get("error");
    words.textContent = error || model.get("text");
    words.classList.toggle("bp-screen-error", Boolean(error));
    words.hidden = !error && !model.get("readable");
    clearTimeout(timer);
    timer = setTimeout(() => { aloud.textContent = words.textContent; }, WAIT);
  }
  model.on("change:png", showPicture);
  model.on("change:text change:error", showWords);
  showPicture();
  showWords();

  const settle = () => {
    const box = frame.closest(".lm-Widget.jp-OutputArea-output") ?? frame.parentElement;
    let root = el;
    for (let up = el; up && up !== box; up = up.parentElement) if (up.classList.contains("jupyter-widgets")) root = up;
    root.dataset.lmSuppressShortcuts = "true";
    makeReadable(root);
    watcher = new MutationObserver(() => makeReadable(root));
    watcher.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
  };
  requestAnimationFrame(settle);
  return () => { watcher?.disconnect(); clearTimeout(timer); };
}

export default { render };
