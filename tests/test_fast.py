"""A notebook that is run in a forked shell shows what it shows in a kernel, and whatever its code
does to the channel costs nobody but itself."""

import copy
import json
import logging
import os
import sys
import time

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

sys.path.insert(0, os.path.dirname(__file__))
from fast_equal import KNOWN, differences, lesson, odd, run
from odd_cells import ODD

from autograder.kernel import parent, provisioner
from autograder.kernel.parent import NoWarmParent
from autograder.kernel.provisioner import NotLocked
from autograder.kernel.shell import MOST_PARTS, parsed
from autograder.plugins import configure, quickly
from autograder.plugins.evidence import ExecuteWithLimits

pytestmark = [
    pytest.mark.skipif(
        not sys.platform.startswith("linux"), reason="shells are forked on Linux only"
    ),
    pytest.mark.timeout(240),
]


@pytest.fixture(scope="module", autouse=True)
def walls():
    """Nothing hostile is run where no wall stands."""
    found = provisioner._parent(())
    if found.missing:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            f"walls are missing: {found.missing}"
        )
    yield found
    provisioner._parents.clear()
    found.close()


def shown(*cells, timeout=20, config=None, folder=None, **settings):
    """What cells show in a shell: for each the texts of its outputs; errors as name and message."""
    nb = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    made = Config(config or {})
    configure(made)
    made.ExecuteWithLimits.update(timeout=timeout, iopub_timeout=1, **settings)
    execute = ExecuteWithLimits(config=made)
    assert not execute.why_slow()
    execute.preprocess(
        nb, {"metadata": {"path": str(folder or os.path.dirname(__file__) + "/decks_none")}}
    )
    return ["".join(map(_text, cell.outputs)) for cell in nb.cells]


def _text(output):
    if output.output_type == "error":
        return f"[{output.ename}: {output.evalue}]"
    return output.get("text") or output.data.get("text/plain", "")


DIED = "[DeadKernelError: The kernel died before this cell had finished.]"
ENDED = "[DeadKernelError: The kernel answered no longer, and had to be ended, before this cell had finished.]"


# ---- equal


@pytest.mark.parametrize("name", ODD)
def test_odd_cells_show_the_same_both_ways_but_for_what_is_known(name):
    found = {source: (one, other) for _, source, one, other in differences(odd(name))}
    assert {source: pair for source, pair in found.items() if source not in KNOWN} == {}


def test_every_known_difference_is_of_a_cell_that_is_compared_and_has_a_reason():
    cells = {cell for group in ODD.values() for cell in group}
    assert KNOWN.keys() <= cells
    assert all(len(why) > 8 for why in KNOWN.values())


@pytest.mark.parametrize("name", ["04-two-two-one", "06-softmax-cross-entropy"])
def test_every_cell_of_a_lesson_shows_the_same_both_ways(name):
    assert differences(lesson(name)) == []


def test_the_notebook_says_the_same_of_its_language_both_ways():
    nb = new_notebook(cells=[new_code_cell("1")])
    slow, fast = run(nb, False), run(nb, True)
    assert slow.metadata.language_info == fast.metadata.language_info


# ---- time, memory, death


def test_a_cell_that_runs_out_of_time_is_interrupted_and_the_next_has_less_patience():
    started = time.monotonic()
    got = shown(
        "print('begun')\nwhile True: pass", "import time; time.sleep(60)", "'lives'", timeout=8
    )
    assert got[0].startswith("begun\n[KeyboardInterrupt") and got[0].endswith(
        "[CellTimeoutError: ]"
    )
    assert "CellTimeoutError" in got[1]
    assert got[2] == "'lives'"
    assert time.monotonic() - started < 30


def test_a_cell_that_waits_in_vain_is_interrupted():
    got = shown("import asyncio; await asyncio.sleep(99)", "'lives'", timeout=2)
    assert "CellTimeoutError" in got[0] and got[1] == "'lives'"


def test_a_cell_that_heeds_no_interrupt_is_ended_and_every_later_one_has_an_error():
    loop = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    assert shown("1", loop, "2", "", timeout=2) == ["1", ENDED, ENDED, ""]


def test_a_shell_that_died_leaves_what_was_shown_and_an_error_on_every_cell_without_an_answer():
    got = shown(
        "1",
        "print('last'); import os, sys; sys.stdout.flush(); os._exit(0)",
        "2",
        "# nothing\n",
        "3",
    )
    assert got == ["1", "last\n" + DIED, DIED, DIED, DIED]


