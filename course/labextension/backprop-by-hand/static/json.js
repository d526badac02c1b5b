// Small files beside a notebook, which may vanish or be broken without harm: then simply less is known.

/**
 * @param {Jupyter.Contents} contents  JupyterLab's contents manager
 * @param {string} path
 * @param {{path: string}[]} [files]  what its folder holds, where that is known
 * @returns {Promise<Record<string, any>>} {} where the file is not there, or is broken
 */
export async function readJson(contents, path, files) {
  try {
    const cut = path.lastIndexOf("/");
    /** @type {{path: string}[]} */
    const beside = files ?? (await contents.get(cut < 0 ? "" : path.slice(0, cut), { content: true })).content;
    if (!beside.some(item => item.path === path)) return {}; // asked first: a missing file is no error
    const value = parsed(await contents.get(path, { type: "file", format: "text", content: true }));
    return value && typeof value === "object" ? value : {};
  } catch { // broken, or just being written
    return {};
  }
}

/**
 * What a file says. A server gives text; JupyterLite gives what it stores: of a file that Python wrote under another name
 * first, bytes, and of others what the text says.
 *
 * @param {Jupyter.Item} file
 */
function parsed({ content, format }) {
  if (format === "base64") {
    const bytes = Uint8Array.from(atob(content), sign => sign.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  }
  return typeof content === "string" ? JSON.parse(content) : content;
}
