"""How a process that is about to run a student's code gives away what it does not need. Linux;
standard library only.

Three steps, each told apart so that a missing one can be named: a room of its own (`separate`),
fewer rights and system calls (`give_up_rights`, `filter_calls`), limits (`limit`). The outer walls,
which leave no network and only a few read-only folders, are bubblewrap's and stand around all of
this.
"""

from __future__ import annotations

import ctypes
import os
import re
import resource
import signal
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWIPC = (
    0x00020000,
    0x10000000,
    0x20000000,
    0x08000000,
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = (
    1,
    2,
    4,
    8,
    32,
    4096,
    16384,
    1 << 18,
)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38

#: System calls that no notebook needs and that reach into other processes, mounts, or the kernel
#: itself.
REFUSED = (
    "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "mount", "umount2", "pivot_root", "chroot",
    "unshare", "setns", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "bpf",
    "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "keyctl", "add_key",
    "request_key", "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load",
    "open_by_handle_at", "name_to_handle_at", "swapon", "swapoff", "reboot", "acct", "quotactl",
)  # fmt: skip


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def keep_out_of_reach() -> None:
    """Let no process of the same user look into this one or change it (``/proc/<pid>/mem``,
    ptrace)."""
    _checked(libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl(PR_SET_DUMPABLE)")


def end_with_parent() -> None:
    """Be killed when the parent process ends."""
    _checked(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")


def separate(run: Path, mine: Path, scratch: Path, scratch_mb: int) -> None:
    """Leave the common namespaces: the next child is process 1 of its own, with files that nobody
    else sees.

    What the walls show below a folder that is covered here (an environment below ``/tmp``) is shown
    again, read-only.

    Parameters
    ----------
    run, mine
        The folder of all kernels' sockets, and the one inside it that takes its place.
    scratch, scratch_mb
        The folder to write to, empty and in memory, and its size in MB. ``/tmp`` and ``/dev/shm``
        lead into it.

    Raises
    ------
    OSError
        When the system refuses one of the namespaces or mounts.
    """
    uid, gid = os.getuid(), os.getgid()
    # else /proc/self is not ours to write
    _checked(libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl(PR_SET_DUMPABLE)")
    _checked(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    keep_out_of_reach()
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    _mount(str(mine), str(run), None, MS_BIND)
    _mount(
        "tmpfs",
        str(scratch),
        "tmpfs",
        MS_NOSUID | MS_NODEV,
        f"size={scratch_mb}m,nr_inodes=20000,mode=700",
    )
    for name, place in (("tmp", Path("/tmp")), ("shm", Path("/dev/shm"))):
        inside = scratch / f".{name}"
        inside.mkdir()
        _cover(place, inside)


def _cover(place: Path, inside: Path) -> None:
    """Let a folder take the place of another one, but for what is mounted below that one."""
    shown = {}
    for point in _mount_points():
        if place in point.parents:
            first = point.relative_to(place).parts[0]
            shown.setdefault(first, os.open(place / first, os.O_PATH))
    for first in shown:
        (inside / first).mkdir() if (place / first).is_dir() else (inside / first).touch()
    _mount(str(inside), str(place), None, MS_BIND)
    for first, handle in shown.items():
        _mount(f"/proc/self/fd/{handle}", str(place / first), None, MS_BIND | MS_REC)
        os.close(handle)
        # the folder that leads to what is shown; that is read-only by itself
        close_folder(place / first)


def _mount_points() -> list[Path]:
    """Where something is mounted, as this process sees it."""
    written = (
        line.split(" ")[4]
        for line in os.fsdecode(Path("/proc/self/mountinfo").read_bytes()).splitlines()
    )
    return [
        Path(re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)) for text in written
    ]


def close_folder(folder: Path) -> None:
    """Make a folder read-only that `separate` has put in place: the sockets in it stay usable."""
    _mount("none", str(folder), None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)


def _mount(
    source: str, target: str, kind: str | None, flags: int, options: str | None = None
) -> None:
    texts = [
        text.encode() if text is not None else None for text in (source, target, kind, options)
    ]
    _checked(libc.mount(*texts[:3], ctypes.c_ulong(flags), texts[3]), f"mount on {target}")


def give_up_rights() -> None:
    """Drop every capability for good."""
    _checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)")
    for capability in range(64):
        # fails for those that this system or process does not have
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    none = (ctypes.c_uint32 * 6)()
    _checked(libc.capset(header, none), "capset")


def filter_calls() -> None:
    """Refuse the system calls of `REFUSED`, new user namespaces, and sockets of unusual families.

    A network namespace holds neither ``AF_VSOCK``, which leads to a virtual machine's host, nor
    ``AF_ALG``. Local and Internet sockets stay: the kernel needs the first, and the second lead
    nowhere behind the walls.

    Raises
    ------
    OSError, ImportError, RuntimeError
        When libseccomp or its Python binding is missing, or refuses the filter.
    """
    import errno
    import socket

    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    refuse = seccomp.ERRNO(errno.EPERM)
    for name in REFUSED:
        try:
            rules.add_rule(refuse, name)
        except OSError:  # this libseccomp does not know a newer call by name
            continue
    rules.add_rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER))
    # its flags cannot be seen here; the C library then uses clone
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    for call in ("socket", "socketpair"):
        # the answer that ZeroMQ takes when it asks for the interfaces
        unknown = seccomp.ERRNO(errno.EOPNOTSUPP)
        rules.add_rule(unknown, call, seccomp.Arg(0, seccomp.GT, socket.AF_INET6))
        for family in range(socket.AF_INET6):
            if family not in (socket.AF_UNIX, socket.AF_INET):
                rules.add_rule(unknown, call, seccomp.Arg(0, seccomp.EQ, family))
    rules.load()


def limit(limits: dict[str, int]) -> None:
    """Set the process limits: memory and files in MB, CPU time in seconds, number of processes and
    threads."""
    mb = 1 << 20
    for what, most in (
        (resource.RLIMIT_AS, limits["address_mb"] * mb),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["file_mb"] * mb),
        (resource.RLIMIT_NOFILE, 512),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_MEMLOCK, mb),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def leaks(hidden: list[str]) -> dict[str, str]:
    """What a locked process can still see though it should not: layer -> what it sees. Empty when
    the walls stand.

    Parameters
    ----------
    hidden
        Paths that must not be there: the course, its answers, the submissions.
    """
    found = {}
    seen = [path for path in hidden if os.path.exists(path)]
    if seen:
        found["files"] = f"{seen[0]} can be seen"
    lines = (
        Path("/proc/net/dev").read_text().splitlines()[2:]
        if os.path.exists("/proc/net/dev")
        else ["?:"]
    )
    outward = [line.split(":")[0].strip() for line in lines if line.split(":")[0].strip() != "lo"]
    if outward:
        found["network"] = f"the network interface {outward[0]} can be used"
    return found