def test_the_reason_is_told_when_a_limit_ended_it():
    got = shown(
        "x = bytearray(900 << 20); import time; time.sleep(9)",
        "1",
        config={"LockedProvisioner": {"memory_mb": 300}},
    )
    assert got[1] == DIED.replace(
        "finished.", "finished: the notebook used more than 300 MB of memory."
    )


# ---- the channel

CHANNEL = """
import os, json, socket, stat
channel = [n for n in range(3, 200) if os.path.exists(f'/proc/self/fd/{n}') and stat.S_ISSOCK(os.fstat(n).st_mode)]
def say(**told):
    for n in channel:
        try: os.write(n, json.dumps(told).encode() + b'\\n')
        except OSError: pass
"""  # fmt: skip
FORGED = (
    "say(type='execute_reply', parent=get_ipython().kernel.get_parent()['msg_id'], content={'status': 'ok'})",
    "[say(type='execute_reply', parent=get_ipython().kernel.get_parent()['msg_id'], content={'status': 'ok'}) for k in range(9)]",
    "say(type='execute_reply', parent=get_ipython().kernel.get_parent()['msg_id'], content={'status': 'error', 'ename': 5, 'evalue': [], 'traceback': 'x'})",
    "say(type='error', parent=get_ipython().kernel.get_parent()['msg_id'], content={})", "say(type=[], parent={}, content=5)", "say(type='comm_open', parent=get_ipython().kernel.get_parent()['msg_id'], content={'comm_id': 'x', 'data': {'state': 5}, 'target_name': 'jupyter.widget'})",
    "say(type='comm_msg', parent=get_ipython().kernel.get_parent()['msg_id'], content={'comm_id': 'x', 'data': {'buffer_paths': [5], 'state': {}}}, buffers=['!'])",
    "say(type='execute_input', parent=get_ipython().kernel.get_parent()['msg_id'], content={'execution_count': -1e400})", "say(type='display_data', parent=get_ipython().kernel.get_parent()['msg_id'], content={'data': {'text/plain': {'a': 1}}, 'metadata': 7})",
    "say(type='clear_output', parent=get_ipython().kernel.get_parent()['msg_id'], content={'wait': [1]})", "say(type='stream', parent=get_ipython().kernel.get_parent()['msg_id'], content={'name': 'stdin', 'text': 'x'})",
    "os.write(channel[0], b'[' * 200_000 + b'\\n' + b'\\xff\\xfe\\0\\n' + b'9' * 100_000 + b'\\n' + b'null\\n\"x\"\\n\\n\\n')", "os.write(channel[0], b'half a line')",
)  # fmt: skip


def test_the_channel_is_found_by_what_these_tests_write_to():
    """It is the first of them; the others wake the loop."""
    said = "os.write(channel[0], json.dumps({'type': 'stream', 'parent': get_ipython().kernel.get_parent()['msg_id'], 'content': {'name': 'stdout', 'text': 'by hand'}}).encode() + b'\\n'); None"
    assert shown(CHANNEL, said)[1] == "by hand"


@pytest.mark.parametrize("forged", FORGED)
def test_what_is_written_by_hand_on_the_channel_changes_no_later_cell(forged):
    got = shown(CHANNEL, forged, "'third'", "1 / 0")
    assert got[2:] == ["'third'", "[ZeroDivisionError: division by zero]"]


def test_a_reply_that_was_forged_for_a_cell_that_fails_cannot_be_told_from_its_own_but_covers_no_other():
    got = shown(
        CHANNEL,
        "say(type='execute_reply', parent=get_ipython().kernel.get_parent()['msg_id'], content={'status': 'ok'}); 1 / 0",
        "1 / 0",
    )
    assert got[2] == "[ZeroDivisionError: division by zero]"


def test_a_channel_that_is_closed_ends_the_shell():
    assert shown("1", "import os; os.closerange(3, 500)", "2") in (
        ["1", ENDED, ENDED],
        ["1", DIED, DIED],
    )


def test_what_is_left_behind_with_the_channel_open_keeps_nobody_waiting():
    started = time.monotonic()
    got = shown(
        "import os, time\nif os.fork() == 0:\n    time.sleep(300)\nos._exit(0)", "2", timeout=60
    )
    assert got == [DIED, DIED]
    assert time.monotonic() - started < 20


def test_a_shell_that_reads_no_more_keeps_nobody_waiting():
    read = (
        "import socket, threading\n"
        + CHANNEL
        + "s = socket.socket(fileno=channel[0])\ns.shutdown(socket.SHUT_RD)"
    )
    got = shown(read, "x = '" + "y" * 3_000_000 + "'", "2", timeout=2)
    assert got[1:] in ([DIED, DIED], [ENDED, ENDED])


