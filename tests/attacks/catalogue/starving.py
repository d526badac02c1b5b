"""Starving: taking the time, memory, disk, processes and patience that others need."""

from attacks.attack import attack, everywhere

ATTACKS = (
    attack("starve_endless_cell", "A cell that never ends.", first="while True:\n    pass", slow=True),
    attack("starve_endless_function", "Functions that never end.", cells={"divergence": "def divergence(y, d):\n    while True:\n        pass"}, slow=True),
    attack("starve_swallows_everything", "An endless loop that catches whatever would end it.", slow=True, cells={"divergence": """
        def divergence(y, d):
            while True:
                try:
                    while True:
                        pass
                except BaseException:
                    continue
        """}),
    attack("starve_no_alarm", "Switches the alarm and every signal off before it loops.", slow=True, cells={"divergence": """
        def divergence(y, d):
            import signal
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number in signal.valid_signals():
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    continue
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            while True:
                pass
        """}),
    attack("starve_one_instruction", "A single instruction that takes hours.", slow=True, cells={"divergence": """
        def divergence(y, d):
            return len(str(7 ** (7 ** 9)))
        """}),
    attack("starve_sleeps", "Sleeps for a year, in the background too.", slow=True, first="import time\nawait __import__('asyncio').sleep(3e7)",
           cells={"divergence": "def divergence(y, d):\n    import time\n    time.sleep(3e7)"}),
    attack("starve_waits_for_input", "Waits for somebody to type.", cells=everywhere("float(input('points? '))"), first="input()"),
    attack("starve_recursion", "Recurses until the stack ends.", cells={"divergence": """
        def divergence(y, d):
            import sys
            sys.setrecursionlimit(10**9)
            return divergence(y, d)
        """}, lock=True),
    attack("starve_fork_bomb", "Starts processes that start processes.", lock=True, slow=True, first="""
        import os
        while True:
            try:
                os.fork()
            except OSError:
                continue
        """),
    attack("starve_fork_bomb_in_shell", "Does the same from a shell, in the background.", lock=True, slow=True,
           first="import os\nos.system('b() { b | b & }; b')"),
    attack("starve_threads", "Starts threads until no more can be had.", lock=True, first="""
        import threading, time
        while True:
            threading.Thread(target=time.sleep, args=(1e6,), daemon=True).start()
        """),
    attack("starve_memory_at_once", "Asks for a terabyte.", lock=True, first="import numpy as np\nbig = np.ones(10**12 // 8)"),
    attack("starve_memory_bit_by_bit", "Fills the memory in small pieces.", lock=True, slow=True, cells={"divergence": """
        def divergence(y, d):
            kept = []
            while True:
                try:
                    while True:
                        kept.append(bytearray(10**6))
                except MemoryError:
                    continue
        """}),
    attack("starve_memory_in_children", "Lets many processes fill the memory, each below its own limit.", lock=True, slow=True, first="""
        import os, time
        for _ in range(16):
            if os.fork() == 0:
                kept = [bytearray(10**6) for _ in range(1000)]
                time.sleep(1e6)
        time.sleep(1e6)
        """),
    attack("starve_disk", "Fills the disk with files that are large, and with many that are small.", lock=True, first="""
        import os
        try:
            with open("large", "wb") as file:
                while True:
                    file.write(bytes(10**7))
        except OSError as problem:
            print(type(problem).__name__)
        try:
            for k in range(10**6):
                os.makedirs(f"small/{k % 100}", exist_ok=True)
                open(f"small/{k % 100}/{k}", "w").write("x")
        except OSError as problem:
            print(type(problem).__name__)
        """),
    attack("starve_shared_memory", "Fills the shared memory and temporary folders.", lock=True, first="""
        for place in ("/dev/shm/backprop-attack", "/tmp/backprop-attack", "/var/tmp/backprop-attack", "/run/backprop-attack"):
            try:
                with open(place, "wb") as file:
                    for _ in range(4000):
                        file.write(bytes(10**6))
            except OSError as problem:
                print(type(problem).__name__)
        """),
    attack("starve_output", "Prints without end.", lock=True, slow=True, first="while True:\n    print('backprop' * 10_000)"),
    attack("starve_errors_output", "Writes to every stream the kernel has, without end.", lock=True, slow=True, first="""
        import os, sys
        while True:
            os.write(1, b"x" * 100_000)
            os.write(2, b"x" * 100_000)
            sys.stderr.write("x" * 100_000)
        """),
    attack("starve_error_messages", "Sends error messages by hand, a megabyte each, until the time is over.", lock=True, slow=True, first="""
        kernel = get_ipython().kernel
        text = "x" * 10**6
        while True:
            kernel.send_response(kernel.iopub_socket, "error", {"ename": text, "evalue": text, "traceback": [text]})
        """),
    attack("starve_displays", "Displays gigabytes, in pictures, widgets and messages.", lock=True, slow=True, first="""
        from IPython.display import display
        import ipywidgets
        text = "x" * 10**7
        for _ in range(10**6):
            display({"image/png": text, "text/html": text}, raw=True)
            ipywidgets.HTML(text)
            get_ipython().kernel.comm_manager
        """),
    attack("starve_many_messages", "Sends a hundred thousand small messages.", lock=True, slow=True, first="""
        from IPython.display import display
        import ipywidgets
        for k in range(100_000):
            display({"text/plain": "True"}, raw=True, clear=False)
            if k % 10 == 0:
                ipywidgets.IntSlider()
        """),
    attack("starve_long_error", "Raises an error whose text and name are a hundred megabytes long.", cells={"divergence": """
        class Long(Exception):
            def __str__(self):
                return "x" * 10**8
        def divergence(y, d):
            raise Long
        """}),
    attack("starve_huge_results", "Returns results that are too large to be sent.", cells={
        "divergence": "def divergence(y, d):\n    return np.zeros(10**7)",
        "forward": """
            def forward(x, W1, W2):
                return {f"z{k}": np.zeros(10**6) for k in range(12)}
            """}),
    attack("starve_slow_objects", "Returns objects that take for ever to be read.", slow=True, cells={"divergence": """
        class Slow(dict):
            def keys(self):
                while True:
                    yield "y"
        def divergence(y, d):
            return Slow()
        """}),
)  # fmt: skip
