// A picture that Python draws, and its words: a whole picture now and then, and in between the pixels that have changed. A
// new one is drawn only when it is complete, so nothing flickers; the frame keeps its shape, so nothing below it moves. It also
// puts right what the controls around it lack: names for screen readers, and keys that JupyterLab would take for itself.
const WAIT = 600; // ms of quiet before the words are read aloud
const FINEST = 2; // pixels to a CSS pixel: more are not seen, and take long to draw

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

/** Tell how many pixels the screen has to a CSS pixel, now and whenever the page is zoomed or goes to another screen. */
function watchRatio(tell) {
  let query = null;
  const look = () => {
    query?.removeEventListener("change", look);
    query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener("change", look);
    tell(Math.max(1, Math.min(FINEST, devicePixelRatio)));
  };
  look();
  addEventListener("resize", look);  // not every browser tells a query that the page was zoomed
  return () => { query.removeEventListener("change", look); removeEventListener("resize", look); };
}

function render({ model, el }) {
  const frame = document.createElement("div");
  frame.className = "bp-screen";
  frame.style.width = `${model.get("width")}px`;
  frame.style.setProperty("--bp-ratio", `${model.get("width")} / ${model.get("height")}`);
  const picture = document.createElement("canvas");
  picture.className = "bp-screen-image";
  [picture.width, picture.height] = [model.get("width"), model.get("height")];
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", model.get("what"));
  const words = document.createElement("pre");
  words.className = "bp-screen-words";
  words.style.minHeight = `${1.4 * model.get("lines")}em`;
  const aloud = document.createElement("div");
  aloud.className = "bp-screen-aloud";
  aloud.setAttribute("role", "status");
  frame.append(picture, words, aloud);
  el.append(frame);

  const paper = picture.getContext("2d", { willReadFrequently: true });
  let image = null, pixels = null, whole = null, number = 0, shown = 0, timer = null, watcher = null;
  const words32 = data => new Uint32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
  /** Take a whole picture, with as many pixels as it has: on a fine screen they are more than the frame is wide. */
  function take(png, decoded) {
    [picture.width, picture.height] = [decoded.width, decoded.height]; // which empties it
    paper.drawImage(decoded, 0, 0);
    decoded.close();
    whole = { png, pixels: words32(paper.getImageData(0, 0, picture.width, picture.height).data) };
    image = paper.createImageData(picture.width, picture.height);
    pixels = new Uint32Array(image.data.buffer);
  }
  async function show() {
    const mine = ++number, [png, changes, text, error] = ["png", "changes", "text", "error"].map(name => model.get(name));
    if (whole?.png !== png) {
      const decoded = await createImageBitmap(new Blob([png], { type: "image/png" }));
      if (mine < shown) return; // a later one was faster
      take(png, decoded);
    }
    shown = mine;
    pixels.set(whole.pixels);
    const sent = words32(changes), half = sent.length / 2;
    for (let k = 0; k < half; k++) pixels[sent[k]] = sent[half + k];
    paper.putImageData(image, 0, 0);
    say(text, error); // the words always belong to the picture
    frame.dataset.frames = String(shown);
  }
  function say(text, error) {
    words.textContent = error || text;
    words.classList.toggle("bp-screen-error", Boolean(error));
    words.hidden = !error && !model.get("readable");
    clearTimeout(timer);
    timer = setTimeout(() => { aloud.textContent = words.textContent; }, WAIT);
  }
  let asked = false;
  function follow() { // once for all that arrived together
    if (asked) return;
    asked = true;
    queueMicrotask(() => { asked = false; show(); });
  }
  const news = "change:png change:changes change:text change:error";
  model.on(news, follow);
  say(model.get("text"), model.get("error"));
  show();

  const settle = () => {
    const box = frame.closest(".lm-Widget.jp-OutputArea-output") ?? frame.parentElement;
    let root = el;
    for (let up = el; up && up !== box; up = up.parentElement) if (up.classList.contains("jupyter-widgets")) root = up;
    root.dataset.lmSuppressShortcuts = "true";
    makeReadable(root);
    const matters = ({ type, target, addedNodes }) =>  // a slider that moves changes words and classes all the time
      type === "attributes" ? target.matches("button, i") : [...addedNodes].some(node => node instanceof Element && node !== words);
    watcher = new MutationObserver(records => { if (records.some(matters)) makeReadable(root); });
    watcher.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
  };
  requestAnimationFrame(settle);
  const unwatch = watchRatio(ratio => { if (ratio !== model.get("ratio")) { model.set("ratio", ratio); model.save_changes(); } });
  return () => { model.off(news, follow); watcher?.disconnect(); clearTimeout(timer); unwatch(); };
}

export default { render };
