// Whether a notebook is still as it was handed out: each release carries a fingerprint of each of its cells.

/** The rest of what Python writes as an escape; a space stands for itself. */
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/gu;
/** @type {Record<string, string>} */
const SHORT = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A text as Python's `repr` writes it. @param {string} text */
export function repr(text) {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/\\/g, "\\\\").replaceAll(quote, `\\${quote}`).replace(UNPRINTABLE, sign => {
    const code = /** @type {number} */ (sign.codePointAt(0)), hex = code.toString(16);
    if (SHORT[sign]) return SHORT[sign];
    return code < 0x100 ? `\\x${hex.padStart(2, "0")}` : code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
  });
  return quote + escaped + quote;
}

/**
 * What `course.making.fingerprints.text_digest` gives for a cell without pictures.
 * @param {Jupyter.Stored} cell
 */
async function digest({ cell_type, source }) {
  const text = (Array.isArray(source) ? source.join("") : source).replace(/\r\n?/g, "\n");
  const bytes = new TextEncoder().encode(`(${repr(cell_type)}, ${repr(text)}, [])`);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash.slice(0, 8)].map(byte => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Whether somebody has run, written or moved anything in a notebook. Where that cannot be told, it counts as touched.
 *
 * @param {{cells: Jupyter.Stored[], metadata?: any}} notebook
 */
export async function touched({ cells, metadata }) {
  const given = metadata?.backprop?.given;
  if (!given || !globalThis.crypto?.subtle) return true; // a browser has it for https and for this computer alone
  if (cells.map(cell => cell.id).sort().join() !== Object.keys(given).sort().join()) return true;
  if (cells.some(cell => cell.outputs?.length || Object.keys(cell.attachments ?? {}).length)) return true;
  const found = await Promise.all(cells.map(digest));
  return cells.some((cell, k) => found[k] !== given[cell.id]);
}
