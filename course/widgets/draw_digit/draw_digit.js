// The digit pad: draw a digit with mouse, finger or keys, and see what every layer of the network makes of it.
// State lives in the model's traits (strokes, example, centred); the mathematics is done here, at every stroke.
import { SIDE, forward, ink, normalise } from "./math.js";

const PAD = 280,
  STEP = 1,
  FAR = 3,
  QUIET = 400; // QUIET: ms before the words are read aloud
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const HELP =
  "Mouse or finger draws. Keys: arrows move the pen, two at once aslant, Shift further; Space lowers and lifts it; Backspace takes a line back, Delete clears, N shows the next digit of MNIST.";
//: As in course/plots/palette.py: signed numbers from purple below 0 over white to orange above.
const SIGNED = [
  [134, 114, 208],
  [207, 199, 238],
  [255, 255, 255],
  [243, 220, 180],
  [196, 130, 31],
];

/**
 * An HTML element; what takes the focus keeps JupyterLab's shortcuts away.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Element} parent
 * @param {Tag} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function make(parent, tag, attributes = {}, text = "") {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (["button", "input", "canvas"].includes(tag)) node.dataset.lmSuppressShortcuts = "true";
  node.textContent = text;
  parent.append(node);
  return node;
}

/** The 2d context of a canvas, which no browser refuses. @param {HTMLCanvasElement} canvas */
const contextOf = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/** The bytes of a trait, which arrive as a DataView. @param {DataView} view */
const bytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/**
 * Paint 784 numbers on a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {Float64Array} values
 * @param {(value: number) => number[]} colour  [r, g, b] of each, from 0 to 255
 */
function paint(canvas, values, colour) {
  const image = new ImageData(SIDE, SIDE);
  values.forEach((value, k) => image.data.set([...colour(value), 255], 4 * k));
  const small = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  contextOf(small).putImageData(image, 0, 0);
  const context = contextOf(canvas);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
}
/** White for 0, black for 1. @param {number} value */
const grey = (value) => Array(3).fill(Math.round(255 * (1 - value)));
/** White for 0, orange for positive, purple for negative; full at ±limit. @param {number} limit */
const signed = (limit) => (/** @type {number} */ value) => {
  if (Number.isNaN(value)) return [160, 48, 111];
  const place = 2 + 2 * Math.max(-1, Math.min(1, value / limit)),
    k = Math.min(3, Math.floor(place));
  return SIGNED[k].map((c, rgb) => Math.round(c + (place - k) * (SIGNED[k + 1][rgb] - c)));
};
/** @param {number} value @param {number} digits  behind the point */
const minus = (value, digits) => value.toFixed(digits).replace("-", "−");

