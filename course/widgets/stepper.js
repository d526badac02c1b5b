// The backprop stepper: a network walked through one number at a time. State lives in the model's traits
// (weights, biases, x, d, position), so Python and every view of the widget see the same; the mathematics is done here.
import { compute, parseKey } from "./stepper_math.js";
import { formatNumber, show, showSigned, stepHtml } from "./stepper_text.js";
import { picture } from "./stepper_picture.js";

const PLAY_MS = 1400;
const KEYS_HELP = "← → step · Home End · Space plays · Tab to a number: ↑ ↓ change it, Shift finely, Enter types, or drag it";

/** An HTML element. Everything that takes the focus keeps JupyterLab's shortcuts away. */
function make(parent, tag, attributes = {}, html = "") {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (["button", "input"].includes(tag)) node.dataset.lmSuppressShortcuts = "true";
  node.innerHTML = html;
  parent.append(node);
  return node;
}

/** The array of the model that holds `key`, copied, with one entry replaced. */
function withEntry(model, key, value) {
  const [name, layer, index] = parseKey(key);
  const trait = { W: "weights", b: "biases", x: "x", d: "d" }[name];
  const copy = structuredClone(model.get(trait));
  if (name === "W") copy[layer - 1][index[0]][index[1]] = value;
  else if (name === "b") copy[layer - 1][index[0]] = value;
  else copy[index[0]] = value;
  return [trait, copy];
}

