"""What a piece of work costs: CPU seconds and extra peak memory, each in a process of its own.

In: a function that prepares, and gives back the work to measure. Out: Cost, read from the kernel's
own counters. Never: a wall clock; two measurements in one process. Linux only (`/proc`, fork).
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import TypeVar

Work = Callable[[], object]
T = TypeVar("T")

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": "2000000",
    "HF_HUB_OFFLINE": "1",
}
"""Alike for every row. The malloc setting gives large freed blocks back to the kernel at once, so
that the high-water mark shows what was held and not how the heap was cut up."""


@dataclass(frozen=True)
class Cost:
    """CPU seconds (user and system, children it waited for included), extra peak in MB."""

    cpu_s: float
    peak_mb: float


def settle() -> None:
    """Start this program again with `ENVIRONMENT`, if it was started without."""
    if any(os.environ.get(name) != value for name, value in ENVIRONMENT.items()):
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **ENVIRONMENT})


def measure(prepare: Callable[[], Work]) -> Cost:
    """The cost of the work `prepare` gives back, above what the process held before it."""
    return run_in_child(lambda: _measure_work(prepare()))


def measure_in_turn(prepare: Callable[[], Sequence[Work]]) -> list[Cost]:
    """The costs of several works done one after the other in one process; each keeps its result."""
    return run_in_child(lambda: _measure_works(prepare()))


def run_in_child(question: Callable[[], T]) -> T:
    """The answer to a question, asked in a fork that ends with it; RuntimeError if it fails."""
    gc.collect()
    gc.freeze()  # a collection in the child leaves the parent's objects, and their pages, alone
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send_answer, args=(question, sender))
    child.start()
    sender.close()
    try:
        found: T = receiver.recv()
    except EOFError:
        child.join()
        raise RuntimeError(f"a measured process ended with code {child.exitcode}") from None
    child.join()
    return found


def measure_fresh(work: Callable[..., object], *given: object) -> Cost:
    """The cost of `work(*given)` in a process of its own that starts anew."""
    return run_in_fresh(_measure_work, partial(work, *given))


def run_in_fresh(question: Callable[..., T], *given: object) -> T:
    """The answer of a process that starts anew: polars may hang in a fork of one that used it.

    The question must be importable by its name, and what is given must pickle.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(question, *given).result()


def _send_answer(question: Callable[[], object], sender: Connection) -> None:
    sender.send(question())


def _measure_works(works: Sequence[Work]) -> list[Cost]:
    kept: list[object] = []
    return [_measure_work(lambda work=work: kept.append(work())) for work in works]  # type: ignore[misc]


def _measure_work(work: Work) -> Cost:
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark falls to what is held now
    before, started = _read_status("VmRSS"), _cpu_seconds()
    held = work()
    cost = Cost(_cpu_seconds() - started, (_read_status("VmHWM") - before) / 1000)
    del held
    return cost


def _cpu_seconds() -> float:
    own, children = (getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _read_status(name: str) -> float:
    """A memory figure of this process in kB (of 1000 bytes)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    words = next(line for line in lines if line.startswith(f"{name}:")).split()
    return float(words[1]) * 1.024
