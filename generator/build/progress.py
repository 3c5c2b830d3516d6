"""What a person sees while runs go on: a bar on a terminal, plain lines elsewhere.

In: the pipeline's calls `stage` and `done`. Out: text on stderr. Never: a number that is
published, a line on stdout, an escape code where NO_COLOR, CI, -q or -v stand.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

WELL = frozenset({"built", "current"})
"""Ends that need no line here: the command prints them as rows on stdout."""


class Progress(Protocol):
    """What the pipeline tells; calls may come from several threads, one run from one at a time."""

    def stage(self, run_id: str, stage: str) -> None:
        """A run enters a stage, in words: 'reading data'."""

    def done(self, run_id: str, state: str, detail: str) -> None:
        """A run ended: 'built', 'current' or 'failed', with a sentence where it failed.

        Or it begins again: 'damaged', with what is wrong with the store's record of it.
        """


class PlainProgress:
    """A line per stage (only with `verbose`) and per run that did not end well (quiet: failed)."""

    def __init__(self, stream: TextIO, *, quiet: bool = False, verbose: bool = False) -> None:
        self.stream, self.quiet, self.verbose = stream, quiet, verbose

    def stage(self, run_id: str, stage: str) -> None:
        """A line of its own, with `verbose`."""
        if self.verbose:
            self._say(f"{run_id}: {stage}")

    def done(self, run_id: str, state: str, detail: str) -> None:
        """A line of its own where something is amiss; the rows of what is well go to stdout."""
        if state == "failed" or (not self.quiet and state not in WELL):
            self._say(f"{run_id}: {state}" + (f": {detail}" if detail else ""))

    def _say(self, line: str) -> None:
        with suppress(OSError):  # a log that nobody can read harms no run
            self.stream.write(line + "\n")
            self.stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self.stream.flush()


class TerminalProgress:
    """One bar for all runs; the stage of the run that last moved stands beside it."""

    def __init__(self, stream: TextIO, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self.bar: Bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[stage]}", markup=False),
            console=Console(file=stream),
            transient=True,
        )
        self.task = self.bar.add_task("reports", total=total, stage="")

    def stage(self, run_id: str, stage: str) -> None:
        """The words beside the bar."""
        self.bar.update(self.task, stage=f"{run_id}: {stage}")

    def done(self, run_id: str, state: str, detail: str) -> None:
        """One step of the bar, and a line above it where something is amiss."""
        line = f"{run_id}: {state}" + (f": {detail}" if detail else "")
        if state not in WELL:
            self.bar.console.print(line, markup=False, highlight=False)
        if state != "damaged":
            self.bar.advance(self.task)

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.bar.stop()


def show_log() -> None:
    """The program's own log, tracebacks of failed runs among it, goes to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logging.getLogger("generator").addHandler(handler)
    logging.getLogger("generator").setLevel(logging.DEBUG)


def make_progress(
    environment: Mapping[str, str],
    total: int,
    *,
    quiet: bool = False,
    verbose: bool = False,
    stream: TextIO | None = None,
) -> PlainProgress | TerminalProgress:
    """The display that suits a stream (stderr) and an environment; used as a context manager."""
    stream = stream or sys.stderr
    told_plain = quiet or verbose or environment.get("NO_COLOR") or environment.get("CI")
    if told_plain or not stream.isatty() or environment.get("TERM") == "dumb":
        return PlainProgress(stream, quiet=quiet, verbose=verbose)
    return TerminalProgress(stream, total)
