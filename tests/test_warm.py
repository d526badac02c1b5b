"""A kernel that was begun before it was asked for is a kernel like any other."""

import os

import pytest
from jupyter_client.manager import start_new_kernel
from jupyter_client.provisioning import KernelProvisionerFactory

from course.opening import startup, warm

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="kernels are launched as always elsewhere"
)


@pytest.fixture
def spares(monkeypatch):
    """The spare of this process, which ends with the test; kernels are made of it meanwhile."""
    monkeypatch.setattr(warm, "QUIET", 0.0)
    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    warm.begin()
    yield warm._spares
    factory.default_provisioner_name = before
    spare, warm._spares.waiting = warm._spares.waiting, None
    if spare is not None:
        spare.stdin.close()  # as when the server ends
        assert spare.wait(60) == 0


def ask(client, code):
    """What `code` prints in a kernel."""
    printed = []
    client.execute_interactive(
        code,
        timeout=60,
        output_hook=lambda message: printed.append(message["content"].get("text", "")),
    )
    return "".join(printed).strip()


def test_a_kernel_is_the_spare_one_and_stands_in_the_notebooks_folder(spares, tmp_path):
    spare = spares.waiting
    manager, client = start_new_kernel(
        kernel_name="python3", cwd=str(tmp_path), env=os.environ | {"GIVEN": "yes"}
    )
    try:
        said = ask(
            client,
            "import os, sys; print(os.getpid(), os.getppid(), os.getcwd(), os.environ['GIVEN'],"
            " 'matplotlib.figure' in sys.modules)",
        )
        assert said == f"{spare.pid} {os.getpid()} {tmp_path} yes True"
        assert ask(
            client,
            "get_ipython().kernel.parent.parent_handle and print('it ends when its server does')",
        )
        assert ask(client, "import matplotlib; print(matplotlib.get_backend())") in (
            "inline",
            "module://matplotlib_inline.backend_inline",
        )
        client.stop_channels()
        manager.restart_kernel(now=True)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        assert ask(client, "import os; print(os.getcwd())") == str(tmp_path)
        assert spares.waiting.pid != spare.pid  # the next one waits
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_where_no_spare_is_alive_a_kernel_is_launched_as_always(spares, tmp_path):
    spares.waiting.kill()
    spares.waiting.wait()
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(tmp_path))
    assert ask(client, "print(1 + 1)") == "2"
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_only_an_ordinary_kernel_of_this_interpreter_is_made_of_a_spare():
    import sys

    assert warm.ours([sys.executable, "-m", "ipykernel_launcher", "-f", "x"])
    assert not warm.ours(["/usr/bin/other", "-m", "ipykernel_launcher", "-f", "x"])
    assert not warm.ours([sys.executable, "-m", "xeus", "-f", "x"])


def test_the_grammar_that_waits_is_the_true_one_when_it_is_asked(monkeypatch):
    import sys

    monkeypatch.delitem(sys.modules, startup.GRAMMAR, raising=False)
    startup.postpone_grammar()
    from rfc3987_syntax import is_valid_syntax

    assert isinstance(sys.modules[startup.GRAMMAR], startup._Waiting)
    assert is_valid_syntax("iri", "https://example.org/ü") and not is_valid_syntax(
        "iri", "no address"
    )
    assert not isinstance(sys.modules[startup.GRAMMAR], startup._Waiting)
