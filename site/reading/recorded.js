// The states of a picture that were recorded when this page was made, and the control that asks for
// one of them. They are fetched when somebody moves a control.

/** The number of the place that is nearest to a value. */
function nearest(places, value) {
  let best = 0;
  for (let k = 1; k < places.length; k++) {
    if (Math.abs(places[k] - value) < Math.abs(places[best] - value)) best = k;
  }
  return best;
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/** A recording: its table, and the contents that the table names. */
async function fetchRecording(file) {
  const root = document.documentElement.dataset.content_root ?? "./";
  const answer = await fetch(new URL(`${root}_static/recorded/${file}`, document.baseURI));
  if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
  const buffer = await answer.arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const table = JSON.parse(new TextDecoder().decode(await inflate(buffer.slice(4, 4 + length))));
  const content = (number) => {
    const [at, size] = table.places[number];
    return buffer.slice(4 + length + at, 4 + length + at + size);
  };
  return { table, content };
}

/** Changed pixels as the screen takes them, from the distances between them. */
async function unpackChanges(packed) {
  const words = new Uint32Array(await inflate(packed));
  for (let k = 1; k < words.length / 2; k++) words[k] += words[k - 1];
  return new DataView(words.buffer);
}

async function render({ model, el }) {
  const manager = model.widget_manager;
  const get = (id) => manager.get_model(id);
  const note = document.createElement("p");
  note.className = "bp-recorded-note";
  note.textContent = model.get("note");
  el.append(note);
  const screen = await get(model.get("screen"));
  const controls = await Promise.all(model.get("controls").map(([id]) => get(id)));
  const traits = model.get("controls").map(([, trait]) => trait);
  const buttons = await Promise.all(model.get("buttons").map(get));

  const none = new DataView(new ArrayBuffer(0));
  let loading = null;
  let at = 0; // the number of the state that is shown
  let asked = 0; // of what was asked for, only the last counts
  let busy = false; // the controls are being put where the state has them
  const kept = new Map(); // what was unpacked: the screen knows a picture again by its object

  const begin = () => (loading ??= fetchRecording(model.get("file")));

  async function unpacked({ content }, number, unpack) {
    if (!kept.has(number)) kept.set(number, await unpack(content(number)));
    return kept.get(number);
  }

  async function show(number) {
    const mine = ++asked;
    const recording = await begin();
    const { base, states } = recording.table;
    const state = states[number];
    const png = await unpacked(recording, state.png, (bytes) => new DataView(bytes));
    const changes =
      state.changes === null ? none : await unpacked(recording, state.changes, unpackChanges);
    const models = await Promise.all(Object.keys(base).map(get));
    if (mine !== asked) return;
    at = number;
    busy = true;
    for (const one of models) one.set({ ...base[one.model_id], ...state.traits[one.model_id] });
    busy = false;
    screen.set({ png, changes, text: state.text, error: state.error });
    el.dataset.state = String(number);
  }

  async function moved(which) {
    if (busy) return;
    const mine = ++asked;
    const { table } = await begin();
    if (mine !== asked) return;
    const places = table.positions.map((all, k) => nearest(all, controls[k].get(traits[k])));
    if (table.axes) return show(table.axes[which][places[which]]);
    let flat = 0;
    places.forEach((place, k) => (flat = flat * table.positions[k].length + place));
    return show(table.product[flat]);
  }

  async function pressed(button) {
    const { table } = await begin();
    const edges = table.buttons[button.model_id] ?? {};
    return show(edges[at] ?? edges[0] ?? 0);
  }

  controls.forEach((control, k) => control.on(`change:${traits[k]}`, () => moved(k)));
  for (const button of buttons) {
    for (const view of await Promise.all(Object.values(button.views))) {
      view.el.addEventListener("click", () => pressed(button));
    }
  }
}

export default { render };
