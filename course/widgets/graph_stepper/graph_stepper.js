// The graph stepper: a circuit of gates, walked through forward and back. State lives in the model's traits (circuit,
// inputs, position), so Python and every view see the same. The mathematics is done here; Python reads new formulas.
import { escapeHtml, show } from "../common/numbers.js";
import { KEYS_HELP, editable, fitTallest, make, scrollable, walkBar } from "../common/walk.js";
import { moment, run, stepsOf, wiresFrom } from "./math.js";
import { GraphText } from "./text.js";
import { graphPicture } from "./picture.js";
import { askGraph } from "./asking.js";
import { freshInputs } from "./fresh.js";
import { pencil } from "../pencil/pencil.js";

const OWN = "your own";
const PATIENCE = 5000;           // ms until a silent kernel is told about
const IDLE = "Point at a wire or a gate, or Tab to it: its paths to the output are multiplied and added up here.";
const QUIET = "With the pencil, wires keep their numbers to themselves.";

/**
 * @typedef {{node: number, wire?: import("./math.js").Wire}} Sight  a node, or a wire and the node
 *   that it comes from
 */

/** @param {View} view */
function render({ model, el: outer }) {
  /** @returns {import("./math.js").Node[]} */
  const nodes = () => model.get("circuits")[model.get("circuit")].nodes;
  /** @returns {number} */
  const digits = () => model.get("digits");
  let steps = stepsOf(nodes());
  /** @type {GraphText} */
  let text;
  /** @type {ReturnType<typeof graphPicture>} */
  let drawing;
  /** @type {import("./math.js").Result} */
  let result;
  /** What the drawing was made of; see identity. @type {unknown[]} */
  let drawn = [];
  /** @type {Sight | null} */
  let hovered = null;
  /** @type {Sight | null} */
  let focused = null;
  /** @type {Sight | null} */
  let pinned = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let frameWaiting = 0, measuring = 0, width = 0, typed = "";

  const root = make(outer, "div", { class: "bp-walk gs", tabindex: "0", role: "group", "aria-label": "Graph stepper" });
  root.dataset.lmSuppressShortcuts = "true";
  const choose = make(root, "div", { class: "gs-choose" });
  const circuits = make(choose, "div", { class: "gs-circuits", role: "group", "aria-label": "circuit" });
  const form = make(choose, "div", { class: "gs-formula" });
  const formula = make(form, "input", { type: "text", "aria-label": "your own formula", maxlength: 2000,
    spellcheck: "false", autocomplete: "off" });
  const read = make(form, "button", { type: "button", class: "gs-read" }, "Read");
  const said = make(choose, "div", { class: "gs-said", role: "status" });

  // ---- changing the state -------------------------------------------------------------------------------------
  const save = () => {
    // at most one message to Python a frame, also while dragging
    frameWaiting ||= requestAnimationFrame(() => { frameWaiting = 0; model.save_changes(); });
  };
  const total = () => steps.length;
  const position = () => Math.min(model.get("position"), total());
  /** @param {number} k */
  const move = k => { tell(""); model.set("position", k); save(); };
  /** @param {number} k */
  const goTo = k => move(pen.limit(k));
  const reset = () => {
    model.set("inputs", Object.fromEntries(nodes().filter(node => !node.gate).map(node => [node.name, Number(node.value)])));
    goTo(0);
  };
  /** @param {string} name */
  const pick = name => {
    bar.stop();
    model.set("position", 0);
    model.set("circuit", name);
    reset();
  };
  /** @param {string} name @param {number} value */
  const setInput = (name, value) => {
    if (!Number.isFinite(value)) return;
    model.set("inputs", { ...model.get("inputs"), [name]: value });
    save();
  };

  /** @param {string} words @param {boolean} [problem] */
  const tell = (words, problem = false) => { said.textContent = words; said.classList.toggle("gs-problem", problem); };
  const ask = () => {
    bar.stop();
    const number = (model.get("asked").number ?? 0) + 1;
    tell("Python reads the formula …");
    clearTimeout(timer);
    timer = setTimeout(() => tell("Python has not answered. A new formula needs a running kernel: run the cell again.", true), PATIENCE);
    model.set("asked", { text: formula.value, number });
    model.save_changes();
  };
  read.addEventListener("click", ask);
  formula.addEventListener("input", () => { if (!said.classList.contains("gs-problem")) tell(""); });
  formula.addEventListener("keydown", event => {     // a form's own Enter does not get through in JupyterLab
    if (event.key === "Enter") ask();
    event.stopPropagation();
  });
  const answered = () => {
    const { number, words } = model.get("answered");
    if (number !== model.get("asked").number) return;
    clearTimeout(timer);
    const gates = nodes().filter(node => node.gate).length;
    /** @param {number} n @param {string} what */
    const count = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;
    tell(words || `Read: ${count(nodes().length - gates, "input")}, ${count(gates, "gate")}.`, Boolean(words));
    formula.setAttribute("aria-invalid", String(Boolean(words)));
    if (!words) root.focus({ preventScroll: true });
  };

  const bar = walkBar(root, { total: () => total(), position, goTo, reset: () => { reset(); pen.reset(); },
    phases: () => {
      const forward = steps.filter(({ phase }) => phase === "forward").length;
      return [["bp-v", forward, "forward"], ["bp-g", total() - forward, "backward"]];
    } });
  const panel = make(root, "div", { class: "bp-panel" });
  const words = make(panel, "div", { class: "bp-words" });
  const maths = make(panel, "div", { class: "bp-maths" });
  const uses = make(panel, "div", { class: "bp-uses" });
  const yours = make(root, "div", { class: "gs-yours", role: "status" });
  const verdict = make(yours, "span");
  const look = make(yours, "button", { type: "button" });
  const frame = make(root, "div", { class: "bp-frame gs-frame" });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("role", "group");
  svg.setAttribute("class", "bp-picture");
  frame.append(svg);
  const under = make(root, "div", { class: "gs-under" }), ways = make(under, "div", { class: "gs-ways" });
  const legend = make(under, "div", { class: "bp-legend" });
  [["bp-v", "above a wire: value"], ["bp-g", "below: ∂output/∂value"]]
    .forEach(([kind, name]) => make(legend, "span", { class: `bp-key ${kind}` }, name));
  make(legend, "span", { class: "gs-key-dashed" }, "local gradient 0: nothing passes");
  make(legend, "span", { class: "bp-help" }, KEYS_HELP);
  const live = make(root, "div", { class: "bp-live", "aria-live": "polite", role: "status" });

  // ---- asking in place of telling -----------------------------------------------------------------------------
  const pen = pencil({ model, root, bar: bar.bar, panel, save, stop: () => bar.stop(), total, position, move,
    numbers: () => JSON.stringify([model.get("circuit"), model.get("formula"), model.get("inputs")]),
    // in a narrow picture numbers have fewer digits: those count that can be read there
    questions: step => askGraph({ nodes: nodes(), steps, text, digits: drawing.few, result }, step),
    fresh: seed => {
      const { made, easy } = freshInputs(nodes(), seed);
      model.set("inputs", made);
      model.set("position", 0);
      return easy;
    },
    say: spoken => { live.textContent = spoken; } });

  // ---- a student's own gradients ------------------------------------------------------------------------------
  /**
   * What was given for the graph and the inputs in view, by node; null where it belongs to others.
   * @returns {import("./picture.js").Theirs | null}
   */
  function theirs() {
    const given = model.get("theirs");
    if (!given.gradients) return null;
    const same = given.circuit === model.get("circuit") && (given.circuit !== OWN || given.formula === model.get("formula"))
      && nodes().every((node, i) => node.gate || given.inputs[node.name] === result.values[i]);
    if (!same) return null;
    return Object.fromEntries(Object.entries(given.gradients).map(([name, value]) => [name,
      { value: value === null ? null : Number(value), wrong: name in given.wrong }]));
  }

  /** @param {import("./picture.js").Theirs | null} inView */
  function showVerdict(inView) {
    const given = model.get("theirs");
    /** @type {Record<string, number>} */
    const wrong = given.wrong ?? {}, first = Object.entries(wrong).sort((a, b) => a[1] - b[1])[0];
    yours.hidden = !given.gradients;
    yours.style.display = given.gradients ? "" : "none";
    if (!given.gradients) return;
    /** @type {Record<string, number>} */
    const inputs = given.inputs;
    const belongs = Object.entries(inputs)
      .map(([name, value]) => `${name} = ${show(value, 6)}`).join(", ");
    verdict.textContent = inView ? given.words : `Your gradients belong to ${belongs}; these are other numbers.`;
    yours.classList.toggle("gs-differs", Boolean(inView && (first || !Object.keys(given.gradients).length)));
    look.style.visibility = inView && first ? "visible" : "hidden";
    look.textContent = first ? `Show step ${first[1]}` : "Show";
    look.onclick = () => { bar.stop(); goTo(first[1]); };
  }

  // ---- showing the state --------------------------------------------------------------------------------------
  function update() {
    if (identity().some((part, i) => part !== drawn[i])) { draw(); return; }
    const all = nodes(), k = position();
    result = run(all, model.get("inputs"));
    const now = moment(all, steps, result, k), { step } = now, said = explain(step);
    const numbersKnown = k >= steps.filter(({ phase }) => phase === "forward").length;
    const inView = theirs(), inSight = pen.asking() ? null : hovered ?? focused ?? pinned;
    pen.update();
    /** @type {Set<string> | null} */
    const shown = inSight && new Set([...wiresFrom(all, inSight.wire ? inSight.wire[0] : inSight.node),
      ...(inSight.wire ? [inSight.wire.join("#")] : [])]);
    const { asked, used } = askedNow(step);
    drawing.update({ result, now, text, used, theirs: inView, shown, asked });
    bar.update(step ? `step ${k} of ${total()}: ${said}` : "start");
    showVerdict(inView);
    ways.innerHTML = pen.asking() ? QUIET : inSight ? text.ways(inSight.node, inSight.wire, result, digits(), numbersKnown) : IDLE;
    const spoken = step ? `Step ${k} of ${total()}. ${said}` : said;
    if (!pen.asking() && live.textContent !== spoken) live.textContent = spoken;
    label(all, now, k, spoken);
    measuring ||= requestAnimationFrame(() => {       // once a frame, as measuring makes the browser lay out the page
      measuring = 0;
      scrollable(panel, "the step in full");
      scrollable(ways, "the paths in full");
      scrollable(verdict, "your backward");
    });
  }

  /** Put a step into the panel; the same in one sentence. @param {import("./math.js").Step | null} step */
  function explain(step) {
    const told = text.describe(step, result, digits());
    [words.innerHTML, maths.innerHTML, uses.innerHTML] = [told.words, told.maths, told.uses];
    maths.classList.toggle("gs-maths-rows", step?.phase === "backward");
    return told.said;
  }

  /**
   * With the pencil: what stands in the place of the numbers that are asked for. What they are made
   * of is pointed out by a hint and not before.
   * @param {import("./math.js").Step | null} step  the last one that was taken
   */
  function askedNow(step) {
    const marks = pen.marks(), next = steps[position()], nothing = { values: [], gradients: [] };
    if (!pen.asking()) return { asked: null, used: step ? text.used(step) : nothing };
    /** @type {{values: Map<number, string>, gradients: Map<number, string>}} */
    const asked = { values: new Map(), gradients: new Map() };
    for (const [key, words] of marks?.texts ?? []) {
      if (!words) continue;
      const [, to] = key.split(":");
      if (to === undefined && next.phase === "forward") asked.values.set(next.node, words);
      else asked.gradients.set(to === undefined ? next.node : Number(to), words);
    }
    return { asked, used: marks?.hinted && next ? text.used(next) : nothing };
  }

  /**
   * The words of the picture's parts, for those who hear them.
   * @param {import("./math.js").Node[]} all
   * @param {import("./math.js").Moment} now
   * @param {number} k  steps that were taken
   * @param {string} spoken
   */
  function label(all, now, k, spoken) {
    svg.setAttribute("aria-label", `Graph with ${all.filter(node => node.gate).length} gates. ${spoken}`);
    all.forEach((node, i) => {
      const value = now.known.has(i) ? `, value ${show(result.values[i], digits())}` : "";
      const total = now.totals.get(i);
      const gradient = total === undefined ? "" : `, gradient ${show(total, digits())}`;
      const formula = node.gate?.formula.replace(/\{(\d)\}/g, (_, p) => all[node.parents[p]].name);
      const kind = node.gate ? `gate ${node.name} = ${formula}` : `input ${node.name}`;
      const words = `${kind}${value}${gradient}. Enter goes to its step`;
      drawing.gates.get(i)?.setAttribute("aria-label", words);
      if (!node.gate) {
        const g = drawing.inputs.get(node.name)?.g;
        g?.setAttribute("aria-valuenow", String(result.values[i]));
        g?.setAttribute("aria-valuetext", String(result.values[i]));
      }
      node.parents.forEach((p, j) => {
        const shown = show(result.locals[i][j], digits());
        const local = now.known.has(i) && !pen.asking() ? `, local gradient ${shown}` : "";
        drawing.wires.get(`${i}#${j}`)?.g.setAttribute("aria-label",
          `wire ${all[p].name} to ${node.name}${local}. Enter keeps its paths in view`);
      });
    });
  }

  // ---- drawing a graph, and giving its parts to the reader's hands ---------------------------------------------
  /** What the drawing depends on beside its numbers. */
  const identity = () => [model.get("circuits"), model.get("circuit"), digits(), width, Boolean(model.get("theirs").gradients)];

  /**
   * Pointing at a part, or the focus on it, shows its paths; Enter or a click does what `act` does.
   * @param {SVGElement} g
   * @param {Sight} what
   * @param {() => void} act
   */
  function hand(g, what, act) {
    Object.entries({ tabindex: "0", role: "button", "data-lm-suppress-shortcuts": "true" })
      .forEach(([key, value]) => g.setAttribute(key, value));
    watch(g, what);
    g.addEventListener("focus", () => { focused = what; update(); });
    g.addEventListener("blur", () => { focused = null; update(); });
    g.addEventListener("click", act);
    g.addEventListener("keydown", event => {
      if (event.key !== "Enter" && event.key !== " ") return;
      act();
      event.preventDefault();
      event.stopPropagation();
    });
  }
  /** @param {SVGElement} g @param {Sight} what */
  function watch(g, what) {
    g.addEventListener("pointerenter", () => { hovered = what; update(); });
    g.addEventListener("pointerleave", () => { hovered = null; update(); });
  }

  /**
   * A gate's step on the way that the walk is on; its other step if it is there already. An input:
   * where it is complete.
   * @param {number} i
   */
  function jump(i) {
    /** @param {import("./math.js").Step["phase"]} phase */
    const at = phase => 1 + steps.findIndex(step => step.node === i && step.phase === phase);
    const complete = 1 + steps.findLastIndex(({ phase, node }) => phase === "backward" && nodes()[node].parents.includes(i));
    const back = position() > steps.findIndex(({ phase }) => phase === "start");
    let aim = nodes()[i].gate ? (back ? at("backward") : at("forward")) || at("forward") : complete;
    if (aim === position()) aim = nodes()[i].gate ? (back ? at("forward") : at("backward")) : aim;
    bar.stop();
    if (aim > 0) goTo(aim);
  }

  function draw() {
    const all = nodes();
    drawn = identity();
    hovered = focused = pinned = null;
    steps = stepsOf(all);
    text = new GraphText(all, steps);
    result = run(all, model.get("inputs"));
    const active = /** @type {HTMLElement | SVGElement | null} */ (document.activeElement);
    const held = root.contains(active) && active?.closest("svg") ? active.dataset : null;
    const context = /** @type {CanvasRenderingContext2D} */ (
      document.createElement("canvas").getContext("2d"));
    context.font = `14px ${getComputedStyle(svg).fontFamily}`;
    const marks = Boolean(model.get("theirs").gradients);
    frame.style.height = marks ? "306px" : "372px";
    drawing = graphPicture(svg, { nodes: all, digits: digits(), charWidth: context.measureText("0").width,
      page: { width: width || 960, height: marks ? 290 : 354, marks } });
    drawing.inputs.forEach((chip, name) => editable(chip, { key: name, label: `input ${name}`, frame,
      say: problem => tell(problem, Boolean(problem)), get: () => model.get("inputs")[name] ?? 0, set: value => setInput(name, value) }));
    drawing.gates.forEach((g, i) => {
      g.dataset.gate = String(i);
      hand(g, { node: i }, () => jump(i));
    });
    drawing.wires.forEach((wire, key) => {
      const [gate, k] = key.split("#").map(Number);
      /** @type {Sight} */
      const what = { node: all[gate].parents[k], wire: [gate, k] };
      const pin = () => {
        pinned = pinned === what ? null : what;
        drawing.wires.forEach(other => other.g.setAttribute("aria-pressed", String(Boolean(pinned) && other === wire)));
        update();
      };
      wire.g.setAttribute("aria-pressed", "false");
      hand(wire.g, what, pin);
      watch(wire.hit, what);
      wire.hit.addEventListener("click", pin);
    });
    const names = [...Object.keys(model.get("circuits")).filter(name => name !== OWN), OWN];
    while (circuits.children.length < names.length) {
      const name = names[circuits.children.length];
      make(circuits, "button", { type: "button" }, escapeHtml(name)).addEventListener("click", () => pick(name));
    }
    names.forEach((name, i) => circuits.children[i].setAttribute("aria-pressed", String(name === model.get("circuit"))));
    if (model.get("formula") !== typed) formula.value = typed = model.get("formula");
    if (!pen.asking()) fitTallest(panel, panel, steps, explain);
    update();
    const again = held && (drawing.inputs.get(held.key ?? "")?.g
      ?? drawing.gates.get(Number(held.gate)) ?? drawing.wires.get(held.wire ?? "")?.g);
    again?.focus({ preventScroll: true });
  }

  function moved() {
    update();
    if (pen.asking()) live.textContent = pen.aloud();
    const step = steps[pen.asking() ? position() : position() - 1];
    if (!step || frame.scrollWidth <= frame.clientWidth + 2) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    frame.scrollTo({ left: drawing.where(step.node) - frame.clientWidth / 2, behavior: still ? "auto" : "smooth" });
  }

  /** @type {[string, () => void][]} */
  const listeners = [["circuit", update], ["circuits", update], ["inputs", update], ["theirs", update], ["digits", update],
    ["pencil", update], ["position", moved], ["answered", answered]];
  width = Math.max(0, frame.offsetWidth - 2);
  draw();
  listeners.forEach(([trait, listener]) => model.on(`change:${trait}`, listener));
  const watcher = new ResizeObserver(() => {
    if (!frame.offsetWidth || Math.abs(frame.offsetWidth - 2 - width) < 4) return;
    width = frame.offsetWidth - 2;
    update();
  });
  watcher.observe(frame);
  return () => {
    bar.stop();
    clearTimeout(timer);
    cancelAnimationFrame(frameWaiting);
    cancelAnimationFrame(measuring);
    watcher.disconnect();
    listeners.forEach(([trait, listener]) => model.off(`change:${trait}`, listener));
  };
}

export default { render };
