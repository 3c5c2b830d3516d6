"""What a build left: one row per report, and where the site lies.

In: what the pipeline found. Out: records that the command line prints.
Never: a clock; durations are the progress display's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from generator.errors import ExitCode
from generator.records import Record

OutcomeState = Literal["built", "current", "failed", "left out"]


class RunOutcome(Record):
    """How one run or comparison ended: built, from the store, failed or left out, and why."""

    id: str
    state: OutcomeState
    detail: str = ""


class BuildResult(Record):
    """The site of a build and the outcome of each of its runs, in the manifest's order."""

    site: Path
    outcomes: tuple[RunOutcome, ...]
    comparisons: tuple[RunOutcome, ...] = ()
    """One per pair of the manifest; failed where there was nothing to compare."""

    @property
    def exit_code(self) -> ExitCode:
        """DONE, or SOME_RUNS_FAILED when at least one did."""
        ended = (*self.outcomes, *self.comparisons)
        failed = any(outcome.state == "failed" for outcome in ended)
        return ExitCode.SOME_RUNS_FAILED if failed else ExitCode.DONE
