// Changing a number in the picture: arrow keys, dragging, typing.
import { parseKey } from "./math.js";

/** The numbers of the model by key: reading one, and the trait with one of them replaced. */
export function numbersOf(model) {
  const trait = name => ({ W: "weights", b: "biases", x: "x", d: "d" })[name];
  return {
    get(key) {
      const [name, layer, index] = parseKey(key), array = model.get(trait(name));
      return name === "W" ? array[layer - 1][index[0]][index[1]] : name === "b" ? array[layer - 1][index[0]] : array[index[0]];
    },
    set(key, value) {
      const [name, layer, index] = parseKey(key), copy = structuredClone(model.get(trait(name)));
      if (name === "W") copy[layer - 1][index[0]][index[1]] = value;
      else if (name === "b") copy[layer - 1][index[0]] = value;
      else copy[index[0]] = value;
      model.set(trait(name), copy);
    },
    all: () => Object.fromEntries(["weights", "biases", "x", "d"].map(name => [name, model.get(name)])),
  };
}

/** What a number is called aloud. */
export function numberName(key) {
  const [kind, layer, index] = parseKey(key), at = index.map(i => i + 1).join(" to ");
  return { W: `weight ${at}, layer ${layer}`, b: `bias ${at}, layer ${layer}`, x: `input ${at}`, d: `target ${at}` }[kind];
}

/** A small step for small numbers, and a tenth of a percent and more for large ones. */
const scaleOf = value => (Math.abs(value) < 10 ? 1 : 10 ** Math.floor(Math.log10(Math.abs(value))));
const tidy = value => Number(value.toPrecision(12));

/**
 * Let the reader change the number of a chip.
 * @param {{frame: HTMLElement, make: function, get: function(string): number, set: function(string, number),
 *   say: function(string)}} hands
 */
export function editable({ frame, make, get, set, say }) {
  function type(key, chip) {
    const box = chip.box.getBoundingClientRect(), outer = frame.getBoundingClientRect(), before = get(key);
    const input = make(frame, "input", { type: "number", step: "any", class: "bp-type", "aria-label": numberName(key) });
    input.value = before;
    input.style.left = `${box.left - outer.left + frame.scrollLeft + box.width / 2}px`;
    input.style.top = `${box.top - outer.top + frame.scrollTop + box.height / 2}px`;
    let open = true;
    const close = keep => {
      if (!open) return;
      open = false;
      if (!keep) set(key, before);
      else if (input.value === "") say(`That is not a number that can be used; ${numberName(key)} stays ${get(key)}.`);
      input.remove();
      chip.g.focus({ preventScroll: true });
    };
    input.addEventListener("input", () => { if (Number.isFinite(input.valueAsNumber)) set(key, input.valueAsNumber); });
    input.addEventListener("keydown", event => {
      event.stopPropagation();
      if (event.key === "Enter") close(true);
      if (event.key === "Escape") close(false);
    });
    input.addEventListener("blur", () => close(true));
    input.focus();
    input.select();
  }

  return (key, chip) => {
    const g = chip.g;
    for (const [name, value] of Object.entries({ tabindex: "0", role: "spinbutton", "aria-label": numberName(key),
      "data-key": key, "data-lm-suppress-shortcuts": "true" })) g.setAttribute(name, value);
    g.addEventListener("keydown", event => {
      const amount = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key], value = get(key);
      if (amount) set(key, tidy(value + amount * (event.shiftKey ? 0.01 : 0.05) * scaleOf(value)));
      else if (event.key === "Enter") type(key, chip);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    let drag = null;
    g.addEventListener("pointerdown", event => {
      if (event.button !== 0) return;
      drag = { x: event.clientX, value: get(key), moved: false };
      g.setPointerCapture(event.pointerId);
      g.focus({ preventScroll: true });
      event.preventDefault();
    });
    g.addEventListener("pointermove", event => {
      if (!drag) return;
      const pixels = event.clientX - drag.x, unit = 0.01 * scaleOf(drag.value);
      drag.moved ||= Math.abs(pixels) > 3;
      if (drag.moved) set(key, tidy(Math.round((drag.value + pixels * unit) / unit) * unit));
    });
    g.addEventListener("pointerup", () => { if (drag && !drag.moved) type(key, chip); drag = null; });
    g.addEventListener("pointercancel", () => { drag = null; });
  };
}
