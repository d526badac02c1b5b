// Taking one's work along: a file is offered for download, and one that is chosen is put back.

import { pack, parse, stamp, unpack } from "./work.js";

/**
 * @param {Jupyter.Lab} lab
 * @param {Jupyter.App} app
 * @param {Jupyter.Tracker | null} tracker  of notebooks
 * @param {() => void} refresh  shows the start page anew
 */
export function carrier({ apputils: { Dialog, showDialog } }, app, tracker, refresh) {
  /** @param {string} title @param {string} body */
  const tell = (title, body) => showDialog({ title, body, buttons: [Dialog.okButton()] });
  const { contents } = app.serviceManager;

  const saveAll = async () => {
    for (const panel of open(tracker)) if (panel.context.model.dirty) await panel.context.save();
  };

  const save = async () => {
    try {
      await saveAll();
      const work = await pack(contents, new Date());
      const many = Object.keys(work.lessons).length;
      if (!many) return tell("Nothing to save yet", "Nothing was done in any lesson.");
      download(`backprop-work-${stamp(new Date())}.json`, `${JSON.stringify(work)}\n`);
      return tell("Saved", `Your work in ${lessons(many)}. The file is among your downloads.`);
    } catch (error) {
      return tell("Not saved", words(error));
    }
  };

  /** @param {string} text */
  const put = async text => {
    try {
      const work = parse(text);
      await saveAll(); // what is copied away first is what stands in the notebooks now
      const done = await unpack(contents, work, new Date());
      for (const panel of open(tracker)) if (done.put.includes(panel.context.path)) await panel.context.revert();
      refresh();
      const many = Object.keys(work.lessons).length - done.missing.length;
      const told = [`Your work in ${lessons(many)}.`];
      if (done.before) told.push(`What was here before lies in the folder ${done.before}.`);
      if (done.missing.length) told.push(`Not here, so not put back: ${done.missing.join(", ")}.`);
      return tell("Put back", told.join(" "));
    } catch (error) {
      return tell("Not put back", words(error));
    }
  };

  const restore = () => {
    const field = document.createElement("input");
    field.type = "file";
    field.accept = ".json,application/json";
    field.addEventListener("change", async () => {
      const file = field.files?.[0];
      if (file) await put(await file.text());
    });
    field.click();
  };

  return { save, restore };
}

/** @param {Jupyter.Tracker | null} tracker */
function open(tracker) {
  /** @type {Jupyter.Panel[]} */
  const panels = [];
  tracker?.forEach(panel => panels.push(panel));
  return panels;
}

/** @param {number} many */
const lessons = many => (many === 1 ? "one lesson" : `${many} lessons`);

/** @param {unknown} error */
const words = error => /** @type {Error} */ (error).message;

/** @param {string} name @param {string} text */
function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
