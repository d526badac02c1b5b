// Logits to probabilities: drag a logit and watch the three stages of softmax follow; say which class is right, and see p - t.
// State lives in the model's traits (z, temperature, added, shift, right); the mathematics is done here, at every move.
import { inFigures, reach, stages, step } from "./math.js";
import { picture } from "./picture.js";
import { cost, rows, verdict, way } from "./words.js";

const TRAITS = ["z", "temperature", "added", "shift", "right"],
  FURTHEST = 1e6,
  QUIET = 500; // ms before words are read aloud
const LEAST = 0.74; // a picture drawn smaller than this is not read easily: its stages go two by two
const HELP =
  "Drag a logit, or Tab to it: ↑ ↓ move it, Shift finely, Page far, a digit or Enter types it · Space on a class says that it is right";

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
  if (["button", "input", "select"].includes(tag)) node.dataset.lmSuppressShortcuts = "true";
  node.textContent = text;
  parent.append(node);
  return node;
}

/** @typedef {Partial<import("./math.js").State>} Changes */

/** @param {View} view */
function render({ model, el }) {
  /** @returns {import("./math.js").State} */
  const state = () =>
    /** @type {any} */ (
      Object.fromEntries(TRAITS.map((trait) => [trait, model.get(trait) ?? null]))
    );
  const root = make(el, "div", {
    class: "lg-root",
    role: "group",
    "aria-label": "Logits to probabilities",
    "data-lm-suppress-shortcuts": "true",
  });
  const bar = make(root, "div", { class: "lg-bar" });
  const frame = make(root, "div", { class: "lg-frame" }),
    inner = make(frame, "div", { class: "lg-inner" });
  /** @param {string} name */
  const svg = (name) => {
    const s = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    s.setAttribute("class", name);
    return s;
  };
  const above = svg("lg-picture"),
    below = svg("lg-picture lg-below");
  above.setAttribute("role", "group");
  above.setAttribute("aria-label", "logits, exponentials, probabilities");
  below.setAttribute("role", "img");
  inner.append(above);
  const under = make(inner, "div", { class: "lg-under" });
  const panel = make(under, "div", { class: "lg-panel" }),
    heading = make(panel, "div", { class: "lg-heading" }),
    maths = make(panel, "div", { class: "lg-maths" });
  const ask = make(panel, "div", { class: "lg-hint" });
  under.append(below);
  const words = make(root, "div", { class: "lg-words" }),
    happened = make(words, "div", { class: "lg-verdict" }),
    costs = make(words, "div", { class: "lg-cost" });
  make(root, "div", { class: "lg-help" }, HELP);
  const spoken = make(root, "div", { class: "lg-spoken" }),
    table = make(spoken, "table"),
    live = make(spoken, "div", { role: "status", "aria-live": "polite" });
  make(table, "caption", {}, "the numbers of the picture");
  const body = make(table, "tbody");

  /** @returns {number[]} */
  const logits = () => model.get("z");
  const k = logits().length,
    parts = picture(above, below, k);
  inner.style.setProperty("--lg-width", `${parts.aspect[0]}px`);
  const beside = `minmax(0, ${parts.aspect[0] - parts.below}fr) minmax(0, ${parts.below}fr)`;
  /** @type {boolean | null} */
  let stacked = null;
  const fit = () => {
    const narrow = frame.clientWidth < LEAST * parts.aspect[0];
    if (narrow === stacked || !frame.clientWidth) return;
    stacked = narrow;
    root.classList.toggle("lg-stacked", narrow);
    under.style.gridTemplateColumns = narrow ? "minmax(0, 1fr)" : beside;
    parts.stack(narrow);
    if (!narrow) under.append(below);
  };
  under.style.gridTemplateColumns = beside;
  fit();
  const watcher = new ResizeObserver(fit);
  watcher.observe(frame);

  // ---- changing the state -----------------------------------------------------------------------------------------
  let waiting = 0,
    active = 0,
    note = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let quiet;
  /**
   * The logit in the hand.
   * @type {{y: number, value: number, limit: number, scale: number, moved: boolean} | null}
   */
  let held = null;
  const save = () => {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      model.save_changes();
    });
  };
  /** @param {Changes} changes */
  const set = (changes) => {
    note = "";
    for (const [trait, value] of Object.entries(changes)) model.set(trait, value);
    save();
  };
  /** @param {number} i @param {number} value */
  const moveTo = (i, value) => {
    const moved = Math.max(-FURTHEST, Math.min(FURTHEST, value));
    set({ z: logits().map((v, j) => (j === i ? moved : v)) });
  };
  /** @param {number} i */
  const choose = (i) => set({ right: model.get("right") === i ? null : i });
  /** @param {number} i */
  const look = (i) => {
    if (i !== active) {
      active = i;
      update();
    }
  };
  /** @param {number} value @param {number} by */
  const tidy = (value, by) => Number((Math.round(value / by) * by).toPrecision(12));

  // ---- the controls above the picture -------------------------------------------------------------------------------
  /**
   * A slider and a box for the same number.
   * @param {string} name
   * @param {string} words  what is read aloud
   * @param {"temperature" | "added"} trait
   * @param {{min: number, max: number, low: number, high: number, by: number, out: (v: number) =>
   *   number, back: (v: number) => number}} range low, high, by: of the slider; `out` and `back`
   *   turn the number into the slider's and back
   * @returns {() => void} shows the trait
   */
  function control(name, words, trait, { min, max, low, high, by, out, back }) {
    const group = make(bar, "div", { class: "lg-control", role: "group", "aria-label": words });
    make(group, "span", { "aria-hidden": "true" }, name);
    const slider = make(group, "input", {
      type: "range",
      min: low,
      max: high,
      step: by,
      "aria-label": `${words}, slider`,
    });
    const box = make(group, "input", {
      type: "number",
      min,
      max,
      step: "any",
      "aria-label": words,
    });
    slider.addEventListener("input", () => set({ [trait]: back(slider.valueAsNumber) }));
    box.addEventListener("input", () => {
      const value = box.valueAsNumber;
      if (value >= min && value <= max) set({ [trait]: value });
      else {
        note = `The ${words} is a number from ${inFigures(min)} to ${inFigures(max)}; the picture still shows ${inFigures(model.get(trait))}.`;
        update();
      }
    });
    box.addEventListener("change", () => {
      box.value = String(model.get(trait));
    });
    return () => {
      const value = model.get(trait);
      slider.value = String(out(value));
      slider.setAttribute("aria-valuetext", inFigures(value));
      const { activeElement } = /** @type {Document | ShadowRoot} */ (box.getRootNode());
      if (activeElement !== box || (box.valueAsNumber !== value && !note))
        box.value = String(value);
    };
  }
  const controls = [
    control("temperature τ", "temperature", "temperature", {
      min: 0.01,
      max: 100,
      low: -2,
      high: 2,
      by: 0.02,
      out: Math.log10,
      back: (v) => Number((10 ** v).toPrecision(2)),
    }),
    control("add c", "number added to all logits", "added", {
      min: -FURTHEST,
      max: FURTHEST,
      low: -1000,
      high: 1000,
      by: 1,
      out: (v) => v,
      back: (v) => v,
    }),
  ];
  const tick = make(make(bar, "label", { class: "lg-tickbox" }), "input", { type: "checkbox" });
  tick.parentElement?.append("subtract the largest first");
  tick.addEventListener("change", () => set({ shift: tick.checked }));
  make(bar, "button", { type: "button", class: "lg-reset" }, "Back to the start").addEventListener(
    "click",
    () => set(structuredClone(model.get("initial"))),
  );

  // ---- the logits: dragged, moved by keys, typed --------------------------------------------------------------------
  /** @param {number} i  which logit @param {string} [first]  what was typed already */
  function type(i, first = "") {
    const at = parts.handles[i].children[1].getBoundingClientRect();
    const outer = inner.getBoundingClientRect(),
      before = logits()[i];
    const input = make(inner, "input", {
      type: "text",
      inputmode: "decimal",
      class: "lg-type",
      "aria-label": `logit of class ${i + 1}`,
    });
    Object.assign(input.style, {
      left: `${at.left - outer.left + at.width / 2}px`,
      top: `${at.top - outer.top + at.height / 2}px`,
    });
    input.value = first || String(before);
    let open = true;
    /** @param {boolean} keep @param {boolean} stay  with the focus */
    const close = (keep, stay) => {
      if (!open) return;
      open = false;
      if (!keep) moveTo(i, before);
      input.remove();
      if (stay) parts.handles[i].focus({ preventScroll: true });
    };
    const read = () => {
      const text = input.value.trim().replace("−", "-").replace(",", "."),
        value = text === "" ? NaN : Number(text);
      if (Math.abs(value) <= FURTHEST) moveTo(i, value);
      else {
        note = `A logit is a number from ${inFigures(-FURTHEST)} to ${inFigures(FURTHEST)}.`;
        update();
      }
    };
    input.addEventListener("input", read);
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Escape") close(event.key === "Enter", true);
    });
    input.addEventListener("blur", () => close(true, false));
    input.focus({ preventScroll: true });
    if (first) read();
    else input.select();
  }
  parts.handles.forEach((handle, i) => {
    handle.addEventListener("focus", () => look(i));
    handle.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const z = logits(),
        by = step(reach(z)) * (event.shiftKey ? 0.1 : 1),
        end = reach(z);
      const steps = {
        ArrowUp: 1,
        ArrowRight: 1,
        ArrowDown: -1,
        ArrowLeft: -1,
        PageUp: 10,
        PageDown: -10,
      }[event.key];
      if (steps) moveTo(i, Number((z[i] + steps * by).toPrecision(12)));
      else if (event.key === "Home" || event.key === "End")
        moveTo(i, event.key === "End" ? end : -end);
      else if (event.key === "Enter") type(i);
      else if (/^[-0-9.,]$/.test(event.key)) type(i, event.key);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const limit = reach(logits());
      const scale = parts.perPixel(limit);
      held = { y: event.clientY, value: logits()[i], limit, scale, moved: false };
      handle.setPointerCapture(event.pointerId);
      handle.focus({ preventScroll: true });
      handle.classList.add("lg-held");
      event.preventDefault();
    });
    handle.addEventListener("pointermove", (event) => {
      if (!held || !handle.hasPointerCapture(event.pointerId)) return;
      held.moved ||= Math.abs(event.clientY - held.y) > 2;
      if (!held.moved) return;
      const value = held.value + (held.y - event.clientY) * held.scale,
        by = step(held.limit) * (event.shiftKey ? 0.1 : 1);
      moveTo(i, tidy(Math.max(-held.limit, Math.min(held.limit, value)), by));
    });
    /** @param {boolean} typing */
    const release = (typing) => {
      const was = held;
      held = null;
      handle.classList.remove("lg-held");
      update();
      if (typing && was && !was.moved) type(i);
    };
    handle.addEventListener("pointerup", () => release(true));
    handle.addEventListener("pointercancel", () => release(false));
  });
  parts.choices.forEach((choice, i) => {
    choice.addEventListener("click", () => choose(i));
    choice.addEventListener("focus", () => look(i));
    choice.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      choose(i);
      event.preventDefault();
      event.stopPropagation();
    });
  });
  [...parts.columns, parts.handles, parts.choices].forEach((row) =>
    row.forEach((node, i) =>
      node.addEventListener("pointerenter", () => {
        if (!held) look(i);
      }),
    ),
  );

  // ---- showing the state ------------------------------------------------------------------------------------------
  function show() {
    const now = state(),
      result = stages(now),
      told = rows(now, result);
    parts.update(now, result, active, held?.limit);
    controls.forEach((refresh) => refresh());
    tick.checked = now.shift;
    heading.textContent = `Class ${active + 1}, stage by stage`;
    maths.innerHTML = way(now, result, active)
      .map((line) => `<div>${line}</div>`)
      .join("");
    ask.textContent =
      now.right === null
        ? "Which class is right? Choose it under the probabilities: the loss and its gradient appear."
        : "";
    happened.textContent = note || verdict(now, result);
    happened.classList.toggle(
      "lg-e",
      Boolean(note) || result.p.some(Number.isNaN) || result.total === Infinity,
    );
    costs.textContent = cost(now, result);
    costs.classList.toggle("lg-e", result.loss !== null && !Number.isFinite(result.loss));
    body.replaceChildren();
    for (const [name, numbers] of told) {
      const row = make(body, "tr");
      make(row, "th", { scope: "row" }, name);
      numbers.forEach((number) => make(row, "td", {}, number));
    }
    const [, gradient] = told[told.length - 1];
    below.setAttribute(
      "aria-label",
      now.right === null
        ? "the gradient p − t: no class is said to be right yet"
        : `p − t: ${gradient.join(", ")}`,
    );
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      live.textContent = `${happened.textContent} ${now.right === null ? "" : costs.textContent}`;
    }, QUIET);
  }
  function update() {
    try {
      show();
    } catch (error) {
      // nobody above would show it
      happened.textContent = `The picture could not be redrawn. ${error}`;
      happened.classList.add("lg-e");
      console.error(error);
    }
  }

  const events = TRAITS.map((trait) => `change:${trait}`);
  events.forEach((event) => model.on(event, update));
  update();
  return () => {
    watcher.disconnect();
    cancelAnimationFrame(waiting);
    clearTimeout(quiet);
    events.forEach((event) => model.off(event, update));
  };
}

export default { render };
