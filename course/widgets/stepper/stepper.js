// The backprop stepper: a network walked through one number at a time. State lives in the model's traits
// (weights, biases, x, d, position), so Python and every view of the widget see the same; the mathematics is done here.
import { compute } from "./math.js";
import { show, showSigned } from "../common/numbers.js";
import { stepHtml } from "./text.js";
import { leftOut, pictureLabel, standing, stepSpoken, unitLabel, unitName } from "./words.js";
import { notice, unitMarks } from "./marks.js";
import { picture } from "./picture.js";
import { editable, fitTallest, walkBar } from "../common/walk.js";
import { numberName, numbersOf } from "./numbers.js";
import { isFresh, yoursHtml, yoursText } from "./yours.js";
import { makeFrame, makeRoot, showSummary } from "./frame.js";
import { tracer } from "./tracer.js";
import { askNetwork } from "./asking.js";
import { freshNetwork } from "./fresh.js";
import { pencil } from "../pencil/pencil.js";

const QUIET_MS = 700;                      // after the last change, until it is said aloud
const LATE_MS = 600;                       // Python may be so late before its ticks and crosses are taken away
const LITTLE = 0.85;                       // text is shrunk to this without asking
const NUMBERS = ["weights", "biases", "x", "d"];

/** @param {View} view */
function render({ model, el }) {
  const root = makeRoot(el);
  if (model.get("summary")?.rows) {
    const again = () => { root.replaceChildren(); showSummary(root, model.get("summary")); };
    again();
    model.on("change:summary", again);
    return () => model.off("change:summary", again);
  }
  /** @type {import("./words.js").Step[]} */
  const walk = model.get("walk");
  /** @type {import("./words.js").Notation} */
  const notation = model.get("notation");
  /** @type {number[]} */
  const sizes = model.get("sizes");
  /** @type {string[]} */
  const activations = model.get("activations");
  const total = walk.length, withYours = Boolean(model.get("yours")?.title);
  const places = new Map(walk.map(({ key }, k) => [key, k + 1]));
  /** @returns {number} */
  const digits = () => model.get("digits");
  const forward = walk.filter(({ kind }) => ["z", "y", "div"].includes(kind)).length;
  const bar = walkBar(root, { total: () => total, position: () => model.get("position"), goTo: k => goTo(k), reset: () => startAgain(),
    phases: () => [["bp-v", forward, "forward"], ["bp-g", total - forward, "backward"]] });
  const ui = makeFrame(root, { withYours, error: notation.error, paths: sizes.slice(1).reduce((a, b) => a * b, 1), long: Math.max(...sizes) > 3,
    deep: sizes.length > 4 });
  const { frame, svg } = ui, numbers = numbersOf(model);
  /** @type {ReturnType<typeof picture>} */
  let drawing;
  /** @type {import("./words.js").Moment} */
  let moment;
  let frameWaiting = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let quiet;
  let held = false, whole = false, scrolls = false, answered = -LATE_MS;

  // ---- changing the state -------------------------------------------------------------------------------------
  const save = () => {
    // at most one message to Python a frame, also while dragging
    frameWaiting ||= requestAnimationFrame(() => { frameWaiting = 0; model.save_changes(); });
  };
  /** @returns {number} */
  const position = () => model.get("position");
  /** @param {number} k */
  const move = k => { model.set("position", Math.max(0, Math.min(total, k))); save(); };
  /** @param {number} k */
  const goTo = k => move(pen.limit(k));
  /** @param {string} key @param {number} value */
  const setNumber = (key, value) => { if (Number.isFinite(value)) { numbers.set(key, value); save(); } };
  const startAgain = () => {
    const first = structuredClone(model.get("initial"));
    held = true;                       // five traits change, one picture is drawn
    NUMBERS.forEach(trait => model.set(trait, first[trait]));
    model.set("position", 0);
    pen.reset();
    held = false;
    moved();
    say("Back at the start, with the first numbers.");
    save();
  };

  /** @type {{of: import("./numbers.js").Given, at: ReturnType<typeof compute>} | null} */
  let last = null;
  /** Every number of the walk: computed once for the numbers that are given. */
  function computed() {
    const of = numbers.all();
    if (!last || Object.entries(of).some(([name, array]) => array !== /** @type {any} */ (last?.of)[name])) {
      last = { of, at: compute({ activations, ...of }) };
    }
    return last.at;
  }

  // ---- asking in place of telling ------------------------------------------------------------------------------
  const pen = pencil({ model, root, bar: bar.bar, panel: ui.panel, save, stop: () => bar.stop(), total: () => total, position, move,
    numbers: () => JSON.stringify(numbers.all()), say: text => say(text),
    questions: step => [askNetwork({ sizes, activations, notation, digits: digits(), ...computed() }, walk[step])].filter(one => one !== null),
    fresh: seed => {
      const { made, easy } = freshNetwork({ sizes, activations, hasBias: Boolean(model.get("biases")) }, seed);
      held = true;
      NUMBERS.forEach(trait => model.set(trait, /** @type {any} */ (made)[trait]));
      model.set("position", 0);
      held = false;
      moved();
      return easy;
    } });

  // ---- showing the state --------------------------------------------------------------------------------------
  /** @param {number} k @param {number} i */
  const named = (k, i) => unitName(notation, k, i);

  function update() {
    const k = position(), step = k > 0 ? walk[k - 1] : null, all = numbers.all();
    const known = new Set(walk.slice(0, k).map(({ key }) => key)), { values, slopes } = computed();
    const marks = unitMarks({ sizes, activations, values, slopes, known }), yours = model.get("yours");
    const fresh = withYours && isFresh(yours, all);
    const judged = withYours && (fresh || performance.now() - answered < LATE_MS);
    const asks = pen.marks(), asked = asks && { ...asks, step: walk[k] };
    moment = { asked, sizes, activations, values, slopes, known, step, marks, notation, walk, fresh, digits: digits(),
      verdicts: judged ? yours.verdicts : {}, unitName: named,
      unitLabel: (k, i, words) => unitLabel(moment, k, i, words),
      format: value => show(value, digits()), formatSigned: value => showSigned(value, digits()) };
    drawing.update(moment);
    pen.update();
    bar.update(step ? `step ${k} of ${total}: ${step.words}` : "start");
    explain(step);
    if (ui.here && ui.summary && ui.jump) {
      const { here, summary, first } = yoursHtml(yours, moment);
      ui.here.innerHTML = here;
      ui.summary.innerHTML = summary;
      ui.jump.hidden = !first;
      ui.jump.dataset.step = String(first ?? "");
    }
    const seen = notice(moment);
    if (ui.notice.textContent !== seen) ui.notice.textContent = ui.notice.title = seen;
    trace.again(moment);
  }

  /** @param {import("./words.js").Step | null} step */
  function explain(step) {
    const { values } = moment;
    if (!step) {
      ui.words.textContent = "Start: the inputs, the weights and the target are given.";
      ui.maths.innerHTML = "<span class='bp-hint'>Press Step. Each step computes one number from numbers that are already there.</span>";
      ui.uses.innerHTML = "<span>Point at a number, or Tab to it: its paths to the loss appear here.</span>";
      return;
    }
    const html = stepHtml(step, notation, values, digits()), flat = standing(moment, step);
    ui.words.textContent = step.words;
    ui.maths.innerHTML = `<div>${html.formula}</div><div class="bp-numbers">= ${html.numbers}</div><div>= ${html.result}</div>`;
    ui.uses.innerHTML = `${html.uses ? `<span>uses:</span>${html.uses}<span class="bp-note">already computed</span>` : ""}${
      flat ? `<span class="bp-warning">${flat}</span>` : ""}`;
  }

  const label = () => {
    const noticed = ui.notice.textContent ?? "";
    svg.setAttribute("aria-label", pictureLabel(moment, position(), total, noticed));
  };
  /** @param {string} text */
  const say = text => { ui.live.textContent = text; };
  const sayStep = () => {
    label();
    if (pen.asking()) { say(pen.aloud()); return; }
    const mine = withYours ? yoursText(model.get("yours"), moment.step, digits(), moment.fresh) : "";
    say(stepSpoken(moment, position(), total) + mine);
  };

  // ---- the reader's hands --------------------------------------------------------------------------------------
  const trace = tracer({ ui, numberName, unitName: named, drawing: () => drawing, say, refresh: () => drawing.update(moment),
    quiet: () => pen.asking() });
  /** @param {string} key @param {import("./parts.js").NumberBox} chip */
  const edit = (key, chip) => editable(chip, { key, label: numberName(key), frame, say, get: () => numbers.get(key),
    set: value => setNumber(key, value), step: 0.05, grain: 0.01, pace: 1 });
  /** @param {string} key */
  const jumpTo = key => { bar.stop(); goTo(/** @type {number} */ (places.get(key))); };

  function draw() {
    const focused = /** @type {SVGElement | null} */ (document.activeElement);
    const { key = "", unit = "" } = focused && svg.contains(focused) ? focused.dataset : {};
    const context = /** @type {CanvasRenderingContext2D} */ (
      document.createElement("canvas").getContext("2d"));
    context.font = `14px ${getComputedStyle(svg).fontFamily}`;
    drawing = picture(svg, { sizes, activations, notation, hasBias: Boolean(model.get("biases")), marked: withYours,
      digits: digits(), charWidth: context.measureText("0").width, width: frame.clientWidth || 960 });
    drawing.editable.forEach((chip, key) => edit(key, chip));
    drawing.parts.forEach((chip, key) => {
      if (places.has(key)) chip.g.addEventListener("click", event => { event.stopPropagation(); jumpTo(key); });
    });
    drawing.units.forEach(({ g }, at) => {
      const [k, i] = at.split(","), forward = `y${k}[${i}]`, backward = `dz${k}[${i}]`;
      const traits = { tabindex: "0", role: "button", "data-unit": at, "data-lm-suppress-shortcuts": "true" };
      for (const [name, value] of Object.entries(traits)) g.setAttribute(name, value);
      const jump = () => jumpTo(position() === places.get(forward) ? backward : forward);
      g.addEventListener("click", jump);
      g.addEventListener("keydown", event => {
        if (event.key !== "Enter") return;
        jump();
        event.preventDefault();
        event.stopPropagation();
      });
    });
    trace.listen();
    ui.thin.textContent = leftOut(drawing, notation);
    size();
    update();
    // the panel of sums with many terms is scrolled
    if (!pen.asking() && !ui.box.classList.contains("bp-long")) {
      fitTallest(ui.box, ui.panel, walk, explain);
      explain(moment.step);
    }
    reveal("auto");
    label();
    (drawing.editable.get(key) ?? drawing.units.get(unit))?.g.focus({ preventScroll: true });
  }

  /** Full size, or the whole picture in the same height. */
  function size() {
    const { width, height } = drawing.layout;
    const little = width * LITTLE <= frame.clientWidth;      // a little too wide: shrunk, and nobody has to scroll
    svg.setAttribute("width", String(whole || little ? Math.min(width, frame.clientWidth) : width));
    svg.setAttribute("height", String(height));
    scrolls = !whole && !little;
    ui.zoom.hidden = little;
    ui.zoom.setAttribute("aria-pressed", String(whole));
  }

  /**
   * Where the picture is wider than the page: bring the step into view.
   * @param {ScrollBehavior} behavior
   */
  function reveal(behavior) {
    const at = moment.asked?.step ?? moment.step;
    if (at && scrolls) frame.scrollTo({ left: drawing.where(at.key) - frame.clientWidth / 2, behavior });
  }

  /** A step was taken: bring it into view and say it. */
  function moved() {
    if (held) return;
    trace.stepped();
    update();
    reveal(matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");
    sayStep();
  }
  /** A number changed: the picture at once, the words when the hand rests. */
  function changed() {
    if (held) return;
    update();
    clearTimeout(quiet);
    quiet = setTimeout(() => { if (withYours && !moment.fresh) update(); sayStep(); }, QUIET_MS);
  }
  const answer = () => { answered = performance.now(); changed(); };

  ui.zoom.addEventListener("click", () => { whole = !whole; size(); });
  ui.jump?.addEventListener("click", () => { bar.stop(); goTo(Number(ui.jump?.dataset.step)); });

  draw();
  sayStep();
  /** @type {[string, () => void][]} */
  const heard = [["change:position", moved], ["change:digits", draw], ["change:yours", answer], ["change:pencil", () => { if (!held) update(); }],
    ...NUMBERS.map(trait => /** @type {[string, () => void]} */ ([`change:${trait}`, changed]))];
  heard.forEach(([event, act]) => model.on(event, act));
  let width = frame.clientWidth;
  const watcher = new ResizeObserver(() => {
    if (frame.clientWidth && Math.abs(frame.clientWidth - width) > 4) { width = frame.clientWidth; draw(); }
  });
  watcher.observe(frame);
  return () => {
    bar.stop();
    clearTimeout(quiet);
    cancelAnimationFrame(frameWaiting);
    watcher.disconnect();
    heard.forEach(([event, act]) => model.off(event, act));
  };
}

export default { render };
