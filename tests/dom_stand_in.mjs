// As much of a page as the steppers need to draw themselves in node: elements, attributes, listeners. No layout: a box has
// the size that is given here, a character is 8 pixels wide. `printed` writes what can be seen as lines of text.

const WIDTH = 932;
const IDLE = () => {};

class Style {
  setProperty(name, value) { this[name] = value; }
}

class ClassList {
  constructor(node) { this.node = node; }
  get all() { return (this.node.getAttribute("class") ?? "").split(/\s+/).filter(Boolean); }
  contains(name) { return this.all.includes(name); }
  add(name) { this.toggle(name, true); }
  toggle(name, on = !this.contains(name)) {
    const rest = this.all.filter(one => one !== name);
    this.node.setAttribute("class", (on ? [...rest, name] : rest).join(" "));
    return on;
  }
}

export class Element {
  constructor(tag) {
    Object.assign(this, { tag, children: [], parent: null, text: "", attributes: new Map(), listeners: {}, dataset: {},
      style: new Style(), hidden: false, disabled: false, value: "", scrollHeight: 0, clientHeight: 0, clientWidth: WIDTH,
      offsetWidth: WIDTH + 2, scrollLeft: 0, scrollTop: 0, scrollWidth: 0 });
    this.classList = new ClassList(this);
  }
  get tagName() { return this.tag.toUpperCase(); }
  get type() { return this.getAttribute("type") ?? ""; }
  get title() { return this.getAttribute("title") ?? ""; }
  set title(text) { this.setAttribute("title", text); }
  get innerHTML() { return this.text; }
  set innerHTML(html) { this.children = []; this.text = html; }
  get textContent() { return this.children.length ? this.children.map(node => node.textContent).join("") : this.text.replace(/<[^>]*>/g, ""); }
  set textContent(text) { this.innerHTML = String(text); }
  get valueAsNumber() { return Number(this.value); }
  setAttribute(name, value) { this.attributes.set(name, String(value)); if (name.startsWith("data-")) this.dataset[name.slice(5)] = value; }
  getAttribute(name) { return this.attributes.get(name) ?? null; }
  hasAttribute(name) { return this.attributes.has(name); }
  removeAttribute(name) { this.attributes.delete(name); }
  adopt(nodes, at) { nodes.forEach(node => { node.parent = this; }); this.children.splice(at, 0, ...nodes); }
  append(...nodes) { this.adopt(nodes, this.children.length); }
  prepend(...nodes) { this.adopt(nodes, 0); }
  before(node) {
    node.remove();
    this.parent.adopt([node], this.parent.children.indexOf(this));
  }
  remove() { if (this.parent) this.parent.children = this.parent.children.filter(node => node !== this); }
  replaceChildren(...nodes) { this.children = []; this.append(...nodes); }
  *all() { for (const node of this.children) { yield node; yield* node.all(); } }
  querySelector(selector) { return [...this.all()].find(node => node.classList.contains(selector.slice(1))) ?? null; }
  contains(other) { return [...this.all()].includes(other); }
  closest(tag) { return this.tag === tag ? this : this.parent?.closest(tag) ?? null; }
  addEventListener(kind, act) { (this.listeners[kind] ??= []).push(act); }
  dispatch(kind, more = {}) {
    const event = { target: this, preventDefault: IDLE, stopPropagation: IDLE, ...more };
    for (const act of this.listeners[kind] ?? []) act(event);
  }
  click() { this.dispatch("click"); }
  focus() { document.activeElement = this; }
  getBoundingClientRect() { return { left: 0, top: 0, width: 0, height: 0 }; }
  scrollTo() {}
  getContext() { return { measureText: text => ({ width: 8 * text.length }) }; }
}

globalThis.HTMLInputElement = class extends Element {};
const create = tag => (tag === "input" ? new HTMLInputElement(tag) : new Element(tag));
globalThis.document = { activeElement: null, createElement: create, createElementNS: (_, tag) => create(tag) };
globalThis.getComputedStyle = () => ({ fontFamily: "none" });
globalThis.matchMedia = () => ({ matches: true });
globalThis.requestAnimationFrame = () => 0;
globalThis.cancelAnimationFrame = IDLE;
globalThis.ResizeObserver = class { observe() {} disconnect() {} };

/** A model with traits and nobody behind it. */
export function modelOf(state) {
  const heard = {};
  return { state, get: name => state[name], save_changes: IDLE, off: IDLE,
    on: (events, act) => events.split(" ").forEach(event => (heard[event] ??= []).push(act)),
    set(name, value) {
      const same = JSON.stringify(state[name]) === JSON.stringify(value);
      state[name] = value;
      if (!same) (heard[`change:${name}`] ?? []).forEach(act => act());
    } };
}

/** The stepper on its page. */
export function shown(esm, state) {
  const page = create("main"), model = modelOf(state);
  esm.default.render({ model, el: page });
  const find = name => page.querySelector(`.${name}`);
  const type = text => {
    const input = find("bp-pencil-input");
    input.value = text;
    input.dispatch("input");
    input.dispatch("keydown", { key: "Enter" });
  };
  return { page, model, find, type, said: () => find("bp-pencil-said").textContent };
}

const PLACES = ["x", "y", "width", "x1", "y1", "x2", "y2", "d", "transform"];
const HIDDEN = ["bp-unknown", "bp-hits", "bp-touch", "bp-live", "gs-hits"];
const round = text => text.replace(/-?\d+\.\d+/g, one => String(Math.round(Number(one))));

/** Where an element stands, in whole units of the picture. */
const placeOf = node => PLACES.filter(name => node.tag !== "g" || name === "transform")
  .map(name => [name, node.getAttribute(name)]).filter(([, value]) => value !== null).map(([name, value]) => `${name}=${round(value)}`);
const bare = node => node.innerHTML.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();

/** What can be seen, one line for each element that has words or a place: its classes, where it is, what it says. */
export function printed(node, depth = 0) {
  const classes = node.classList.all, chip = classes.includes("bp-chip");
  if (node.hidden || node.tag === "defs" || HIDDEN.some(name => classes.includes(name))) return [];
  const leaves = [...node.all()].filter(one => !one.children.length);
  const words = chip ? leaves.map(bare).filter(Boolean).join(" ") : node.children.length ? "" : bare(node) || node.value;
  const places = placeOf(chip ? leaves.find(one => one.tag === "rect") : node);
  const inner = chip ? [] : node.children.flatMap(child => printed(child, depth + 1));
  const empty = node.tag === "text" && !words && !inner.length || node.getAttribute("class") === "bp-flow";
  if (empty || (!inner.length && !words && !places.length)) return [];
  const parts = [[node.tag, ...classes].join("."), ...places, ...(words ? [`“${words}”`] : [])];
  return [`${"  ".repeat(depth)}${parts.join(" ")}`, ...inner];
}
