// A picture that is kept back until a prediction is kept: on a page, its button alone opens it.
async function render({ model }) {
  const manager = model.widget_manager;
  const [button, box, inside] = await Promise.all(
    ["button", "box", "inside"].map((name) => manager.get_model(model.get(name))),
  );
  const open = (event) => {
    if (!event.target.closest("button")) return;
    box.set("children", [inside]);
  };
  const views = await Promise.all(Object.values(button.views));
  for (const view of views) view.el.addEventListener("click", open);
}
export default { render };
