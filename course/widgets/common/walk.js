// What every picture of a walk shares: elements, boxes around numbers, the bar with Step and Play, the keys,
// and numbers that can be dragged, typed, or moved with the arrow keys. Styles: walk.css, below .bp-walk.

const SVG = "http://www.w3.org/2000/svg";
const PLAY_MS = 1400;
const TOUCH = 30;               // pixels that a finger meets, some less where a picture is shrunk
export const KEYS_HELP = "← → step · Space plays · on a number: ↑ ↓, Enter types, or drag";

/**
 * An HTML element. Everything that takes the focus keeps JupyterLab's shortcuts away.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Element} parent  what it is appended to
 * @param {Tag} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {string} [html]  what stands in it
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(parent, tag, attributes = {}, html = "") {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (["button", "input"].includes(tag)) node.dataset.lmSuppressShortcuts = "true";
  node.innerHTML = html;
  parent.append(node);
  return node;
}

/**
 * A box whose text may be longer than itself can be scrolled by keyboard, when it is.
 * @param {Element} node
 * @param {string} label  what is read aloud of the box
 */
export function scrollable(node, label) {
  const over = node.scrollHeight > node.clientHeight + 1;
  if (over === node.hasAttribute("tabindex")) return;
  for (const [key, value] of Object.entries({ tabindex: "0", role: "region", "aria-label": label, "data-lm-suppress-shortcuts": "true" })) {
    if (over) node.setAttribute(key, value); else node.removeAttribute(key);
  }
}

const MOST = 120; // px that a box may grow by

/**
 * Make a box as tall as the tallest step needs at this width: none is cut, and none moves what
 * stands below.
 * @param {HTMLElement} box  what is made taller
 * @param {HTMLElement} panel  what holds the step's words, in the box or the box itself
 * @param {Iterable<unknown>} steps  each is told for a moment
 * @param {(step: any) => void} tell
 */
export function fitTallest(box, panel, steps, tell) {
  box.style.height = "";
  if (!panel.clientHeight) return;
  let lack = 0;
  for (const step of steps) {
    tell(step);
    lack = Math.max(lack, panel.scrollHeight - panel.clientHeight);
  }
  if (lack) box.style.height = `${parseFloat(getComputedStyle(box).height) + Math.min(lack, MOST)}px`;
}

/**
 * An SVG element with attributes, appended to `parent`.
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Element} parent
 * @param {Name} name
 * @param {Record<string, string | number>} [attributes]  lengths in units of the picture
 * @param {string} [text]
 * @returns {SVGElementTagNameMap[Name]}
 */
export function el(parent, name, attributes = {}, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
}

/** Around the box of a number: room for a finger, not to be seen. A path, as the boxes of numbers are the rectangles. */
export class Touch {
  /** @param {SVGGElement} g  what the box stands in */
  constructor(g) {
    this.path = document.createElementNS(SVG, "path");
    this.path.setAttribute("class", "bp-touch");
    g.prepend(this.path);
  }

  /**
   * @param {number} x  the middle of the box, in units of the picture
   * @param {number} y
   * @param {number} width  of the box
   */
  around(x, y, width) {
    const wide = Math.max(width + 4, TOUCH);
    this.path.setAttribute("d", `M${x - wide / 2} ${y - TOUCH / 2}h${wide}v${TOUCH}h${-wide}z`);
  }
}

/** A box around one number, as wide as its text; x is its left end, middle or right end for align -1, 0 or 1. */
export class Chip {
  /**
   * @param {Element} parent
   * @param {{x: number, y: number, kind: string, charWidth: number, height?: number, align?:
   *   number}} spec kind: classes, by the meaning of the number; charWidth: of one digit. Lengths
   *   in units of the picture
   */
  constructor(parent, { x, y, kind, charWidth, height = 20, align = 0 }) {
    this.x = x;
    this.y = y;
    this.charWidth = charWidth;
    this.align = align;
    this.width = 0;
    /** @type {Touch | null} */
    this.touch = null;
    /**
     * The middle of the box and its width, once it has a text.
     * @type {[number, number, number] | null}
     */
    this.place = null;
    this.g = el(parent, "g", { class: `bp-chip ${kind}` });
    this.box = el(this.g, "rect", { y: y - height / 2, height, rx: 5 });
    this.text = el(this.g, "text", { y, "text-anchor": "middle", "dominant-baseline": "central" });
  }

