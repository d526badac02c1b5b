// The pieces of the picture. Each remembers what it shows, so that an update touches only what has changed.
import { CHIP } from "./layout.js";

const SVG = "http://www.w3.org/2000/svg";
let patterns = 0;

/** An SVG element with attributes, appended to `parent`. */
export function svgPart(parent, name, attributes = {}, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
}

/** Set an attribute where it is not yet so. */
export function put(node, name, value) {
  const seen = (node.bpSeen ||= {});
  if (seen[name] === value) return;
  seen[name] = value;
  node.setAttribute(name, value);
}

/** Set or take away a class where it is not yet so. */
export function flag(node, name, on) {
  const seen = (node.bpFlags ||= {});
  if (seen[name] === Boolean(on)) return;
  seen[name] = Boolean(on);
  node.classList.toggle(name, Boolean(on));
}

/** A box around one number, as wide as its text: centred on (x, y), or with a `name` before it and ending at x. */
export class Chip {
  constructor(parent, x, y, kind, charWidth, prefix = "", name = null) {
    Object.assign(this, { x, y, charWidth, prefix, name, shown: null });
    this.g = svgPart(parent, "g", { class: `bp-chip ${kind}` });
    this.box = svgPart(this.g, "rect", { y: y - CHIP / 2, height: CHIP, rx: 5 });
    this.text = svgPart(this.g, "text", { y, "text-anchor": "middle", "dominant-baseline": "central" });
    if (prefix) svgPart(this.text, "tspan", { class: "bp-lead" }, `${prefix} `);
    this.value = svgPart(this.text, "tspan");
    name?.setAttribute("text-anchor", "end");
  }

  set(text) {
    if (this.shown === text) return;
    this.shown = text;
    this.value.textContent = text;
    const width = (text.length + (this.prefix ? this.prefix.length * 0.9 + 0.5 : 0)) * this.charWidth + 12;
    const left = this.name ? this.x - width : this.x - width / 2;
    put(this.box, "x", left);
    put(this.box, "width", width);
    put(this.text, "x", left + width / 2);
    if (this.name) put(this.name, "x", left - 6);
  }

  toggle(name, on) { flag(this.g, name, on); }
}

/** Fill patterns that mean the same without their colour: stripes (saturated), a grid (dead), dots (vanished). */
export function fillPatterns(svg) {
  const defs = svgPart(svg, "defs"), id = `bp-fill-${++patterns}`;
  const pattern = (name, size) => svgPart(defs, "pattern", {
    id: `${id}-${name}`, width: size, height: size, patternUnits: "userSpaceOnUse", class: "bp-pattern" });
  svgPart(pattern("saturated", 8), "path", { d: "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4" });
  svgPart(pattern("dead", 8), "path", { d: "M0,4 h8 M4,0 v8" });
  svgPart(pattern("vanished", 8), "circle", { cx: 4, cy: 4, r: 1.3 });
  return name => `url(#${id}-${name})`;
}
