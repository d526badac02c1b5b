// A page with axes. A sketch has a height at some of 61 places and is straight between them; a point is one place.
// The state lives in the model's traits (heights, spot); Python reads and sets the same.
const PLACES = 61,
  WAIT = 350; // ms of quiet before the words are read aloud
const LEFT = 66,
  RIGHT = 16,
  TOP = 10,
  BOTTOM = 44;
const KEYS = {
  sketch:
    "Draw with mouse or finger. Keys: left and right choose the place, up and down the height, Shift for big steps, Space puts the height here, Backspace takes it away, Delete clears.",
  point:
    "Click on the page. Keys: the arrows move the ring, Shift for big steps, Space puts it where it starts, Delete clears.",
};

/**
 * @typedef {[number, number]} Range  low and high
 * @typedef {(number | null)[]} Heights
 * @typedef {HTMLElementTagNameMap & Pick<SVGElementTagNameMap, "svg" | "g" | "line" | "path" |
 *   "text" | "circle" | "rect" | "image">} Tags
 */

/**
 * An HTML or SVG element.
 * @template {keyof Tags} Tag
 * @param {Element} parent
 * @param {Tag} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {string} [text]
 * @returns {Tags[Tag]}
 */
function make(parent, tag, attributes = {}, text = "") {
  const svg = ["svg", "g", "line", "path", "text", "circle", "rect", "image"].includes(tag);
  const node = svg
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.textContent = text;
  parent.append(node);
  return /** @type {any} */ (node);
}

/**
 * Round numbers from low to high, at most about so many.
 * @param {Range} range
 * @param {number} about
 * @returns {[number, string][]} each with its text
 */
function ticks([low, high], about) {
  const raw = (high - low) / about,
    power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((k) => k * power).find((k) => k >= raw * 0.999) ?? NaN;
  let digits = 0;
  while (digits < 9 && Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) > 1e-6)
    digits++;
  /** @type {[number, string][]} */
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * (high - low); k++)
    found.push([k * step, written(k * step, digits)]);
  return found;
}
/** @param {number} value @param {number} digits  behind the point */
const written = (value, digits) =>
  (Math.abs(value) < 10 ** -digits / 2 ? 0 : value).toFixed(digits).replace("-", "−");

