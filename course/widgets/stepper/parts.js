// The pieces of the picture. Each remembers what it shows, so that an update touches only what has changed.
import { Touch, el } from "../common/walk.js";
import { CHIP } from "./layout.js";

let patterns = 0;

/**
 * @typedef {Element & {bpSeen?: Record<string, unknown>, bpFlags?: Record<string, boolean>}}
 *   Remembering
 */

/**
 * Set an attribute where it is not yet so.
 * @param {Remembering} node
 * @param {string} name
 * @param {string | number} value
 */
export function put(node, name, value) {
  const seen = (node.bpSeen ||= {});
  if (seen[name] === value) return;
  seen[name] = value;
  node.setAttribute(name, String(value));
}

/**
 * Set or take away a class where it is not yet so.
 * @param {Remembering} node
 * @param {string} name
 * @param {unknown} on  anything that counts as true
 */
export function flag(node, name, on) {
  const seen = (node.bpFlags ||= {});
  if (seen[name] === Boolean(on)) return;
  seen[name] = Boolean(on);
  node.classList.toggle(name, Boolean(on));
}

/** A box around one number, as wide as its text: centred on (x, y), or with a `name` before it and ending at x. */
export class NumberBox {
  /**
   * @param {Element} parent
   * @param {number} x  in pixels of the picture, as every length here
   * @param {number} y
   * @param {string} kind  classes, by the meaning of the number
   * @param {number} charWidth  of one digit
   * @param {string} [prefix]  what stands before the number inside the box
   * @param {SVGTextElement | null} [name]  what stands before the box
   */
  constructor(parent, x, y, kind, charWidth, prefix = "", name = null) {
    this.x = x;
    this.y = y;
    this.charWidth = charWidth;
    this.prefix = prefix;
    this.name = name;
    /** @type {string | null} */
    this.shown = null;
    /** @type {Touch | null} */
    this.touch = null;
    /**
     * The middle of the box and its width, once it has a text.
     * @type {[number, number, number] | null}
     */
    this.place = null;
    this.g = el(parent, "g", { class: `bp-chip ${kind}` });
    this.box = el(this.g, "rect", { y: y - CHIP / 2, height: CHIP, rx: 5 });
    this.text = el(this.g, "text", { y, "text-anchor": "middle", "dominant-baseline": "central" });
    if (prefix) el(this.text, "tspan", { class: "bp-lead" }, `${prefix} `);
    this.value = el(this.text, "tspan");
    name?.setAttribute("text-anchor", "end");
  }

  /** @param {string} text */
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
    this.place = [left + width / 2, this.y, width];
    this.touch?.around(...this.place);
  }

  /** Make it large enough for a finger. */
  reach() {
    this.touch ??= new Touch(this.g);
    if (this.place) this.touch.around(...this.place);
  }

  /** @param {string} name  of a class @param {unknown} on */
  toggle(name, on) { flag(this.g, name, on); }
}

/**
 * Fill patterns that mean the same without their colour: stripes (saturated), a grid (dead), dots
 * (vanished).
 * @param {SVGSVGElement} svg
 */
export function fillPatterns(svg) {
  const defs = el(svg, "defs"), id = `bp-fill-${++patterns}`;
  /** @param {string} name @param {number} size  in pixels */
  const pattern = (name, size) => el(defs, "pattern", {
    id: `${id}-${name}`, width: size, height: size, patternUnits: "userSpaceOnUse", class: "bp-pattern" });
  el(pattern("saturated", 8), "path", { d: "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4" });
  el(pattern("dead", 8), "path", { d: "M0,4 h8 M4,0 v8" });
  el(pattern("vanished", 8), "circle", { cx: 4, cy: 4, r: 1.3 });
  /** @param {string} name */
  return name => `url(#${id}-${name})`;
}