def test_a_line_that_never_ends_is_not_kept():
    flood = (
        CHANNEL
        + "for _ in range(3000):\n    os.write(channel[0], b'x' * 100_000)\nos.write(channel[0], b'\\n'); None"
    )
    assert shown(flood, "'goes on'", timeout=60) == ["", "'goes on'"]


def test_no_more_is_shown_than_is_allowed():
    got = shown("for _ in range(300):\n    print('x' * 100_000)", "1", output_mb=3)
    assert 2 << 20 < len(got[0]) < 4 << 20
    assert got[1] == ""


def test_who_stops_interrupts_or_kills_everything_it_can_reach_hurts_itself():
    everybody = "import os, signal\nfor p in range(1, 300):\n    for s in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGKILL):\n        try: os.kill(p, s)\n        except OSError: pass\n        except KeyboardInterrupt: pass"
    shown(everybody, timeout=3)
    assert shown("1 + 1") == ["2"]


@pytest.mark.parametrize("line", [
    b"", b"{}", b"[]", b"null", b"5", b"\xff", b"{" * 100_000, b'{"type":"stream"}', b'{"type":"stream","parent":"a","content":{"name":"stdout","text":5}}',
    b'{"type":"stream","parent":5,"content":{"name":"stdout","text":"x"}}', b'{"type":"display_data","parent":"a","content":{"data":{"text/plain":5}}}',
    b'{"type":"nothing","parent":"a","content":{}}', b'{"type":"execute_reply","parent":"a","content":{"status":"perhaps"}}',
    b'{"type":"comm_msg","parent":"a","content":{"comm_id":"x","data":{}},"buffers":["***"]}', b"[" + b"0," * MOST_PARTS + b"0]",
    b'{"type":"execute_input","parent":"a","content":{"execution_count":99999999999999999999}}',
])  # fmt: skip
def test_a_line_that_is_no_message_is_none(line):
    assert parsed(line) is None


def test_a_line_that_is_a_message_is_that_message():
    told = {"type": "stream", "parent": "cell-1", "content": {"name": "stdout", "text": "x"}}
    message = parsed(json.dumps(told).encode())
    assert (message["msg_type"], message["content"], message["parent_header"]) == (
        "stream",
        told["content"],
        {"msg_id": "cell-1"},
    )


# ---- which way


def made(**settings):
    config = Config()
    configure(config)
    config.ExecuteWithLimits.update(settings)
    return ExecuteWithLimits(config=config)


@pytest.mark.parametrize(("settings", "why"), [
    ({}, ""), ({"fast": False}, "switched off"), ({"kernel_name": "python3"}, "another kernel"),
    ({"extra_arguments": ["--InteractiveShell.cache_size=3"]}, "options of its own (--InteractiveShell.cache_size=3)"),
])  # fmt: skip
def test_the_way_is_chosen_by_the_settings(settings, why):
    assert why in made(**settings).why_slow() if why else made(**settings).why_slow() == ""


def test_where_no_warm_parent_starts_a_notebook_runs_in_a_kernel_and_the_log_says_so(
    monkeypatch, caplog, tmp_path
):
    def none(packages):
        raise NoWarmParent("not here")

    monkeypatch.setattr(provisioner, "_parent", none)
    monkeypatch.setattr(quickly, "_said", set())
    nb = new_notebook(cells=[new_code_cell("1 + 1")])
    execute = made()
    execute.log.propagate = True
    with caplog.at_level(logging.INFO, logger=execute.log.name):
        execute.preprocess(nb, {"metadata": {"path": str(tmp_path)}})
    assert nb.cells[0].outputs[0].data["text/plain"] == "2"
    assert "run in a kernel each, not in a forked shell" in caplog.text


def test_a_layer_that_is_required_and_missing_runs_nothing(monkeypatch, walls):
    monkeypatch.setattr(walls, "missing", {"calls": "no seccomp"})
    ran = copy.deepcopy(ODD["results"])
    with pytest.raises(NotLocked, match="calls"):
        shown(*ran, config={"LockedProvisioner": {"required": ["all"]}})


def test_which_walls_stand_is_logged_as_of_a_kernel(caplog):
    execute = made()
    execute.log.propagate = True
    with caplog.at_level(logging.INFO):
        execute.preprocess(
            new_notebook(cells=[new_code_cell("1")]), {"metadata": {"path": os.getcwd() + "/none"}}
        )
    assert f"Protection on: {', '.join(parent.LAYERS)}" in caplog.text


def test_nothing_is_left_in_the_folder_where_shells_meet_the_grader(walls):
    shown("1")
    assert list(walls.run.iterdir()) == []
