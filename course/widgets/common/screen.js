// A picture that Python draws, and its words: a whole picture now and then, and in between the pixels that have changed. A
// new one is drawn only when it is complete, so nothing flickers; the frame keeps its shape, so nothing below it moves. It also
// puts right what the controls around it lack: names for screen readers, and keys that JupyterLab would take for itself.
const WAIT = 600; // ms of quiet before the words are read aloud
const FINEST = 2; // pixels to a CSS pixel: more are not seen, and take long to draw

const CONTROLS = "button, input, select, textarea, [tabindex], [contenteditable]";

/** What an icon means, where its name does not say it. @type {Record<string, string>} */
const SIGNS = { retweet: "repeat" };

/**
 * Give every control around the picture a name and a state that can be read aloud, and the keys
 * that are pressed on it.
 * @param {HTMLElement} root
 */
function makeReadable(root) {
  // JupyterLab looks at the focused element before its containers: its shortcuts match ":focus"
  for (const control of root.querySelectorAll(CONTROLS)) {
    /** @type {HTMLElement} */ (control).dataset.lmSuppressShortcuts = "true";
  }
  for (const row of root.querySelectorAll(".widget-inline-hbox, .widget-inline-vbox, .jupyter-widgets")) {
    const label = row.querySelector(":scope > .widget-label")?.textContent?.trim();
    if (!label) continue;
    for (const handle of row.querySelectorAll(".noUi-handle, .widget-readout, input, select, textarea")) {
      const named = Boolean(/** @type {HTMLInputElement} */ (handle).labels?.length);
      if (named || handle.getAttribute("aria-label") === label) continue;
      handle.setAttribute("aria-label", label);
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
    if (sign && !button.textContent?.trim()) button.setAttribute("aria-label", SIGNS[sign] ?? sign);
  }
}

/**
 * Tell how many pixels the screen has to a CSS pixel, now and whenever the page is zoomed or goes
 * to another screen.
 * @param {(ratio: number) => void} tell
 */
function watchRatio(tell) {
  /** @type {MediaQueryList | null} */
  let query = null;
  const look = () => {
    query?.removeEventListener("change", look);
    query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener("change", look);
    tell(Math.max(1, Math.min(FINEST, devicePixelRatio)));
  };
  look();
  addEventListener("resize", look);  // not every browser tells a query that the page was zoomed
  return () => { query?.removeEventListener("change", look); removeEventListener("resize", look); };
}

/** @param {View} view */
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

  const paper = /** @type {CanvasRenderingContext2D} */ (
    picture.getContext("2d", { willReadFrequently: true }));
  /** What is shown, and the same as a number for each pixel. @type {ImageData} */
  let image;
  /** @type {Uint32Array} */
  let pixels;
  /** The last whole picture. @type {{png: DataView<ArrayBuffer>, pixels: Uint32Array} | null} */
  let whole = null;
  let number = 0, shown = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {MutationObserver | null} */
  let watcher = null;
  /** @param {ArrayBufferView<ArrayBuffer>} data */
  const words32 = data => new Uint32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
  /**
   * Take a whole picture, with as many pixels as it has: on a fine screen they are more than the
   * frame is wide.
   * @param {DataView<ArrayBuffer>} png
   * @param {ImageBitmap} decoded
   * @returns {{png: DataView<ArrayBuffer>, pixels: Uint32Array}}
   */
  function take(png, decoded) {
    [picture.width, picture.height] = [decoded.width, decoded.height]; // which empties it
    paper.drawImage(decoded, 0, 0);
    decoded.close();
    image = paper.createImageData(picture.width, picture.height);
    pixels = new Uint32Array(image.data.buffer);
    return { png, pixels: words32(paper.getImageData(0, 0, picture.width, picture.height).data) };
  }
  async function show() {
    const mine = ++number, [png, changes, text, error] = ["png", "changes", "text", "error"].map(name => model.get(name));
    if (whole?.png !== png) {
      const decoded = await createImageBitmap(new Blob([png], { type: "image/png" }));
      if (mine < shown) return; // a later one was faster
      whole = take(png, decoded);
    }
    shown = mine;
    pixels.set(/** @type {{pixels: Uint32Array}} */ (whole).pixels);
    const sent = words32(changes), half = sent.length / 2;
    for (let k = 0; k < half; k++) pixels[sent[k]] = sent[half + k];
    paper.putImageData(image, 0, 0);
    say(text, error); // the words always belong to the picture
    frame.dataset.frames = String(shown);
  }
  /** @param {string} text @param {string} error  what is said in its place */
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
    for (let up = /** @type {HTMLElement | null} */ (el); up && up !== box; up = up.parentElement) {
      if (up.classList.contains("jupyter-widgets")) root = up;
    }
    root.dataset.lmSuppressShortcuts = "true";
    makeReadable(root);
    /** @param {MutationRecord} record */
    const matters = ({ type, target, addedNodes }) => {
      // a slider that moves changes words and classes all the time
      if (type === "attributes") return /** @type {Element} */ (target).matches("button, i");
      return [...addedNodes].some(node => node instanceof Element && node !== words);
    };
    watcher = new MutationObserver(records => { if (records.some(matters)) makeReadable(root); });
    watcher.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
  };
  requestAnimationFrame(settle);
  const unwatch = watchRatio(ratio => { if (ratio !== model.get("ratio")) { model.set("ratio", ratio); model.save_changes(); } });
  return () => { model.off(news, follow); watcher?.disconnect(); clearTimeout(timer); unwatch(); };
}

export default { render };
