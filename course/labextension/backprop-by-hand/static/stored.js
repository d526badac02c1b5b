// What is shown of a picture or form while nothing is behind it: what the notebook has stored of it.

/** A repr such as "VBox(children=…)" or "<Widget object>": nothing to read. */
const MACHINE = /^(?:[A-Z]\w*\([\s\S]*\)|<[\s\S]*>)$/;
const SHORT = 420;

/**
 * @typedef {object} Stored
 * @property {"picture" | "html" | "words" | "nothing"} kind
 * @property {string} data  the picture as base64, or the markup
 * @property {string} words
 */

/**
 * @param {Record<string, unknown>} bundle  an output's data by mime type
 * @returns {Stored}
 */
export function storedIn(bundle) {
  const text = joined(bundle["text/plain"]).trim();
  const words = MACHINE.test(text) ? "" : text;
  const picture = joined(bundle["image/png"]).replace(/\s/g, "");
  if (picture) return { kind: "picture", data: picture, words };
  const html = joined(bundle["text/html"]);
  if (html) return { kind: "html", data: html, words };
  return { kind: words ? "words" : "nothing", data: "", words };
}

/**
 * What was kept of predictions, by key.
 * @typedef {Record<string, {question?: string, answer?: unknown}>} Predictions
 */

/** @param {unknown} value  a text, or its lines */
function joined(value) {
  return Array.isArray(value) ? value.join("") : typeof value === "string" ? value : "";
}

/**
 * An element of HTML.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {{dataset?: Record<string, string>, role?: string} & Record<string, unknown>} [properties]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const { dataset, role, ...others } = properties;
  const made = Object.assign(document.createElement(tag), others);
  if (dataset) Object.assign(made.dataset, dataset);
  if (role) made.setAttribute("role", role);
  made.append(...children);
  return made;
}

/**
 * A stored picture, or words, as they were.
 *
 * @param {Stored} stored
 * @param {{width?: number, height?: number}} size  in CSS pixels, where the output says so
 * @param {(html: string) => HTMLElement} asMarkup  shows markup as the notebook does
 */
export function showStored(stored, size, asMarkup) {
  const { kind, data, words } = stored;
  if (kind === "picture") {
    const picture = element("img", { src: `data:image/png;base64,${data}`, alt: words || "The picture as it was." });
    if (size.width) picture.width = size.width;
    if (size.height) picture.height = size.height;
    const said = words && words.length <= SHORT ? [element("figcaption", { textContent: words, ariaHidden: "true" })] : [];
    return element("figure", { className: "bp-kept-picture" }, picture, ...said);
  }
  if (kind === "html") return asMarkup(data);
  const [first, ...rest] = words.split("\n").map(line => line.trim()).filter(Boolean);
  return element("div", { className: "bp-kept-words" },
    element("p", { className: "bp-kept-question", textContent: first }),
    ...rest.map(line => element("p", { textContent: line })));
}

/**
 * What was kept for a question, in words; "" where nothing is known.
 *
 * @param {string} question
 * @param {Predictions} predictions  predictions.json
 */
export function keptFor(question, predictions) {
  const entry = Object.values(predictions).findLast(each => each?.question === question);
  if (!entry) return "";
  const { answer } = entry;
  return ["string", "number"].includes(typeof answer) ? `Kept: ${answer}.` : "What you drew is kept.";
}
