"""The other side of a task: one process, one call, what it says on the way, what comes of it.

In: a connection and a call. Out: messages: a stage, the end, a fault of the machine. Never: output
on the terminal of whoever waits, unless it asked for it; a process that outlives its parent.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

from generator.build.progress import show_log
from generator.errors import MachineFault

STAGE, END, FAULT = "stage", "end", "fault"
GRACE = 2.0  # seconds a process has to put its things away before it is killed


def serve_task(
    connection: Connection, function: Callable[..., Any], arguments: tuple[Any, ...], verbose: bool
) -> None:
    """Make the call and send what comes of it."""
    _settle(verbose)
    try:
        value = function(*arguments, lambda stage: connection.send((STAGE, stage)))
    except MachineFault as fault:
        connection.send((FAULT, fault))
    else:
        connection.send((END, value))


def _settle(verbose: bool) -> None:
    """Make the process a quiet child: its parent alone is interrupted, and speaks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no copy of plant data
    threading.Thread(target=_follow_parent, daemon=True).start()
    if verbose:
        show_log()
        return
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123 - a descriptor is what is wanted
        for stream in (1, 2):
            os.dup2(nothing.fileno(), stream)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)


def _follow_parent() -> None:
    """End with the parent, however it ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)  # it was in the midst of a long call
