"""The workers: a Dask cluster on this machine, or any that is running already."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import queue
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from typing import Any

from autograder.classroom.travel import received
from autograder.classroom.work import here, work
from autograder.kernel.parent import ADDRESS, shared
from autograder.plugins.rules import release

INSTALL = (
    "Dask is not installed, so each submission is graded by a process of nbgrader's own: pip install"
    " distributed cryptography adds it."
)
NEEDED = "Dask is not installed, and this needs it: pip install distributed cryptography adds it."
WAIT = 60.0
"""Seconds to wait for a scheduler, or for a worker of it."""
PATIENCE = 5.0
"""Seconds to wait for an answer that is said to be there."""
GONE = 20.0
"""Seconds after which a scheduler that does not answer is taken to have gone."""


class NoCluster(Exception):
    """There are no workers, or not the right ones; the message says why and what to do."""


def there_is_dask() -> bool:
    """Whether this installation can grade on a cluster."""
    return all(importlib.util.find_spec(name) for name in ("distributed", "cryptography"))


class Workers:
    """Workers that take orders and answer them, in any order.

    Parameters
    ----------
    client
        A Dask client.
    """

    def __init__(self, client: Any):
        self._client = client
        self._done: queue.SimpleQueue = queue.SimpleQueue()
        self._running: dict[Any, Any] = {}
        self._away_since: float | None = None
        self._alone_since: float | None = None
        self._slots, self._counted_at = 0, -1.0

    @property
    def slots(self) -> int:
        """How many orders are worked on at the same time; workers may come and go.

        Raises
        ------
        NoCluster
            When the scheduler has gone.
        """
        if time.monotonic() > self._counted_at + 1.0:
            self._counted_at = time.monotonic()
            try:
                self._slots = sum(self._client.nthreads().values())
            except Exception:  # whatever Dask says of a scheduler that does not answer
                self._look()
        return self._slots

    @property
    def running(self) -> int:
        """How many orders have no answer yet."""
        return len(self._running)

    def give(self, name: Any, order: bytes, files: bytes) -> None:
        """Have an order worked on; the answer comes back under a name."""
        try:
            future = self._client.submit(work, order, files, pure=False)
        except Exception as problem:
            raise NoCluster("The scheduler has gone.") from problem
        self._running[future] = name
        future.add_done_callback(self._done.put)

    def answer(self, seconds: float) -> tuple[Any, bytes | None, str] | None:
        """The next answer: name, bytes (None where there is none), and why not. None when none came
        within some seconds.

        Raises
        ------
        NoCluster
            When the scheduler has gone.
        """
        try:
            future = self._done.get(timeout=seconds)
        except queue.Empty:
            self._look()
            return None
        if future.status == "cancelled" or self._client.status != "running":
            raise NoCluster("The scheduler has gone.")
        name = self._running.pop(future)
        try:
            return name, future.result(timeout=PATIENCE), ""
        except TimeoutError:  # its worker was killed before it was asked; another one works again
            self._running[future] = name
            future.add_done_callback(self._done.put)
            return None
        except CancelledError:
            raise NoCluster("The scheduler has gone.") from None
        except Exception as problem:
            return name, None, _why(problem)
        finally:
            if future not in self._running:
                future.release()

    def _look(self) -> None:
        if self._client.status == "running":
            self._away_since = None
            self._look_for_workers()
            return
        self._away_since = self._away_since or time.monotonic()
        if self._client.status == "closed" or time.monotonic() - self._away_since > GONE:
            raise NoCluster("The scheduler has gone.")

    def _look_for_workers(self) -> None:
        """Workers may come and go; when none is there for long, their time on the cluster is over."""
        if self.slots or not self._running:
            self._alone_since = None
            return
        self._alone_since = self._alone_since or time.monotonic()
        if time.monotonic() - self._alone_since > WAIT:
            raise NoCluster("The scheduler has no workers any more.")


def _why(problem: BaseException) -> str:
    if type(problem).__name__ == "KilledWorker":
        return "every worker that tried it was killed"
    return f"the worker failed ({type(problem).__name__}: {problem})"[:500]


@contextlib.contextmanager
def workers(scheduler: str | None = None, number: int | None = None) -> Iterator[Workers]:
    """Workers for a run.

    Parameters
    ----------
    scheduler
        The address of a scheduler whose workers are used. Processes of this machine when None.
    number
        How many processes; as many as there are processors when None.

    Raises
    ------
    NoCluster
        When there are none, or one has another release of the course.
    """
    import dask
    from distributed import Client

    for name in ("distributed", "distributed.client"):  # what matters is said in our own words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    settings = {
        "distributed.comm.timeouts.connect": "20s",
        # nobody looks at how the workers spend their time, and looking costs as much as judging
        "distributed.worker.profile.enabled": False,
        "distributed.admin.tick.interval": "500ms",
        "distributed.admin.system-monitor.disk": False,
        "distributed.worker.daemon": True,
        "distributed.worker.multiprocessing-method": "forkserver",
    }
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set(settings))
        if scheduler is None:
            _load_ahead()  # while the warm parent loads what the notebooks need
            stack.enter_context(shared())
            target = stack.enter_context(_local(number or os.cpu_count() or 1))
        else:
            target = scheduler
        try:
            client = Client(target, timeout=WAIT, set_as_default=False)
        except (OSError, ValueError) as problem:
            raise NoCluster(f"No scheduler answers at {scheduler}: {problem}") from None
        stack.callback(_close, client)
        _agree(client)
        yield Workers(client)


def _load_ahead() -> None:
    """Begin to load what workers need, once for all of them: they are forked from that process."""
    from multiprocessing import forkserver, get_context

    from distributed.utils import get_mp_context

    get_mp_context()  # chooses what is loaded; what is set now takes its place
    get_context("forkserver").set_forkserver_preload(["distributed", "autograder.classroom.ready"])
    forkserver.ensure_running()


@contextlib.contextmanager
def _local(number: int) -> Iterator[Any]:
    """A cluster of this machine alone: whoever speaks to it needs a key that only it has."""
    from distributed import LocalCluster
    from distributed.security import Security

    with (
        tempfile.TemporaryDirectory(prefix="backprop-workers-") as place,
        LocalCluster(
            n_workers=number,
            threads_per_worker=1,
            processes=True,
            protocol="tls",
            security=Security.temporary(),
            dashboard_address=None,
            memory_limit=0,  # a notebook's memory is limited where it runs
            local_directory=place,
            silence_logs=logging.CRITICAL,
            # the process they are forked from is older than this run's warm parent
            env={ADDRESS: os.environ.get(ADDRESS, "")},
        ) as cluster,
    ):
        yield cluster


def _agree(client: Any) -> None:
    """Wait for a worker, and see to it that all have this release of the course."""
    until = time.monotonic() + WAIT
    while not client.nthreads():
        if time.monotonic() > until:
            raise NoCluster("The scheduler has no workers.")
        time.sleep(0.1)
    try:
        found = client.run(here)
    except Exception as problem:
        raise NoCluster(
            f"A worker cannot grade ({type(problem).__name__}: {problem}). A worker node needs the"
            " same release of this course, installed with its packages."
        ) from None
    for address, told in found.items():
        if (other := received(told)["release"]) != release():
            raise NoCluster(another(address, other))


def another(address: str, other: str) -> str:
    """What is said of a worker that has another release of the course."""
    return (
        f"The worker at {address} has another release of the course ({other}, here {release()}):"
        " install this one there."
    )


def _close(client: Any) -> None:
    with contextlib.suppress(Exception):
        client.close(timeout=5)