  /** @param {string} text */
  set(text) {
    if (text === this.text.textContent) return;
    this.text.textContent = text;
    const width = text.length * this.charWidth + 10, left = this.x - width * (this.align + 1) / 2;
    this.box.setAttribute("x", String(left));
    this.box.setAttribute("width", String(width));
    this.text.setAttribute("x", String(left + width / 2));
    this.width = width;
    this.place = [left + width / 2, this.y, width];
    this.touch?.around(...this.place);
  }

  /** Make it large enough for a finger. */
  reach() {
    this.touch ??= new Touch(this.g);
    if (this.place) this.touch.around(...this.place);
  }

  /** @param {string} name  of a class @param {boolean} [on] */
  toggle(name, on) { this.g.classList.toggle(name, on); }
}

/**
 * The bar: Back, Step, Play, a slider, a counter, Reset; and the keys of the whole widget.
 * @param {HTMLElement} root
 * @param {{total: () => number, position: () => number, goTo: (position: number) => void, reset: ()
 *   => void, phases: () => [string, number, string][]}} walk total, position: in steps; phases() is
 *   a list of [class, number of steps, words]
 * @returns {{update: (said: string) => void, stop: () => void, bar: HTMLElement}} update shows
 *   where the walk is
 */
export function walkBar(root, walk) {
  const bar = make(root, "div", { class: "bp-bar" });
  const back = make(bar, "button", { type: "button", class: "bp-back" }, "Back");
  const step = make(bar, "button", { type: "button", class: "bp-step" }, "Step");
  const play = make(bar, "button", { type: "button", class: "bp-play", "aria-pressed": "false" }, "Play");
  const track = make(bar, "div", { class: "bp-track" });
  const slider = make(track, "input", { type: "range", min: 0, max: walk.total(), step: 1, "aria-label": "step of the walk" });
  const phases = make(track, "div", { class: "bp-phases", "aria-hidden": "true" });
  const counter = make(bar, "span", { class: "bp-counter", "aria-hidden": "true" });
  const reset = make(bar, "button", { type: "button", class: "bp-reset", title: "back to the start and to the first numbers" }, "Reset");
  /** @type {ReturnType<typeof setInterval> | null} */
  let timer = null;
  let drawn = "";

  /** @param {number} k */
  const goTo = k => walk.goTo(Math.max(0, Math.min(walk.total(), k)));
  const stop = () => {
    clearInterval(timer ?? undefined);
    timer = null;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  };
  const start = () => {
    if (walk.position() >= walk.total()) goTo(0);
    timer = setInterval(() => { goTo(walk.position() + 1); if (walk.position() >= walk.total()) stop(); }, PLAY_MS);
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
  };
  const toggle = () => (timer === null ? start() : stop());
  back.addEventListener("click", () => { stop(); goTo(walk.position() - 1); });
  step.addEventListener("click", () => { stop(); goTo(walk.position() + 1); });
  play.addEventListener("click", toggle);
  reset.addEventListener("click", () => { stop(); walk.reset(); });
  slider.addEventListener("input", () => { stop(); goTo(slider.valueAsNumber); });
  root.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target instanceof HTMLInputElement && target.type !== "range") return;   // typed into
    if (target === slider && event.key !== " ") return;     // a range input knows these keys itself
    const act = { ArrowRight: () => goTo(walk.position() + 1), ArrowLeft: () => goTo(walk.position() - 1),
      Home: () => goTo(0), End: () => goTo(walk.total()), " ": toggle }[event.key];
    if (!act || (event.key === " " && target.tagName === "BUTTON")) return;
    if (event.key !== " ") stop();
    act();
    event.preventDefault();
    event.stopPropagation();
  });

  /** @param {string} said */
  function update(said) {
    const k = walk.position(), total = walk.total(), now = JSON.stringify(walk.phases());
    if (now !== drawn) {
      phases.replaceChildren();
      walk.phases().forEach(([kind, steps, words]) => make(phases, "span", { class: kind, style: `flex: ${steps}` }, words));
      drawn = now;
    }
    slider.max = String(total);
    slider.value = String(k);
    slider.setAttribute("aria-valuetext", said);
    counter.textContent = `${k} / ${total}`;
    // a button that takes the focus away when it is disabled would leave the keyboard nowhere
    if (k === 0 && document.activeElement === back || k === total && document.activeElement === step) root.focus({ preventScroll: true });
    back.disabled = k === 0;
    step.disabled = k === total;
  }
  return { update, stop, bar };
}