/** @param {View} view */
function render({ model, el }) {
  /** @type {number[]} */
  const sizes = model.get("sizes"),
    hidden = sizes.slice(1, -1),
    outputs = sizes[sizes.length - 1];
  const raw = bytes(model.get("parameters")),
    parameters = new Float32Array(raw.slice().buffer);
  const examples = bytes(model.get("examples"));
  /** @type {number[]} */
  const labels = model.get("labels");
  /** Where the parameters behind layer `l` begin. @param {number} l */
  const offset = (l) =>
    sizes.slice(0, l).reduce((sum, n, k) => sum + n * sizes[k + 1] + sizes[k + 1], 0);

  const root = make(el, "div", { class: "dd-root", role: "group", "aria-label": "Draw a digit" });
  const bar = make(root, "div", { class: "dd-bar" });
  /** @param {string} text @param {() => void} act */
  const button = (text, act) => {
    const b = make(bar, "button", { type: "button" }, text);
    b.addEventListener("click", act);
    return b;
  };
  const body = make(root, "div", { class: "dd-body" });
  /** @param {string} title */
  const column = (title) => {
    const c = make(body, "div", { class: "dd-column" });
    make(c, "div", { class: "dd-title" }, title);
    return c;
  };
  /** @param {Element} parent */
  const paper = (parent) => make(parent, "div", { class: "dd-paper" });
  const pad = make(paper(column("your page")), "canvas", {
    class: "dd-pad",
    width: PAD,
    height: PAD,
    tabindex: "0",
    role: "application",
    "aria-label": `page to draw on. ${HELP}`,
  });
  const middle = column("what the network sees");
  const seen = make(paper(middle), "canvas", {
    class: "dd-seen",
    width: 140,
    height: 140,
    role: "img",
    "aria-label": "what the network sees",
  });
  const centre = make(make(middle, "label", { class: "dd-check" }), "input", { type: "checkbox" });
  centre.parentElement?.append(" centred like MNIST");
  const looks = make(middle, "div", { class: "dd-title" }, "");
  const weights = make(paper(middle), "canvas", {
    class: "dd-seen",
    width: 112,
    height: 112,
    role: "img",
  });
  const grids = hidden.map((units, l) => {
    const c = column(`hidden layer ${l + 1}: ${units} units`);
    const grid = make(c, "div", {
      class: `dd-grid${units > 60 ? " dd-many" : ""}`,
      role: "img",
      "aria-label": `hidden layer ${l + 1}`,
    });
    const cells = Array.from({ length: units }, (_, j) => {
      const cell = make(grid, "div", { class: "dd-cell" });
      const pick = () => {
        slider.value = String(j + 1);
        update();
      };
      if (l === 0) cell.addEventListener("click", pick);
      return cell;
    });
    return { grid, cells };
  });
  const first = /** @type {Element} */ (grids[0]?.grid.parentElement);
  const picked = hidden.length ? make(first, "div", { class: "dd-picked" }) : root;
  const slider = make(picked, "input", {
    type: "range",
    min: 1,
    max: hidden[0] ?? 1,
    value: 1,
    "aria-label": "hidden unit",
  });
  const words = make(picked, "div", { class: "dd-words" });
  if (!hidden.length) {
    slider.hidden = weights.hidden = true;
  }
  const bars = make(column("outputs"), "div", { class: "dd-bars" });
  const rows = Array.from({ length: outputs }, (_, k) => {
    const row = make(bars, "div", { class: "dd-row" });
    make(row, "span", { class: "dd-digit" }, String(k));
    const fill = make(make(row, "span", { class: "dd-track" }), "span", { class: "dd-fill" });
    return {
      row,
      fill,
      value: make(row, "span", { class: "dd-value" }),
      mark: make(row, "span", { class: "dd-mark" }),
    };
  });
  const live = make(root, "div", { class: "dd-live" });
  const spoken = make(root, "div", { class: "dd-spoken", role: "status", "aria-live": "polite" });
  make(root, "div", { class: "dd-help" }, HELP);

  // ---- changing the state -----------------------------------------------------------------------------------------
  let waiting = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let quiet;
  /** Whether a line is being drawn; null where none is. @type {true | null} */
  let current = null;
  /** @type {Set<string>} */
  const held = new Set();
  let pen = { x: SIDE / 2, y: SIDE / 2, down: false, shown: false };
  const save = () => {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      model.save_changes();
    });
  };
  /** @returns {number[][]} */
  const strokes = () => model.get("strokes");
  /** @param {number[][]} list */
  const put = (list) => {
    model.set("strokes", list);
    if (list.length) model.set("example", -1);
    save();
  };
  /** @param {number} x @param {number} y  in pixels of the image */
  const extend = (x, y) => {
    const list = strokes().map((s) => s.slice());
    if (!current || !list.length) list.push([x, y]);
    else list[list.length - 1].push(x, y);
    current = true;
    put(list);
  };
  const clear = () => {
    current = null;
    pen.down = false;
    model.set("strokes", []);
    model.set("example", -1);
    save();
  };
  const undo = () => {
    current = null;
    pen.down = false;
    put(strokes().slice(0, -1));
  };
  const next = () => {
    current = null;
    pen.down = false;
    model.set("strokes", []);
    model.set("example", (model.get("example") + 1) % labels.length);
    save();
  };
  button("Clear", clear);
  button("Take back", undo);
  if (labels.length) button("A digit of MNIST", next);
  centre.addEventListener("change", () => {
    model.set("centred", centre.checked);
    save();
  });
  slider.addEventListener("input", () => update());

  /** @param {PointerEvent} event @returns {[number, number]} in pixels of the image */
  const place = (event) => {
    const box = pad.getBoundingClientRect();
    /** @param {number} share */
    const inside = (share) => Math.min(1, Math.max(0, share)) * SIDE;
    return [
      inside((event.clientX - box.left) / box.width),
      inside((event.clientY - box.top) / box.height),
    ];
  };
  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pad.setPointerCapture(event.pointerId);
    pad.focus({ preventScroll: true });
    pen = { ...pen, shown: false, down: false };
    current = null;
    extend(...place(event));
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!pad.hasPointerCapture(event.pointerId) || !current) return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) extend(...place(part));
  });
  const lift = () => {
    if (!pen.shown) current = null;
  };
  pad.addEventListener("pointerup", lift);
  pad.addEventListener("pointercancel", lift);
  pad.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) {
      held.add(event.key);
      const far = event.shiftKey ? FAR : STEP;
      /** @param {number} v */
      const inside = (v) => Math.min(SIDE - 0.5, Math.max(0.5, v));
      const by = [0, 1].map(
        (axis) => far * [...held].reduce((sum, key) => sum + ARROWS[key][axis], 0),
      );
      pen = { ...pen, shown: true, x: inside(pen.x + by[0]), y: inside(pen.y + by[1]) };
      if (pen.down) extend(pen.x, pen.y);
      else update();
    } else if (event.key === " ") {
      pen = { ...pen, shown: true, down: !pen.down };
      current = null;
      if (pen.down) extend(pen.x, pen.y);
      else update();
    } else if (event.key === "Backspace") undo();
    else if (event.key === "Delete") clear();
    else if (event.key === "n" || event.key === "N") {
      if (labels.length) next();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  pad.addEventListener("keyup", (event) => held.delete(event.key));
  pad.addEventListener("focus", () => {
    if (pad.matches(":focus-visible")) {
      pen = { ...pen, shown: true };
      update();
    }
  });
  pad.addEventListener("blur", () => {
    held.clear();
    pen = { ...pen, down: false, shown: false };
    current = null;
    update();
  });

  // ---- showing the state ------------------------------------------------------------------------------------------
  function update() {
    try {
      show();
    } catch (error) {
      // nobody above would show it
      live.textContent = `The picture could not be redrawn. ${error}`;
      live.classList.add("dd-error");
      console.error(error);
    }
  }

  function show() {
    /** @type {number} */
    const example = model.get("example");
    const lines = strokes();
    const stored =
      example >= 0
        ? Float64Array.from(examples.subarray(784 * example, 784 * (example + 1)), (v) => v / 255)
        : null;
    const page = stored ?? ink(lines),
      x = stored ?? (model.get("centred") ? ink(normalise(lines)) : page);
    const layers = forward(x, sizes, parameters),
      y = Array.from(layers[layers.length - 1]);
    const blank = !x.some((v) => v > 0);
    paint(pad, page, grey);
    const context = contextOf(pad),
      unit = PAD / SIDE;
    if (pen.shown) {
      context.lineWidth = 2;
      context.strokeStyle = context.fillStyle = "#0067a3";
      context.strokeRect((pen.x - 1) * unit, (pen.y - 1) * unit, 2 * unit, 2 * unit);
      if (pen.down) context.fillRect((pen.x - 0.5) * unit, (pen.y - 0.5) * unit, unit, unit);
    }
    paint(seen, x, grey);
    centre.checked = model.get("centred");
    centre.disabled = stored !== null;
    grids.forEach(({ grid, cells }, l) => {
      const a = Array.from(layers[l + 1]);
      cells.forEach((cell, j) => {
        cell.style.setProperty("--a", `${Math.round(100 * a[j])}%`);
        cell.classList.toggle("dd-middling", a[j] > 0.65);
        cell.classList.toggle("dd-high", a[j] > 0.86);
        cell.classList.toggle("dd-here", l === 0 && j === slider.valueAsNumber - 1);
        cell.textContent = cells.length > 60 ? "" : a[j].toFixed(2).replace(/^0/, "");
        cell.title = `unit ${j + 1}: ${a[j].toFixed(4)}`;
      });
      const names = a.flatMap((v, j) => (v > 0.5 ? [j + 1] : []));
      grid.setAttribute(
        "aria-label",
        `hidden layer ${l + 1}: ${names.length} of ${a.length} units above one half${
          names.length && names.length <= 40 ? `, units ${names.join(", ")}` : ""
        }`,
      );
    });
    const order = y.map((_, k) => k).sort((a, b) => y[b] - y[a]),
      [best, second] = order,
      lost = y.some(Number.isNaN);
    const label = example >= 0 ? labels[example] : null;
    rows.forEach(({ row, fill, value, mark }, k) => {
      fill.style.width = `${lost ? 0 : 100 * y[k]}%`;
      value.textContent = lost ? "nan" : y[k].toFixed(3);
      mark.replaceChildren();
      if (k === best && !lost) make(mark, "span", { class: "dd-answer" }, "◀ answer");
      if (k === label) make(mark, "span", { class: "dd-truth" }, "● label");
      row.classList.toggle("dd-best", k === best && !lost);
    });
    if (hidden.length) explain(layers, best);
    const truth = label === null ? "" : `A ${label} from MNIST. `;
    const state = pen.shown
      ? ` Pen ${pen.down ? "down" : "up"} at column ${Math.round(pen.x)}, row ${Math.round(pen.y)}.`
      : "";
    live.classList.remove("dd-error");
    live.textContent =
      (lost
        ? `${truth}The outputs are nan: some weights of this network are not numbers.`
        : blank
          ? `The page is empty; the network answers ${best} all the same, with ${y[best].toFixed(3)}.`
          : `${truth}The answer is ${best}: output ${best} is ${y[best].toFixed(3)}, next comes ${second} with ${y[second].toFixed(3)}.${
              y[best] < 0.5 ? " No output is above one half." : ""
            }`) + state;
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      spoken.textContent = live.textContent;
    }, QUIET);
  }

  /**
   * @param {ArrayLike<number>[]} layers  the activations
   * @param {number} best  the answer, a digit
   */
  function explain(layers, best) {
    const j = slider.valueAsNumber - 1,
      [n, m, next] = sizes,
      after = offset(1);
    const picture = Float64Array.from({ length: n }, (_, i) => parameters[i * m + j]);
    const limit =
      [...picture]
        .filter(Number.isFinite)
        .map(Math.abs)
        .sort((a, b) => a - b)[Math.floor(0.98 * n)] || 1;
    paint(weights, picture, signed(limit));
    const a = layers[1][j],
      push = Array.from({ length: next }, (_, k) => a * parameters[after + j * next + k]);
    const most = push.indexOf(Math.max(...push)),
      least = push.indexOf(Math.min(...push));
    looks.textContent = `weights of unit ${j + 1}`;
    weights.setAttribute(
      "aria-label",
      `weights that arrive at hidden unit ${j + 1}: orange adds, purple takes away`,
    );
    if (push.some(Number.isNaN)) {
      words.textContent = `Unit ${j + 1} puts out ${Number.isNaN(a) ? "nan" : a.toFixed(3)}; what it adds is nan.`;
      return;
    }
    const name = sizes.length === 3 ? "output" : "unit";
    /** @param {number} k */
    const shown = (k) => (sizes.length === 3 ? k : k + 1);
    words.textContent = `Unit ${j + 1} puts out ${a.toFixed(3)}. It adds ${minus(push[most], 2)} to ${name} ${shown(most)} and ${minus(push[least], 2)} to ${name} ${shown(
      least,
    )}${sizes.length === 3 && best !== most && best !== least ? `, ${minus(push[best], 2)} to the answer ${best}` : ""}.`;
  }

  const traits = ["strokes", "example", "centred"].map((trait) => `change:${trait}`);
  traits.forEach((trait) => model.on(trait, update));
  update();
  return () => {
    cancelAnimationFrame(waiting);
    clearTimeout(quiet);
    traits.forEach((trait) => model.off(trait, update));
  };
}

export default { render };
