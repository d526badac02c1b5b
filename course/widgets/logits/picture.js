// The picture of softmax: logits as bars with handles, exponentials, probabilities with their target, and p - t below.
// Everything is drawn once; `update` then moves it. Colours come from logits.css, by meaning.
import { inFigures, reach, signed } from "./math.js";
import { entering } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 96,
  GAP = 84,
  RIGHT = 22; // around and between the three stages
const TOP = 72,
  FLOOR = 252,
  HALF = 84; // where bars may stand; half the height of the logits' axis
const FULL = FLOOR - TOP - 14; // the height of a probability of 1
const LABELS = 282,
  FIRST = 310,
  SECOND = 334; // rows of text below the bars
const BELOW = 178,
  ZERO = 104,
  ONE = 54; // the picture of p - t: its height, its line of 0, the length of 1
let drawn = 0;

/**
 * An SVG element.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Element} parent
 * @param {Tag} tag
 * @param {Record<string, string | number>} [attributes]  lengths in units of the picture
 * @param {string} [text]
 * @returns {SVGElementTagNameMap[Tag]}
 */
function add(parent, tag, attributes = {}, text = "") {
  const node = document.createElementNS(SVG, tag);
  put(node, attributes);
  if ("tabindex" in attributes) node.dataset.lmSuppressShortcuts = "true"; // JupyterLab asks the focused element itself
  node.textContent = text;
  parent.append(node);
  return node;
}
/** @param {Element} node @param {Record<string, string | number>} attributes */
const put = (node, attributes) => {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
};

/**
 * A number as text; a long one in smaller letters, so that it stays in its column.
 * @param {Element} node
 * @param {string} words
 */
function write(node, words) {
  node.textContent = words;
  node.classList.toggle("lg-long", words.length > 5);
}

/**
 * A bar between two heights; where the number is not finite, an empty hatched box.
 * @param {Element} bar
 * @param {number} from  a height, in units of the picture from above
 * @param {number} to
 * @param {boolean} broken  whether the number is not finite
 */
function setBar(bar, from, to, broken) {
  put(bar, { y: Math.min(from, to), height: Math.abs(to - from) });
  bar.classList.toggle("lg-broken", broken);
}

/**
 * Draw the picture into two empty SVG elements: the stages into `above`, p - t into `below`.
 * @param {SVGSVGElement} above
 * @param {SVGSVGElement} below
 * @param {number} k  how many classes
 * @returns its parts to be listened to, and `update(state, result, active, limit)`
 */