function render({ model, el }) {
  const walk = model.get("walk"), notation = model.get("notation"), sizes = model.get("sizes");
  const total = walk.length, forwardSteps = walk.filter(step => ["z", "y", "div"].includes(step.kind)).length;
  const digits = () => model.get("digits");

  const root = make(el, "div", { class: "bp-stepper", tabindex: "0", role: "group", "aria-label": "Backprop stepper" });
  root.dataset.lmSuppressShortcuts = "true";
  const bar = make(root, "div", { class: "bp-bar" });
  const back = make(bar, "button", { type: "button", class: "bp-back" }, "Back");
  const step = make(bar, "button", { type: "button", class: "bp-step" }, "Step");
  const play = make(bar, "button", { type: "button", class: "bp-play" }, "Play");
  const track = make(bar, "div", { class: "bp-track" });
  const slider = make(track, "input", { type: "range", min: 0, max: total, step: 1, "aria-label": "step of the walk" });
  const phases = make(track, "div", { class: "bp-phases", "aria-hidden": "true" });
  make(phases, "span", { class: "bp-v", style: `flex: ${forwardSteps}` }, "forward");
  make(phases, "span", { class: "bp-g", style: `flex: ${total - forwardSteps}` }, "backward");
  const counter = make(bar, "output", { class: "bp-counter" });
  const reset = make(bar, "button", { type: "button", class: "bp-reset", title: "back to the start and to the first numbers" }, "Reset");
  const panel = make(root, "div", { class: "bp-panel" });
  const words = make(panel, "div", { class: "bp-words" });
  const maths = make(panel, "div", { class: "bp-maths" });
  const uses = make(panel, "div", { class: "bp-uses" });
  const frame = make(root, "div", { class: "bp-frame" });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("class", "bp-picture");
  frame.append(svg);
  const legend = make(root, "div", { class: "bp-legend" });
  [["bp-v", "forward value"], ["bp-g", "∂ gradient"], ["bp-w", "weight"], ["bp-t", "target"], ["bp-e", notation.error]]
    .forEach(([kind, text]) => make(legend, "span", { class: `bp-key ${kind}` }, text));
  make(legend, "span", { class: "bp-help" }, KEYS_HELP);
  const live = make(root, "div", { class: "bp-live", "aria-live": "polite", role: "status" });

  let drawing, timer = null, frameWaiting = 0;

  // ---- changing the state -------------------------------------------------------------------------------------
  const save = () => {
    // at most one message to Python a frame, also while dragging
    frameWaiting ||= requestAnimationFrame(() => { frameWaiting = 0; model.save_changes(); });
  };
  const position = () => model.get("position");
  const goTo = k => { model.set("position", Math.max(0, Math.min(total, k))); save(); };
  const setNumber = (key, value) => {
    if (!Number.isFinite(value)) return;
    const [trait, array] = withEntry(model, key, value);
    model.set(trait, array);
    save();
  };
  const stop = () => { clearInterval(timer); timer = null; play.textContent = "Play"; play.setAttribute("aria-pressed", "false"); };
  const start = () => {
    if (position() >= total) goTo(0);
    timer = setInterval(() => { goTo(position() + 1); if (position() >= total) stop(); }, PLAY_MS);
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
  };
  const toggle = () => (timer === null ? start() : stop());
  const startAgain = () => {
    stop();
    const first = structuredClone(model.get("initial"));
    for (const trait of ["weights", "biases", "x", "d"]) model.set(trait, first[trait]);
    goTo(0);
  };

  // ---- showing the state --------------------------------------------------------------------------------------
  function update() {
    const k = position(), current = k > 0 ? walk[k - 1] : null;
    const known = new Set(walk.slice(0, k).map(({ key }) => key));
    const { values, slopes } = compute({
      activations: model.get("activations"), weights: model.get("weights"), biases: model.get("biases"),
      x: model.get("x"), d: model.get("d") });
    drawing.update({ values, slopes, known, step: current,
      format: value => show(value, digits()), formatSigned: value => showSigned(value, digits()) });
    slider.value = k;
    slider.style.setProperty("--bp-done", `${(100 * k) / total}%`);
    slider.setAttribute("aria-valuetext", current ? `step ${k} of ${total}: ${current.words}` : "start");
    counter.textContent = `${k} / ${total}`;
    back.disabled = k === 0;
    step.disabled = k === total;
    if (!current) {
      words.textContent = "Start: the inputs, the weights and the target are given.";
      maths.innerHTML = "<span class='bp-hint'>Press Step. Each step computes one number from numbers that are already there.</span>";
      uses.innerHTML = "";
    } else {
      const html = stepHtml(current, notation, values, digits());
      const flat = saturation(current, slopes);
      words.textContent = current.words;
      maths.innerHTML = `<div>${html.formula}</div><div class="bp-numbers">= ${html.numbers}</div><div>= ${html.result}</div>`;
      uses.innerHTML = `${html.uses ? `<span>uses:</span>${html.uses}<span class="bp-note">already computed</span>` : ""}${
        flat ? `<span class="bp-warning">${flat}</span>` : ""}`;
    }
    if (current && frame.scrollWidth > frame.clientWidth) {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      frame.scrollTo({ left: drawing.where(current.key) - frame.clientWidth / 2, behavior: still ? "auto" : "smooth" });
    }
    const result = current ? ` Result: ${formatNumber(values[current.key], digits())}.` : "";
    const reused = current?.uses.length ? ` Uses ${current.uses.length} earlier ${current.uses.length > 1 ? "results" : "result"}.` : "";
    const flat = current ? saturation(current, slopes) : "";
    live.textContent = current ? `Step ${k} of ${total}. ${current.words}${result}${reused} ${flat}` : "Start of the walk.";
    svg.setAttribute("aria-label", `Network with ${sizes.join(", ")} units. ${k} of ${total} numbers computed.${
      current ? ` Now: ${current.words}${result}` : ""}`);
  }

  const saturation = (current, slopes) => {
    const slope = slopes[current.key.replace(/^d?z/, "y")];
    return ["y", "dz"].includes(current.kind) && Math.abs(slope) < 0.01
      ? `Saturated: the slope here is ${show(slope, 3)}, so almost nothing flows back.` : "";
  };

  // ---- editing a number in the picture -------------------------------------------------------------------------
  const name = key => {
    const [kind, layer, index] = parseKey(key), at = index.map(i => i + 1).join(" to ");
    return { W: `weight ${at}, layer ${layer}`, b: `bias ${at}, layer ${layer}`, x: `input ${at}`, d: `target ${at}` }[kind];
  };
  const current = key => {
    const [kind, layer, index] = parseKey(key);
    if (kind === "W") return model.get("weights")[layer - 1][index[0]][index[1]];
    return kind === "b" ? model.get("biases")[layer - 1][index[0]] : model.get(kind)[index[0]];
  };

  function type(key, chip) {
    const box = chip.box.getBoundingClientRect(), outer = frame.getBoundingClientRect();
    const input = make(frame, "input", { type: "number", step: "any", class: "bp-type", "aria-label": name(key) });
    input.value = current(key);
    input.style.left = `${box.left - outer.left + frame.scrollLeft + box.width / 2}px`;
    input.style.top = `${box.top - outer.top + box.height / 2}px`;
    const before = current(key);
    let open = true;
    const close = keep => {
      if (!open) return;
      open = false;
      if (!keep) setNumber(key, before);
      input.remove();
      chip.g.focus({ preventScroll: true });
    };
    input.addEventListener("input", () => { if (input.value !== "") setNumber(key, input.valueAsNumber); });
    input.addEventListener("keydown", event => {
      event.stopPropagation();
      if (event.key === "Enter") close(true);
      if (event.key === "Escape") close(false);
    });
    input.addEventListener("blur", () => close(true));
    input.focus();
    input.select();
  }

  function makeEditable(key, chip) {
    const g = chip.g;
    g.setAttribute("tabindex", "0");
    g.setAttribute("role", "spinbutton");
    g.setAttribute("aria-label", name(key));
    g.setAttribute("data-key", key);
    g.setAttribute("data-lm-suppress-shortcuts", "true");
    g.addEventListener("keydown", event => {
      const amount = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (amount) setNumber(key, Number((current(key) + amount * (event.shiftKey ? 0.01 : 0.05)).toPrecision(12)));
      else if (event.key === "Enter") type(key, chip);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    let drag = null;
    g.addEventListener("pointerdown", event => {
      if (event.button !== 0) return;
      drag = { x: event.clientX, value: current(key), moved: false };
      g.setPointerCapture(event.pointerId);
      g.focus({ preventScroll: true });
      event.preventDefault();
    });
    g.addEventListener("pointermove", event => {
      if (!drag) return;
      const pixels = event.clientX - drag.x;
      drag.moved ||= Math.abs(pixels) > 3;
      if (drag.moved) setNumber(key, Math.round((drag.value + pixels * 0.01) * 100) / 100);
    });
    g.addEventListener("pointerup", () => { if (drag && !drag.moved) type(key, chip); drag = null; });
    g.addEventListener("pointercancel", () => { drag = null; });
  }

  function draw() {
    const focused = document.activeElement?.getAttribute?.("data-key");
    const context = document.createElement("canvas").getContext("2d");
    context.font = `14px ${getComputedStyle(svg).fontFamily}`;
    drawing = picture(svg, { sizes, activations: model.get("activations"), notation, hasBias: model.get("biases") !== null,
      digits: digits(), charWidth: context.measureText("0").width, width: frame.clientWidth || 960 });
    drawing.editable.forEach((chip, key) => makeEditable(key, chip));
    update();
    if (focused && root.contains(svg)) drawing.editable.get(focused)?.g.focus({ preventScroll: true });
  }

  // ---- the reader's hands --------------------------------------------------------------------------------------
  back.addEventListener("click", () => { stop(); goTo(position() - 1); });
  step.addEventListener("click", () => { stop(); goTo(position() + 1); });
  play.addEventListener("click", toggle);
  reset.addEventListener("click", startAgain);
  slider.addEventListener("input", () => { stop(); goTo(slider.valueAsNumber); });
  root.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === slider && event.key !== " ") return;     // a range input knows these keys itself
    const act = { ArrowRight: () => goTo(position() + 1), ArrowLeft: () => goTo(position() - 1),
      Home: () => goTo(0), End: () => goTo(total), " ": toggle }[event.key];
    if (!act || (event.key === " " && event.target.tagName === "BUTTON")) return;
    if (event.key !== " ") stop();
    act();
    event.preventDefault();
    event.stopPropagation();
  });

  const traits = ["weights", "biases", "x", "d", "position"].map(trait => `change:${trait}`);
  draw();
  traits.forEach(trait => model.on(trait, update));
  model.on("change:digits", draw);
  let width = frame.clientWidth;
  const watcher = new ResizeObserver(() => {
    if (frame.clientWidth && Math.abs(frame.clientWidth - width) > 4) { width = frame.clientWidth; draw(); }
  });
  watcher.observe(frame);
  return () => {
    stop();
    cancelAnimationFrame(frameWaiting);
    watcher.disconnect();
    traits.forEach(trait => model.off(trait, update));
    model.off("change:digits", draw);
  };
}

export default { render };
