// What a person has done in the lessons as one file: saved in one browser or on one machine, put back in another.

import { LESSON, LISTED } from "./folder.js";
import { touched } from "./given.js";
import { readJson } from "./json.js";

const KIND = "work in Backprop by Hand";
const VERSION = 1;
const KEPT = ["predictions.json", "attempts.json", "review.json"];
const NO_FILE = "This is no file of saved work. Choose one that “Save my work to a file” has made.";

/**
 * @typedef {{cells: Jupyter.Stored[], metadata?: any, nbformat?: number}} Notebook
 * @typedef {{notebook?: Notebook, kept: Record<string, Record<string, any>>}} Done  in one lesson
 * @typedef {{kind: string, version: number, saved: string, lessons: Record<string, Done>}} Work
 */

/** The folders of lessons. @param {Jupyter.Contents} contents @returns {Promise<Jupyter.Item[]>} */
async function folders(contents) {
  /** @type {Jupyter.Item[]} */
  const items = (await contents.get("", LISTED)).content;
  return items.filter(item => item.type === "directory" && LESSON.test(item.name));
}

/**
 * What lies in a lesson's folder.
 *
 * @param {Jupyter.Contents} contents
 * @param {Jupyter.Item} folder
 */
async function look(contents, { path, name }) {
  /** @type {Jupyter.Item[]} */
  const files = (await contents.get(path, LISTED)).content;
  const file = files.find(item => item.name === `${name}.ipynb`);
  /** @type {Notebook | null} */
  const notebook = file ? (await contents.get(file.path, { type: "notebook", content: true })).content : null;
  /** @type {Record<string, Record<string, any>>} */
  const kept = {};
  for (const each of KEPT) {
    const entries = await readJson(contents, `${path}/${each}`, files);
    if (Object.keys(entries).length) kept[each] = entries;
  }
  return { files, notebook, kept };
}

/**
 * All that was done in the lessons; a lesson in which nothing was done is left out.
 *
 * @param {Jupyter.Contents} contents  JupyterLab's contents manager
 * @param {Date} now
 * @returns {Promise<Work>}
 */
export async function pack(contents, now) {
  /** @type {Work} */
  const work = { kind: KIND, version: VERSION, saved: now.toISOString(), lessons: {} };
  for (const folder of await folders(contents)) {
    const { notebook, kept } = await look(contents, folder);
    const written = notebook && await touched(notebook) ? { notebook } : {};
    if (written.notebook || Object.keys(kept).length) work.lessons[folder.name] = { ...written, kept };
  }
  return work;
}

/**
 * Read a file of saved work; an Error says what is wrong with it.
 *
 * @param {string} text
 * @returns {Work}
 */
export function parse(text) {
  let work;
  try {
    work = JSON.parse(text);
  } catch {
    throw new Error(NO_FILE);
  }
  if (!isTable(work) || work.kind !== KIND || !isTable(work.lessons)) throw new Error(NO_FILE);
  if (!(work.version <= VERSION)) throw new Error("This file was saved by a newer course. Update this one, then put it back.");
  for (const [name, done] of Object.entries(work.lessons)) {
    const { notebook = null, kept } = isTable(done) ? done : {};
    const right = LESSON.test(name) && isTable(kept) && (notebook === null || isNotebook(notebook))
      && Object.entries(kept).every(([file, entries]) => KEPT.includes(file) && isTable(entries));
    if (!right) throw new Error(`This file of saved work is damaged at ${name}. Nothing was put back.`);
  }
  return work;
}

/** @param {any} value */
const isTable = value => value !== null && typeof value === "object" && !Array.isArray(value);

/** @param {any} notebook */
const isNotebook = notebook => isTable(notebook) && notebook.nbformat === 4 && Array.isArray(notebook.cells)
  && notebook.cells.every((/** @type {any} */ cell) => isTable(cell) && typeof cell.cell_type === "string"
    && [cell.source].flat().every(part => typeof part === "string"));

/**
 * Put saved work into the lessons. What stood in its place is copied into a folder of its own first.
 *
 * @param {Jupyter.Contents} contents
 * @param {Work} work  as `parse` gives it
 * @param {Date} now
 * @returns {Promise<{put: string[], missing: string[], before: string}>}
 *   paths of notebooks that were written, lessons that are not here, and the folder with what was here before
 */
export async function unpack(contents, work, now) {
  const here = new Map((await folders(contents)).map(folder => [folder.name, folder]));
  /** @type {string[]} */
  const put = [];
  let before = "";
  for (const [name, { notebook, kept }] of Object.entries(work.lessons)) {
    const folder = here.get(name);
    if (!folder) continue;
    const found = await look(contents, folder);
    /** @type {string[]} */
    const replaced = Object.keys(kept).filter(file => found.kept[file]);
    if (notebook && found.notebook && await touched(found.notebook)) replaced.push(`${name}.ipynb`);
    if (replaced.length) {
      before ||= await newFolder(contents, "", `before-${stamp(now)}`);
      const place = await newFolder(contents, before, name);
      for (const file of replaced) await contents.copy(`${folder.path}/${file}`, place);
    }
    if (notebook) {
      const path = `${folder.path}/${name}.ipynb`;
      await write(contents, path, found.files, { type: "notebook", format: "json", content: untrusted(notebook) });
      put.push(path);
    }
    for (const [file, entries] of Object.entries(kept)) {
      const content = `${JSON.stringify({ ...found.kept[file], ...entries }, null, 1)}\n`;
      await write(contents, `${folder.path}/${file}`, found.files, { type: "file", format: "text", content });
    }
  }
  return { put, missing: Object.keys(work.lessons).filter(name => !here.has(name)), before };
}

/** A notebook whose outputs do nothing by themselves: a file may come from anywhere. @param {Notebook} notebook */
function untrusted(notebook) {
  return { ...notebook, cells: notebook.cells.map(cell => ({ ...cell, metadata: { ...cell.metadata, trusted: false } })) };
}

/** @param {Date} now */
export const stamp = now => [now.getFullYear(), now.getMonth() + 1, now.getDate(), now.getHours(), now.getMinutes(), now.getSeconds()]
  .map(part => String(part).padStart(2, "0")).join("-");

/**
 * Make a folder; a server and JupyterLite agree on this way alone.
 * @param {Jupyter.Contents} contents @param {string} path @param {string} name
 */
async function newFolder(contents, path, name) {
  const made = await contents.newUntitled({ path, type: "directory" });
  return (await contents.rename(made.path, path ? `${path}/${name}` : name)).path;
}

/**
 * @param {Jupyter.Contents} contents @param {string} path @param {Jupyter.Item[]} files  what the folder holds
 * @param {{type: string, format: string, content: unknown}} what
 */
async function write(contents, path, files, what) {
  if (!files.some(file => file.path === path)) {
    const made = await contents.newUntitled({ path: path.slice(0, path.lastIndexOf("/")), type: "file", ext: ".json" });
    await contents.rename(made.path, path);
  }
  await contents.save(path, what);
}
