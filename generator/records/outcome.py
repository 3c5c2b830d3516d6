"""What a build left: one row per report, and where the site lies.

In: what the pipeline found. Out: records that the command line prints.
Never: a clock; durations are the progress display's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from generator.errors import FIRST_OF, ExitCode
from generator.records.claims import ExpectationRow
from generator.records.gates import GatesRecord
from generator.records.record import Record

OutcomeState = Literal["built", "current", "failed", "left out"]


class RunOutcome(Record):
    """How one run or comparison ended: built, from the store, failed or left out, and why."""

    id: str
    state: OutcomeState
    detail: str = ""
    expectations: tuple[ExpectationRow, ...] = ()
    """What was expected of a run's model, and what came of it."""


class BuildResult(Record):
    """The site of a build and the outcome of each of its runs, in the manifest's order."""

    site: Path
    outcomes: tuple[RunOutcome, ...]
    comparisons: tuple[RunOutcome, ...] = ()
    """One per pair of the manifest; failed where there was nothing to compare."""
    reports: tuple[str, ...] = ()
    """All of the manifest; those without an outcome are not on the site: left out and not kept."""
    gates: GatesRecord = GatesRecord()

    @property
    def exit_code(self) -> ExitCode:
        """The first that applies of GATE_BREACHED, SOME_RUNS_FAILED and DONE."""
        ended = (*self.outcomes, *self.comparisons)
        failed = any(outcome.state == "failed" for outcome in ended)
        apply = {
            ExitCode.DONE: True,
            ExitCode.SOME_RUNS_FAILED: failed,
            ExitCode.GATE_BREACHED: bool(self.gates.breached),
        }
        return next(code for code in FIRST_OF if apply.get(code))
