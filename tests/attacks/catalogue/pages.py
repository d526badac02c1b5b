"""Running in the browser of whoever looks at the graded page: scripts in texts, results, errors,
pictures."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from attacks.attack import attack, cell

SCRIPT = "<script>document.title = 'backprop-attack'</script>"
IMAGE = "<img src=x onerror=\"document.title='backprop-attack'\">"
VECTORS = (
    SCRIPT, IMAGE, "<svg onload=\"document.title='backprop-attack'\"></svg>",
    "<iframe srcdoc=\"<script>parent.document.title='backprop-attack'</script>\"></iframe>",
    "<a href=\"javascript:document.title='backprop-attack'\">x</a>", "</script>" + SCRIPT, "</div></body>" + SCRIPT,
    "<details open ontoggle=\"document.title='backprop-attack'\">x</details>",
    "<style>@import 'http://127.0.0.1:9/backprop-attack';</style>", "<base href='http://127.0.0.1:9/'>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/backprop-attack'>",
    "<form action='http://127.0.0.1:9/'><input name=backprop-attack autofocus onfocus=\"document.title='backprop-attack'\"></form>",
    "[x](javascript:document.title='backprop-attack')", "$\\href{javascript:document.title='backprop-attack'}{x}$",
)  # fmt: skip


def in_markdown(nb):
    for k, vector in enumerate(VECTORS):
        nb.cells.append(new_markdown_cell(vector, id=f"md-{k}"))
        nb.cells.append(
            new_raw_cell(
                vector, id=f"raw-{k}", metadata={"raw_mimetype": "text/html", "format": "text/html"}
            )
        )
    cell(nb, "answer").source = "\n\n".join(VECTORS)


def in_metadata(nb):
    nb.metadata["title"] = nb.metadata["authors"] = SCRIPT
    nb.metadata["kernelspec"] = {"name": SCRIPT, "display_name": SCRIPT, "language": SCRIPT}
    nb.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {
            "state": {"x": {"model_name": "</script>" + SCRIPT}}
        }
    }
    nb.cells.append(
        new_code_cell(
            SCRIPT,
            id="in-code",
            metadata={"tags": ["'\"><img src=x onerror=alert('backprop-attack')>"]},
        )
    )


ATTACKS = (
    attack("page_markdown", "Scripts in its texts and in its written answer.", edit=in_markdown),
    attack("page_html_output", "Scripts in the outputs of its cells.", first=f"""
        from IPython.display import HTML, Javascript, SVG, Markdown, Latex, display
        for vector in {VECTORS!r}:
            for kind in ("text/html", "text/markdown", "image/svg+xml", "text/latex", "application/javascript", "text/plain"):
                display({{kind: vector}}, raw=True)
        display({{"application/javascript": "document.title = 'backprop-attack'"}}, raw=True)
        """),
    attack("page_pictures", "Scripts in what says that it is a picture, and in names of formats.", first="""
        from IPython.display import display
        display({"image/png": '"><script>document.title="backprop-attack"</script>', "image/jpeg": '" onerror="document.title=1'}, raw=True)
        display({"image/png": "AAAA"}, metadata={"image/png": {"width": '1" onerror="document.title=1', "alt": '"><script>x</script>'}}, raw=True)
        display({"application/vnd.jupyter.widget-view+json": {"model_id": "</script><script>document.title=1</script>"}}, raw=True)
        """),
    attack("page_errors", "Scripts in the names and texts of its errors.", first=f"""
        raise type({SCRIPT!r}, (Exception,), {{}})({IMAGE!r})
        """, cells={"divergence": f"""
        def divergence(y, d):
            raise type({SCRIPT!r}, (Exception,), {{}})({SCRIPT!r} + {IMAGE!r})
        """}),
    attack("page_streams", "Scripts in what it prints, also as terminal colours.", first=f"""
        import sys
        for vector in {VECTORS!r}:
            print(vector, "\\x1b[31m" + vector + "\\x1b[0m", "\\x1b[38;2;1;2;3;'>" + vector)
            print(vector, file=sys.stderr)
        """),
    attack("page_results", "Scripts in what its functions return: keys, texts, names of classes and parameters.", cells={
        "forward": f"def forward(x, W1, W2):\n    return {{{SCRIPT!r}: {IMAGE!r}, 'z1': type({SCRIPT!r}, (), {{}})()}}",
        "divergence": f"def divergence(y, d):\n    return {SCRIPT!r}",
        "sigmoid": f"def sigmoid(z, *, wrong={IMAGE!r}):\n    return z\n\ndef sigmoid_derivative(a, b, c={SCRIPT!r}):\n    return 0",
        "backward": f"def backward(x, d, W1, W2):\n    {SCRIPT!r}; raise KeyError({IMAGE!r})"}),
    attack("page_metadata", "Scripts in the notebook's metadata, kernel name and tags.", edit=in_metadata),
)  # fmt: skip
