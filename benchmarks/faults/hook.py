"""A fault at the n-th thing that a process does to the disk, by Python's own audit events.

In: folders that count, a fault, a number. Out: a process in which the n-th write, rename, new
folder or removal fails, and with it all that follow; or which is killed there. Never: a fault of
what other programs do: the site builder runs as one of its own.
"""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generator.doors.commands import main

ACTS = ("os.rename", "os.mkdir", "os.remove", "os.rmdir")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
KILLED = "kill -9"
FAULTS = {"ENOSPC": errno.ENOSPC, "EROFS": errno.EROFS, "EIO": errno.EIO}


def name_act(event: str, arguments: tuple[Any, ...], folder: Path) -> str:
    """What an audit event does to a folder: 'write', 'rename', 'exchange', ...; '' for nothing."""
    if event == "ctypes.dlsym" and arguments[1] == "renameat2":
        return "exchange"
    if event == "open":
        path, _, flags = arguments
        return "write" if flags & _WRITING and _lies_below(path, folder) else ""
    if event not in ACTS:
        return ""
    bare = arguments[-1] != -1 and event in ("os.remove", "os.rmdir")  # named within its folder
    return event.removeprefix("os.") if bare or _lies_below(arguments[0], folder) else ""


def _lies_below(path: object, folder: Path) -> bool:
    if not isinstance(path, (str, bytes, os.PathLike)):
        return False
    return os.path.realpath(os.fsdecode(path)).startswith(str(folder))


def count_acts(folder: Path, told: Callable[[str], None]) -> None:
    """Tells of each act of this process on a folder, from now on."""

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        act = name_act(event, arguments, folder)
        if act:
            told(act)

    sys.addaudithook(hear)


def strike(folder: Path, fault: str, number: int) -> None:
    """From the `number`-th act on a folder on, this process meets a fault."""
    met = [0]

    def act_or_fail(act: str) -> None:
        met[0] += 1
        if met[0] < number or (fault == "ENOSPC" and act in ("remove", "rmdir")):
            return
        if fault == KILLED:
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(FAULTS[fault], os.strerror(FAULTS[fault]), str(folder))

    count_acts(folder, act_or_fail)


def fork(work: Callable[[], int]) -> int:
    """The exit code of some work in a process of its own; -9 where it was killed."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            code = int(work())
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def build_in_fork(manifest: Path, before: Callable[[], None] = lambda: None) -> int:
    """The exit code of `build` in a process of its own, in the manifest's folder."""

    def work() -> int:
        os.chdir(manifest.parent)
        before()
        return main(["build", "-f", manifest.name])

    return fork(work)


def build_anew(manifest: Path) -> int:
    """The exit code of `build` in a new process: threads of polars do not survive a fork."""
    command = [sys.executable, "-m", "generator", "build", "-q"]
    done = subprocess.run(command, cwd=manifest.parent, check=False, capture_output=True)
    return done.returncode


def list_acts(work: Callable[[], object], folder: Path) -> list[str]:
    """Every act of some work on a folder, in order, in a process of its own."""
    reading, writing = os.pipe()

    def listen() -> int:
        os.close(reading)
        count_acts(folder, lambda act: os.write(writing, f"{act}\n".encode()) and None)
        work()
        return 0

    child = os.fork()
    if child == 0:
        try:
            listen()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        acts = told.read().splitlines()
    os.waitpid(child, 0)
    return acts
