"""A PostgreSQL server of a test's own: on a socket in a scratch folder, run by an ordinary user."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path


def programs():
    """The folder of PostgreSQL's programs; None where there is no server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    place = shutil.which("initdb")
    return found[-1].parent if found else Path(place).parent if place else None


class Server:
    """A server that runs; `url` is its address."""

    def __init__(self, place):
        self.bin, self.place = programs(), Path(place)
        self.user = []
        if os.getuid() == 0:  # PostgreSQL refuses to be run by root
            names = {each.pw_name for each in pwd.getpwall()}
            name = "postgres" if "postgres" in names else "nobody"
            shutil.chown(self.place, name)
            self.user = ["runuser", "-u", name, "--"]
        self.place.chmod(0o755)
        self.url = f"postgresql+psycopg://grader@/postgres?host={self.place}"
        self._run("initdb", "-D", self.data, "-U", "grader", "--auth=trust", "-N", "-E", "UTF8")
        self.start()

    @property
    def data(self):
        return self.place / "data"

    def start(self, tries=40):
        """Start it; after a crash its old processes may take a moment to go."""
        options = f"-k {self.place} -c listen_addresses='' -c fsync=off"
        for left in reversed(range(tries)):
            log = self.place / "log"
            try:
                self._run("pg_ctl", "-D", self.data, "-w", "-l", log, "-o", options, "start")
                return
            except subprocess.CalledProcessError:
                if not left:
                    raise
                time.sleep(0.25)

    def crash(self):
        """Kill it as a machine that loses its power does."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def stop(self):
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")

    def _run(self, program, *arguments):
        command = [*self.user, str(self.bin / program), *map(str, arguments)]
        subprocess.run(
            command, check=True, cwd=self.place, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip


def scratch():
    """A folder that the server's user can reach; sockets want a short path."""
    return tempfile.mkdtemp(prefix="backprop-pg-", dir="/tmp")
