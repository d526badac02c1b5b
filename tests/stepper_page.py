"""A page with the backprop stepper and a model that keeps its traits, as JupyterLab's does, but
with no kernel behind it."""

import base64
import json

TRAITS = "weights biases x d position digits sizes activations walk notation initial yours summary pencil".split()

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>stepper</title><style>%s</style>
<body><main id="out"></main><script>
const listeners = {};
window.saves = 0;
window.model = { state: %s, get: key => model.state[key], save_changes: () => { saves++; },
  set(key, value) {
    const same = JSON.stringify(model.state[key]) === JSON.stringify(value);
    model.state[key] = value;
    if (!same) (listeners["change:" + key] || []).forEach(listener => listener());
  },
  on: (events, listener) => events.split(" ").forEach(event => (listeners[event] ||= []).push(listener)),
  off: (events, listener) => events.split(" ").forEach(event => { listeners[event] = (listeners[event] || []).filter(other => other !== listener); }) };
window.listening = () => Object.values(listeners).flat().length;
import("data:text/javascript;base64,%s").then(module => {
  window.esm = module;
  window.close_widget = module.default.render({ model, el: document.getElementById("out") });
});
</script></body></html>"""


def state_of(stepper):
    """The stepper's traits as JSON, as they cross to the browser."""
    return json.dumps({name: getattr(stepper, name) for name in TRAITS}, allow_nan=False)


def show(page, stepper):
    """Put the stepper on the page; the page."""
    esm = base64.b64encode(stepper._esm.encode()).decode()
    page.set_content(PAGE % (stepper._css, state_of(stepper), esm))
    page.wait_for_selector(".bp-stepper")
    return page


def position(page):
    """How many steps have been taken."""
    return page.evaluate("model.state.position")