/** @param {View} view */
function render({ model, el }) {
  /** @type {"sketch" | "point"} */
  const kind = model.get("kind"),
    sketch = kind === "sketch";
  const [wide, high] = model.get("size");
  /** @type {Range} */
  const x = model.get("x");
  /** @type {Range} */
  const y = model.get("y");
  const names = [model.get("xlabel"), model.get("ylabel")];
  const [spanX, spanY] = [x[1] - x[0], y[1] - y[0]];
  /** Numbers on the axes to pixels. @param {number} v @returns {number} */
  const toX = (v) => LEFT + ((v - x[0]) / spanX) * wide;
  /** @param {number} v @returns {number} */
  const toY = (v) => TOP + ((y[1] - v) / spanY) * high;
  /** @param {number} v @param {Range} range */
  const clamp = (v, [a, b]) => Math.min(b, Math.max(a, v));
  /** @param {number} span */
  const digitsOf = (span) => Math.max(0, 2 - Math.floor(Math.log10(span)));
  /** @param {number} v @param {number} span  of its axis */
  const say = (v, span) =>
    written(v, digitsOf(span))
      .replace(/(\.\d*?)0+$/, "$1")
      .replace(/\.$/, "");
  /** @param {number} v @param {number} span */
  const short = (v, span) => Number(v.toFixed(digitsOf(span) + 1));
  /** Where the k-th place is on the axis. @param {number} k */
  const place = (k) => x[0] + (spanX * k) / (PLACES - 1);

  const root = make(el, "div", {
    class: "pd-root",
    role: "group",
    "aria-label": model.get("question"),
  });
  root.style.width = `${LEFT + wide + RIGHT + 30}px`;
  const pad = make(root, "div", {
    class: "pd-pad",
    tabindex: "0",
    "data-lm-suppress-shortcuts": "true",
    role: "application",
    "aria-label": `${model.get("question")} ${KEYS[kind]}`,
  });
  pad.style.width = `${LEFT + wide + RIGHT}px`;
  const picture = make(pad, "svg", {
    class: "pd-picture",
    viewBox: `0 0 ${LEFT + wide + RIGHT} ${TOP + high + BOTTOM}`,
    "aria-hidden": "true",
  });
  const bytes = model.get("background");
  const url = bytes?.byteLength
    ? URL.createObjectURL(new Blob([bytes], { type: "image/png" }))
    : null;
  if (url)
    make(picture, "image", {
      class: "pd-back",
      href: url,
      x: LEFT,
      y: TOP,
      width: wide,
      height: high,
      preserveAspectRatio: "none",
    });
  for (const [v, text] of ticks(x, 8)) {
    make(picture, "line", { class: "pd-guide", x1: toX(v), x2: toX(v), y1: TOP, y2: TOP + high });
    make(picture, "text", { x: toX(v), y: TOP + high + 18, "text-anchor": "middle" }, text);
  }
  for (const [v, text] of ticks(y, 5)) {
    make(picture, "line", { class: "pd-guide", x1: LEFT, x2: LEFT + wide, y1: toY(v), y2: toY(v) });
    make(picture, "text", { x: LEFT - 8, y: toY(v) + 5, "text-anchor": "end" }, text);
  }
  make(picture, "rect", { class: "pd-frame", x: LEFT, y: TOP, width: wide, height: high });
  make(
    picture,
    "text",
    { class: "pd-name", x: LEFT + wide / 2, y: TOP + high + 38, "text-anchor": "middle" },
    names[0],
  );
  make(
    picture,
    "text",
    {
      class: "pd-name",
      "text-anchor": "middle",
      transform: `translate(16 ${TOP + high / 2}) rotate(-90)`,
    },
    names[1],
  );
  const hint = make(picture, "text", {
    class: "pd-hint",
    x: LEFT + wide / 2,
    y: TOP + 30,
    "text-anchor": "middle",
  });
  const upright = make(picture, "line", { class: "pd-place", y1: TOP, y2: TOP + high });
  const curve = make(picture, "path", { class: "pd-curve" });
  const ring = make(picture, "circle", { class: "pd-ring", r: sketch ? 6 : 10 });
  const bar = make(root, "div", { class: "pd-bar" });
  const button = make(bar, "button", { type: "button" }, "clear");
  const words = make(bar, "div", { class: "pd-words" });
  make(root, "div", { class: "pd-help" }, KEYS[kind]);
  const below = make(root, "div", { class: "pd-bar" });
  const keep = make(below, "button", { type: "button", class: "pd-keep" }, "keep my prediction");
  const said = make(below, "div", { class: "pd-said" });
  root.dataset.lmSuppressShortcuts = "true";
  const aloud = make(root, "div", { class: "pd-aloud", role: "status", "aria-live": "polite" });

  // ---- changing the state: a cursor that keys move, and what is put there ------------------------------------------
  const cursor = { k: (PLACES - 1) / 2, x: (x[0] + x[1]) / 2, y: (y[0] + y[1]) / 2, by: "" };
  let waiting = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** Where the line that is being drawn has come to. @type {{x: number, y: number} | null} */
  let last = null;
  const save = () => {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      model.save_changes();
    });
  };
  /** A height at each place; null where there is none. @returns {Heights} */
  const heights = () => {
    const list = model.get("heights").slice(0, PLACES);
    while (list.length < PLACES) list.push(null);
    return list;
  };
  /** @param {Heights} list */
  const put = (list) => {
    model.set("heights", list);
    save();
  };
  /** @param {Heights} list @returns {number[]} */
  const known = (list) => list.flatMap((h, k) => (h === null ? [] : [k]));
  const clear = () => {
    model.set("heights", Array(PLACES).fill(null));
    model.set("spot", []);
    cursor.y = (y[0] + y[1]) / 2;
    save();
  };

  /**
   * The curve's height at place k; null where there is no curve.
   * @param {Heights} list
   * @param {number} k
   */
  function heightAt(list, k) {
    const there = known(list),
      after = there.find((j) => j >= k),
      before = there.findLast((j) => j <= k);
    if (after === undefined || before === undefined) return null;
    const [from, to] = [Number(list[before]), Number(list[after])];
    return after === before ? list[k] : from + ((to - from) * (k - before)) / (after - before);
  }
  /** Put a height by key: what was drawn by hand close to it gives way, so that no spike is left. */
  function putHere() {
    if (!sketch) {
      model.set("spot", [
        Number(cursor.x.toFixed(digitsOf(spanX))),
        Number(cursor.y.toFixed(digitsOf(spanY))),
      ]);
      save();
      return;
    }
    put(
      heights().map((h, k) =>
        k === cursor.k
          ? short(cursor.y, spanY)
          : Math.abs(k - cursor.k) < 3 && k > 0 && k < PLACES - 1
            ? null
            : h,
      ),
    );
  }
  /** @param {[number, number]} by  which way @param {boolean} [far] */
  function moveBy([across, up], far) {
    if (sketch) {
      const list = heights();
      cursor.k = clamp(cursor.k + across * (far ? 12 : 3), [0, PLACES - 1]);
      cursor.y = clamp(
        (across ? (heightAt(list, cursor.k) ?? cursor.y) : cursor.y) +
          (up * spanY) / (far ? 8 : 40),
        y,
      );
      if (up) putHere();
    } else {
      cursor.x = clamp(cursor.x + (across * spanX) / (far ? 10 : 50), x);
      cursor.y = clamp(cursor.y + (up * spanY) / (far ? 10 : 50), y);
      putHere();
    }
  }
  pad.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const by = ways[event.key];
    cursor.by = "keys";
    if (by) moveBy(by, event.shiftKey);
    else if (event.key === "Home" && sketch) moveBy([-PLACES, 0]);
    else if (event.key === "End" && sketch) moveBy([PLACES, 0]);
    else if (event.key === " ") putHere();
    else if (event.key === "Backspace" && sketch)
      put(heights().map((h, k) => (k === cursor.k ? null : h)));
    else if (event.key === "Delete") clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
    update();
  });
  /** @param {PointerEvent} event */
  function fromPointer(event) {
    const box = picture.getBoundingClientRect(),
      scale = (LEFT + wide + RIGHT) / box.width;
    cursor.x = clamp(x[0] + (((event.clientX - box.left) * scale - LEFT) / wide) * spanX, x);
    cursor.y = clamp(y[1] - (((event.clientY - box.top) * scale - TOP) / high) * spanY, y);
    cursor.k = Math.round(((cursor.x - x[0]) / spanX) * (PLACES - 1));
    if (!sketch) {
      putHere();
      return;
    }
    const list = heights(),
      from = last ?? { ...cursor, x: place(cursor.k) };
    const [left, right] = [Math.min(from.x, cursor.x), Math.max(from.x, cursor.x)],
      nearly = 1e-9 * spanX;
    for (let k = 0; k < PLACES; k++) {
      // every place that the line from there to here goes over
      if (place(k) < left - nearly || place(k) > right + nearly) continue;
      const share = right - left > nearly ? (place(k) - from.x) / (cursor.x - from.x) : 1;
      list[k] = short(clamp(from.y + (cursor.y - from.y) * share, y), spanY);
    }
    last = { ...cursor };
    put(list);
  }
  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pad.setPointerCapture(event.pointerId);
    pad.focus({ preventScroll: true });
    cursor.by = "pointer";
    last = null;
    fromPointer(event);
    event.preventDefault();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!pad.hasPointerCapture(event.pointerId)) return;
    for (const part of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event])
      fromPointer(part);
  });
  pad.addEventListener("focus", () => {
    cursor.by ||= "keys";
    update();
  });
  pad.addEventListener("blur", () => {
    cursor.by = "";
    update();
  });
  button.addEventListener("click", clear);
  // what is drawn goes with the wish to keep it: changes of traits may still be on their way then
  keep.addEventListener("click", () =>
    model.send({ keep: { heights: heights(), spot: model.get("spot") } }),
  );

  // ---- showing it -----------------------------------------------------------------------------------------------
  function update() {
    const list = heights(),
      there = known(list),
      spot = model.get("spot"),
      keys = cursor.by === "keys";
    curve.setAttribute(
      "d",
      there
        .map((k, i) => {
          const [across, down] = [toX(place(k)), toY(clamp(Number(list[k]), y))];
          return `${i ? "L" : "M"}${across.toFixed(1)},${down.toFixed(1)}`;
        })
        .join(""),
    );
    const empty = sketch ? !there.length : !spot.length;
    hint.textContent = empty
      ? sketch
        ? "sketch your curve here"
        : url
          ? ""
          : "click where you expect it"
      : "";
    const at = sketch ? [place(cursor.k), cursor.y] : spot.length ? spot : [cursor.x, cursor.y];
    ring.setAttribute("cx", String(toX(at[0])));
    ring.setAttribute("cy", String(toY(at[1])));
    ring.style.display = keys || (!sketch && spot.length) ? "" : "none";
    ring.style.strokeDasharray = !sketch && !spot.length ? "3 3" : "";
    upright.setAttribute("x1", String(toX(at[0])));
    upright.setAttribute("x2", String(toX(at[0])));
    upright.style.display = keys && sketch ? "" : "none";
    const here = `${names[0]} = ${say(at[0], spanX)}`;
    const [from, to] = [place(there[0]), place(there[there.length - 1])];
    const drawn =
      there.length < 2
        ? there.length
          ? "One place so far; a curve needs two."
          : "Nothing drawn yet."
        : `Drawn from ${names[0]} = ${say(from, spanX)} to ${say(to, spanX)}.`;
    const now = list[cursor.k] ?? heightAt(list, cursor.k);
    words.textContent = sketch
      ? `${keys ? `At ${here}: ${now === null ? "no curve" : `${names[1]} ${say(now, spanY)}`}. ` : ""}${drawn}`
      : spot.length
        ? `You chose ${here}, ${names[1]} = ${say(spot[1], spanY)}.`
        : "Nothing chosen yet.";
    speak(words.textContent ?? "");
  }
  /** @param {string} text */
  const speak = (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      aloud.textContent = text;
    }, WAIT);
  };
  const kept = () => {
    said.textContent = model.get("said");
    if (said.textContent) speak(said.textContent);
  };
  const events = ["change:heights", "change:spot"];
  events.forEach((event) => model.on(event, update));
  model.on("change:said", kept);
  if (!sketch && model.get("spot").length) [cursor.x, cursor.y] = model.get("spot");
  update();
  kept();

  return () => {
    cancelAnimationFrame(waiting);
    clearTimeout(timer);
    if (url) URL.revokeObjectURL(url);
    events.forEach((event) => model.off(event, update));
    model.off("change:said", kept);
  };
}

export default { render };