export function picture(above, below, k) {
  const width = Math.max(240, 56 * k),
    column = width / k,
    bar = Math.min(36, 0.56 * column);
  const start = [0, 1, 2].map((s) => LEFT + s * (width + GAP)),
    total = start[2] + width + RIGHT,
    cut = start[2] - 62;
  /** The middle of a class in a stage. @param {number} s @param {number} i */
  const middle = (s, i) => start[s] + (i + 0.5) * column;
  const zero = (TOP + FLOOR) / 2,
    id = `lg-${++drawn}`;
  const classes = Array.from({ length: k }, (_, i) => i);
  put(above, { viewBox: `0 0 ${total} ${SECOND + 10}` });
  put(below, { viewBox: `${cut} 0 ${total - cut} ${BELOW}` });
  for (const svg of [above, below]) {
    const pattern = add(add(svg, "defs"), "pattern", {
      id: `${id}-${svg === above}`,
      width: 8,
      height: 8,
      patternUnits: "userSpaceOnUse",
      patternTransform: "rotate(45)",
    });
    add(pattern, "line", { x1: 0, x2: 0, y1: 0, y2: 8, class: "lg-hatch" });
    svg.style.setProperty("--lg-hatched", `url(#${id}-${svg === above})`);
  }
  const stage = [0, 1, 2].map(() => add(above, "g")),
    between = add(above, "g");
  /**
   * @param {Element} parent
   * @param {number} x
   * @param {number} y
   * @param {string} name  a class
   * @param {string} [words]
   */
  const text = (parent, x, y, name, words = "") =>
    add(parent, "text", { x, y, class: name }, words);
  /**
   * @param {Element} parent
   * @param {number} x1
   * @param {number} y1
   * @param {number} x2
   * @param {number} y2
   * @param {string} name  a class
   */
  const line = (parent, x1, y1, x2, y2, name) =>
    add(parent, "line", { x1, y1, x2, y2, class: name });
  /** @param {Element} parent @param {number} s  the stage @param {string} name  a class */
  const rectangles = (parent, s, name) =>
    classes.map((i) => {
      const x = middle(s, i) - bar / 2;
      return add(parent, "rect", { x, width: bar, y: FLOOR, height: 0, class: name });
    });

  // the column of the class that is looked at, through all stages
  const shades = [0, 1, 2].map((s) =>
    add(stage[s], "rect", {
      y: TOP - 14,
      width: column,
      height: SECOND - TOP + 20,
      rx: 5,
      class: "lg-shade",
    }),
  );
  const shadeBelow = add(below, "rect", {
    y: 28,
    width: column,
    height: BELOW - 28,
    rx: 5,
    class: "lg-shade",
  });

  // titles and what happens between the stages
  ["logits", "exponentials", "probabilities"].forEach((words, s) =>
    text(stage[s], start[s] + width / 2, 20, "lg-title", words),
  );
  const formulas = ["z", "", "p = E / Σ E"].map((words, s) =>
    text(stage[s], start[s] + width / 2, 46, "lg-formula", words),
  );
  ["e", "÷ Σ"].forEach((sign, s) => {
    const from = start[s] + width + 8,
      to = start[s + 1] - (s === 1 ? 32 : 10);
    line(between, from, zero, to - 6, zero, "lg-arrow");
    add(between, "path", { d: `M${to} ${zero}l-9 -5v10z`, class: "lg-tip" });
    const operator = text(between, (from + to) / 2, zero - 10, "lg-operator", sign);
    if (s === 0) add(operator, "tspan", { dy: -7, class: "lg-power" }, "▪");
  });

  // 1: the logits, from a line of 0 in the middle
  const ticks = [1, 0, -1].map((v) => text(stage[0], LEFT - 8, zero - HALF * v + 5, "lg-tick"));
  line(stage[0], LEFT, zero, LEFT + width, zero, "lg-axis");
  const top = line(stage[0], LEFT, zero, LEFT + width, zero, "lg-largest"),
    topName = text(stage[0], LEFT - 8, zero, "lg-tick lg-largest-name", "largest");
  /** @param {number} i */
  const beside = (i) => middle(0, i) + bar / 2 + 9;
  const gaps = classes.map((i) => line(stage[0], beside(i), zero, beside(i), zero, "lg-gap"));
  const logits = rectangles(stage[0], 0, "lg-bar");
  const values = classes.map((i) => text(stage[0], middle(0, i), zero, "lg-number"));
  const names = ["z/τ + c", "− largest"].map((words, row) =>
    text(stage[0], LEFT - 8, [FIRST, SECOND][row], "lg-tick", words),
  );
  const rows = [FIRST, SECOND].map((y) =>
    classes.map((i) => text(stage[0], middle(0, i), y, "lg-cell")),
  );

  // 2 and 3: bars from the floor
  [1, 2].forEach((s) => line(stage[s], start[s], FLOOR, start[s] + width, FLOOR, "lg-axis"));
  /** @type {[number, string][]} */
  const shares = [
    [1, "1"],
    [0.5, "½"],
    [0, "0"],
  ];
  shares.forEach(([v, words]) => {
    if (v)
      line(stage[2], start[2], FLOOR - v * FULL, start[2] + width, FLOOR - v * FULL, "lg-grid");
    text(stage[2], start[2] - 8, FLOOR - v * FULL + 5, "lg-tick", words);
  });
  const exponentials = rectangles(stage[1], 1, "lg-bar"),
    probabilities = rectangles(stage[2], 2, "lg-bar");
  const targets = classes.map((i) =>
    add(stage[2], "rect", { x: middle(2, i) - bar / 2 - 8, width: bar + 16, class: "lg-target" }),
  );
  const counts = [1, 2].map((s) =>
    classes.map((i) => text(stage[s], middle(s, i), FLOOR, "lg-number")),
  );
  [0, 1].forEach((s) =>
    classes.forEach((i) => text(stage[s], middle(s, i), LABELS, "lg-class", String(i + 1))),
  );
  const sums = [1, 2].map((s) => text(stage[s], start[s] + width / 2, SECOND, "lg-cell"));
  const asks = text(stage[2], start[2] + width / 2, FIRST, "lg-ask", "which class is right?");
  const wanted = [
    text(stage[2], start[2] - 8, FIRST, "lg-tick lg-t", "t"),
    ...classes.map((i) => text(stage[2], middle(2, i), FIRST, "lg-cell lg-t")),
  ];

  // p - t, below the probabilities
  const gradientName = text(below, start[2] + width / 2, 20, "lg-formula lg-g");
  line(below, start[2], ZERO, start[2] + width, ZERO, "lg-axis");
  [1, 0, -1].forEach((v) =>
    text(below, start[2] - 8, ZERO - v * ONE + 5, "lg-tick", signed(v).replace(".000", "")),
  );
  const pulls = rectangles(below, 2, "lg-bar lg-pull"),
    forces = classes.map((i) => text(below, middle(2, i), ZERO, "lg-number lg-g"));

  // what can be taken hold of: the bars of the logits, and the classes under the probabilities
  const columns = [0, 1, 2].map((s) =>
    classes.map((i) =>
      add(stage[s], "rect", {
        x: start[s] + i * column,
        y: TOP - 14,
        width: column,
        height: SECOND - TOP + 20,
        class: "lg-hit",
      }),
    ),
  );
  const handles = classes.map((i) => {
    const g = add(stage[0], "g", {
      class: "lg-handle",
      tabindex: 0,
      role: "slider",
      "aria-orientation": "vertical",
      "aria-label": `logit of class ${i + 1}`,
    });
    add(g, "rect", {
      x: middle(0, i) - column / 2 + 1,
      y: TOP - 6,
      width: column - 2,
      height: FLOOR - TOP + 12,
      class: "lg-hit",
    });
    add(g, "rect", {
      x: middle(0, i) - bar / 2 - 4,
      y: -6,
      width: bar + 8,
      height: 12,
      rx: 6,
      class: "lg-grip",
    });
    add(g, "path", { d: `M${middle(0, i) - 7} -2h14m-14 4h14`, class: "lg-lines" });
    return g;
  });
  const choices = classes.map((i) => {
    const g = add(stage[2], "g", {
      class: "lg-choice",
      tabindex: 0,
      role: "button",
      "aria-label": `class ${i + 1} is right`,
    });
    add(g, "rect", {
      x: middle(2, i) - Math.min(21, column / 2 - 1),
      y: FLOOR + 4,
      width: Math.min(42, column - 2),
      height: 38,
      rx: 14,
    });
    text(g, middle(2, i), LABELS, "lg-class");
    return g;
  });

  /**
   * Show a state and what follows from it.
   * @param {import("./math.js").State} state
   * @param {import("./math.js").Result} result
   * @param {number} active  the class looked at
   * @param {number} [limit]  how far the logits' axis reaches
   */
  function update(state, result, active, limit = reach(state.z)) {
    const { z, temperature, shift, right } = state;
    const { logits: entered, exponents, p, gradient } = result;
    /** @param {number} v */
    const level = (v) => zero - (HALF * v) / limit;
    const best = Math.max(...z);
    shades.forEach((rect, s) => put(rect, { x: start[s] + active * column }));
    put(shadeBelow, { x: start[2] + active * column });
    const name = entering(state),
      sum = p.reduce((all, v) => all + v, 0);
    formulas[1].replaceChildren("E = e");
    add(formulas[1], "tspan", { dy: -7, class: "lg-power" }, name + (shift ? " − largest" : ""));

    ticks.forEach((tick, at) => {
      const v = [limit, 0, -limit][at];
      tick.textContent = shift && Math.abs(level(v) - level(best)) < 15 ? "" : inFigures(v);
    });
    put(top, { y1: level(best), y2: level(best) });
    put(topName, { y: level(best) + 5 });
    above.classList.toggle("lg-shifts", shift);
    z.forEach((v, i) => {
      const tip = level(Math.max(-limit, Math.min(limit, v)));
      setBar(logits[i], zero, tip, false);
      put(gaps[i], { y1: level(best), y2: tip });
      write(values[i], inFigures(v));
      put(values[i], { y: v < 0 ? tip + 24 : tip - 12 });
      put(handles[i], {
        "aria-valuenow": v,
        "aria-valuemin": -1e6,
        "aria-valuemax": 1e6,
        "aria-valuetext": `${inFigures(v)}, probability ${inFigures(p[i])}`,
      });
      put(handles[i].children[1], { transform: `translate(0 ${tip})` });
      put(handles[i].children[2], { transform: `translate(0 ${tip})` });
      write(rows[0][i], inFigures(entered[i]));
      write(rows[1][i], shift ? inFigures(exponents[i]) : "");
    });
    names[0].textContent = name;
    names[1].textContent = shift ? "− largest" : "";

    const finite = result.exponentials.every(Number.isFinite),
      tallest = Math.max(...result.exponentials);
    result.exponentials.forEach((v, i) => {
      const broken = !Number.isFinite(v),
        share = broken ? 1 : finite && tallest > 0 ? v / tallest : 0;
      setBar(exponentials[i], FLOOR, FLOOR - share * FULL, broken);
      write(counts[0][i], inFigures(v));
      put(counts[0][i], { y: FLOOR - share * FULL - 6 });
      counts[0][i].classList.toggle("lg-e", broken);
    });
    p.forEach((v, i) => {
      const broken = Number.isNaN(v),
        share = broken ? 1 : v;
      setBar(probabilities[i], FLOOR, FLOOR - share * FULL, broken);
      counts[1][i].textContent = broken ? "nan" : v.toFixed(3);
      put(counts[1][i], { y: FLOOR - share * FULL - 6 });
      counts[1][i].classList.toggle("lg-e", broken);
    });
    sums[0].textContent = `Σ = ${inFigures(result.total)}`;
    sums[1].textContent = `Σ = ${inFigures(sum)}`;
    sums.forEach((node, s) =>
      node.classList.toggle("lg-e", !Number.isFinite([result.total, sum][s])),
    );

    above.classList.toggle("lg-chosen", right !== null);
    below.classList.toggle("lg-chosen", right !== null);
    choices.forEach((g, i) => {
      g.setAttribute("aria-pressed", String(i === right));
      const label = /** @type {ChildNode} */ (g.lastChild);
      label.textContent = i === right ? `${i + 1} ✓` : String(i + 1);
      setBar(targets[i], FLOOR, i === right ? FLOOR - FULL : FLOOR - 1, false);
      wanted[i + 1].textContent = i === right ? "1" : "0";
    });
    asks.textContent = right === null ? "which class is right?" : "";
    gradientName.textContent =
      right === null ? "the gradient p − t" : `∂L/∂${temperature === 1 ? "z" : "(z/τ)"} = p − t`;
    pulls.forEach((rect, i) => {
      const g = gradient?.[i] ?? 0,
        broken = Number.isNaN(g);
      setBar(rect, broken ? ZERO + ONE : ZERO, broken ? ZERO - ONE : ZERO - ONE * g, broken);
      write(forces[i], gradient ? signed(g) : "");
      put(forces[i], {
        y: broken ? ZERO - ONE - 6 : g < 0 ? ZERO - ONE * g + 17 : ZERO - ONE * g - 6,
      });
      forces[i].classList.toggle("lg-e", broken);
    });
  }

  /**
   * Put the stages and p - t in a row and below it, or on a narrow page two by two.
   * @param {boolean} stacked
   */
  function stack(stacked) {
    const high = SECOND + 20,
      right = LEFT + width + 48,
      wide = right + width + 12;
    const places = [
      [LEFT, 0],
      [right, 0],
      [LEFT, high],
    ];
    put(above, { viewBox: stacked ? `0 0 ${wide} ${2 * high}` : `0 0 ${total} ${SECOND + 10}` });
    put(between, { display: stacked ? "none" : "inline" });
    stage.forEach((g, s) =>
      put(g, { transform: stacked ? `translate(${places[s][0] - start[s]} ${places[s][1]})` : "" }),
    );
    put(
      below,
      stacked
        ? {
            viewBox: `${start[2] - 40} 0 ${width + 52} ${BELOW}`,
            x: right - 40,
            y: high + 70,
            width: width + 52,
            height: BELOW,
          }
        : { viewBox: `${cut} 0 ${total - cut} ${BELOW}` },
    );
    above.style.maxWidth = stacked ? `${wide}px` : "";
    if (stacked) above.append(below);
  }

  /**
   * How many units of the axis one pixel of the screen is.
   * @param {number} limit  how far the axis reaches
   */
  const perPixel = (limit) => limit / HALF / /** @type {DOMMatrix} */ (above.getScreenCTM()).a;
  return {
    handles,
    choices,
    columns,
    update,
    stack,
    perPixel,
    values,
    aspect: [total, SECOND + 10],
    below: total - cut,
  };
}