/** @param {number} value */
const POWER = value => 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(value) || 1)));

/**
 * Make a chip a number that can be changed: dragged, typed, or moved with the arrow keys.
 * @param {{g: SVGGElement, box: SVGElement, reach: () => void}} chip
 * @param {{key: string, label: string, get: () => number, set: (value: number) => void, frame:
 *   HTMLElement, say: (words: string) => void, step?: number, grain?: number, pace?: number}}
 *   number say(words) is told why what was typed is not taken; step: what an arrow key adds to a
 *   number below 10; grain: what a dragged one is a multiple of; pace: grains a pixel
 */
export function editable(chip, { key, label, get, set, frame, say, step = 0.1, grain = 0.05, pace = 0.5 }) {
  const g = chip.g;
  const attributes = { tabindex: 0, role: "spinbutton", "aria-label": label, "data-key": key, "data-lm-suppress-shortcuts": "true" };
  Object.entries(attributes).forEach(([name, value]) => g.setAttribute(name, String(value)));
  g.classList.add("bp-edit");
  chip.reach();
  /** @param {number} value */
  const tidy = value => Number(value.toPrecision(12));
  /** @param {number} value */
  const moveBy = value => { if (Number.isFinite(value)) set(tidy(value)); };

  function type() {
    const box = chip.box.getBoundingClientRect(), outer = frame.getBoundingClientRect(), before = get();
    const input = make(frame, "input", { type: "text", inputmode: "decimal", class: "bp-type", "aria-label": `${label}, typed` });
    input.value = String(before);
    input.style.left = `${Math.max(64, box.left - outer.left + frame.scrollLeft + box.width / 2)}px`;
    input.style.top = `${box.top - outer.top + frame.scrollTop + box.height / 2}px`;
    let open = true;
    const read = () => Number(input.value.trim().replaceAll("−", "-").replace(",", ".") || NaN);
    /** @param {boolean} keep */
    const close = keep => {
      if (!open) return;
      open = false;
      if (!keep || !Number.isFinite(read())) set(before);
      const focused = document.activeElement === input;
      input.remove();
      say("");
      if (focused) g.focus({ preventScroll: true });
    };
    input.addEventListener("input", () => {
      const value = read(), fine = Number.isFinite(value);
      input.setAttribute("aria-invalid", String(!fine));
      const why = Number.isNaN(value) ? "is no number." : "is more than the computer can hold (1.8e308).";
      say(fine ? "" : `“${input.value}” ${why}`);
      if (fine) set(value);
    });
    input.addEventListener("keydown", event => {
      event.stopPropagation();
      if (event.key === "Enter") close(true);
      if (event.key === "Escape") close(false);
    });
    input.addEventListener("blur", () => close(true));
    input.focus();
    input.select();
  }

  g.addEventListener("keydown", event => {
    const amount = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key], value = get();
    if (amount) moveBy(value + amount * (event.shiftKey ? 0.01 : step) * POWER(value));
    else if (event.key === "Enter") type();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  /** @type {{x: number, value: number, moved: boolean} | null} */
  let drag = null;
  g.addEventListener("pointerdown", event => {
    if (event.button !== 0) return;
    drag = { x: event.clientX, value: get(), moved: false };
    g.setPointerCapture(event.pointerId);
    g.focus({ preventScroll: true });
    event.preventDefault();
  });
  g.addEventListener("pointermove", event => {
    if (!drag) return;
    const pixels = event.clientX - drag.x, unit = grain * POWER(drag.value);
    drag.moved ||= Math.abs(pixels) > 3;
    if (drag.moved) moveBy(Math.round((drag.value + pixels * pace * unit) / unit) * unit);
  });
  g.addEventListener("pointerup", () => { if (drag && !drag.moved) type(); drag = null; });
  g.addEventListener("pointercancel", () => { drag = null; });
}
