"""Tasks in processes of their own, watched: one that outgrows its limits harms nothing else.

In: tasks, how many at a time, limits of memory and time. Out: what each returned, or how it died.
Never: a task in the process that waits for it; address-space limits, which stop torch.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any

import psutil

from generator.build.limits import Limits
from generator.build.worker_process import END, FAULT, GRACE, STAGE, serve_task
from generator.render import format_file_size
from generator.words import format_duration

LOG = logging.getLogger(__name__)
PULSE = 0.1  # seconds between two looks at a process: what it may outgrow its limit in
PRELOADED = ["generator.doors.commands", "generator.build.preload"]
"""Loaded once for all processes; the first is what each would load as its main module."""
KILLED = (
    "its process was killed from outside, most often for want of memory; explain fewer windows, "
    "or build with --jobs 1 on a larger machine"
)
Tell = Callable[[str, str], None]
"""Is told a task's name and the stage it enters."""


@dataclass(frozen=True)
class Task:
    """A call to make elsewhere; the function takes `stage` as its last argument."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Death:
    """A task that returned nothing: the stage it had reached, and why it ended there."""

    stage: str
    words: str


class Worker:
    """One process at one task."""

    def __init__(self, task: Task) -> None:
        self.task, self.stage, self.reason = task, "starting", ""
        self.connection, theirs = multiprocessing.Pipe()
        verbose = LOG.isEnabledFor(logging.DEBUG)
        self.process: BaseProcess = _choose_context().Process(
            target=serve_task,
            args=(theirs, task.function, task.arguments, verbose),
            daemon=True,
        )
        self.process.start()
        theirs.close()  # so that its death is the end of what can be read
        self.started = time.monotonic()

    def watch(self, limits: Limits) -> None:
        """Kill the process where it has outgrown a limit; `reason` then says which."""
        if time.monotonic() - self.started > limits.seconds:
            self._kill("time", f"took longer than {format_duration(limits.seconds)}")
        elif _resident_size(self.process.pid) > limits.memory:
            self._kill("memory", f"needed more than {format_file_size(limits.memory)} of memory")

    def _kill(self, limit: str, what: str) -> None:
        self.reason = (
            f"{what}, the limit of one run; explain fewer windows, or raise limits.{limit} in the "
            "manifest"
        )
        self.process.kill()

    def describe_death(self) -> Death:
        """Why the process ended without a word."""
        self.process.join()
        return Death(self.stage, self.reason or _describe_exit(self.process.exitcode or 0))

    @property
    def was_killed_from_outside(self) -> bool:
        """Whether somebody else killed the process, as the kernel does for want of memory."""
        self.process.join()
        return not self.reason and self.process.exitcode == -signal.SIGKILL

    def stop(self) -> None:
        """End the process: it may put its things away, and is killed where that takes long."""
        self.process.terminate()
        self.process.join(GRACE)
        self.process.kill()
        self.process.join()
        self.connection.close()


def run_tasks(
    tasks: Sequence[Task], jobs: int, limits: Limits, tell: Tell
) -> Iterator[tuple[str, Any]]:
    """Each task's name and what it returned, or its Death, as it ends.

    A task that somebody else killed while others ran is tried again alone.

    Raises:
        MachineFault: a task met one; the others are stopped.
    """
    crew = _Crew(limits, tell)
    try:
        yield from crew.run(tasks, jobs)
        yield from crew.run(crew.victims, 1)
    finally:
        crew.stop()


class _Crew:
    """The workers of one call, and the tasks whose process was killed beside others."""

    def __init__(self, limits: Limits, tell: Tell) -> None:
        self.limits, self.tell = limits, tell
        self.workers: dict[Connection, Worker] = {}
        self.victims: list[Task] = []

    def run(self, tasks: Sequence[Task], jobs: int) -> Iterator[tuple[str, Any]]:
        queue = deque(tasks)
        for task in queue:
            self.tell(task.name, "queued")
        while queue or self.workers:
            while queue and len(self.workers) < max(1, jobs):
                worker = Worker(queue.popleft())
                self.workers[worker.connection] = worker
            for connection in wait(list(self.workers), PULSE):
                yield from self._hear(self.workers[connection], jobs)  # type: ignore[index]
            for worker in self.workers.values():
                worker.watch(self.limits)

    def _hear(self, worker: Worker, jobs: int) -> Iterator[tuple[str, Any]]:
        """What a worker says: a stage, its end, a fault of the machine, or nothing any more."""
        try:
            kind, value = worker.connection.recv()
        except (EOFError, OSError):
            kind, value = END, self._bury(worker, jobs)
        if kind == STAGE:
            worker.stage = value
            self.tell(worker.task.name, value)
            return
        self._release(worker)
        if kind == FAULT:
            raise value
        if value is not None:
            yield worker.task.name, value

    def _bury(self, worker: Worker, jobs: int) -> Death | None:
        """How a worker died; None where its task is to be tried again alone."""
        if jobs > 1 and worker.was_killed_from_outside:
            self.victims.append(worker.task)
            return None
        return worker.describe_death()

    def _release(self, worker: Worker) -> None:
        del self.workers[worker.connection]
        worker.connection.close()
        worker.process.join()

    def stop(self) -> None:
        for worker in self.workers.values():
            worker.stop()


def _choose_context() -> ForkServerContext | SpawnContext:
    """Linux forks each process from one that has torch loaded and has never used it."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _resident_size(pid: int | None) -> int:
    try:
        return int(psutil.Process(pid or os.getpid()).memory_info().rss)
    except psutil.Error:  # it has ended; what it said is read next
        return 0


def _describe_exit(code: int) -> str:
    if code == -signal.SIGKILL:
        return KILLED
    if code < 0:
        name = signal.Signals(-code).name
        return (
            f"a library it uses ended its process ({name}); look at the files and the model that "
            "this report names"
        )
    return f"its process ended by itself with code {code}; a library or the model did that"
