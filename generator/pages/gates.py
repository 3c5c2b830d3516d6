"""What pages show of gates: each with what was wanted and found, and thresholds that were changed.

In: a GatesRecord. Out: rows, breached ones first. Never: a sentence, a figure looked up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.gates.judge import describe_value
from generator.records import GateOutcome, GatesRecord
from generator.records.gates import format_number


@dataclass(frozen=True)
class GateRow:
    """One gate and its outcome."""

    outcome: GateOutcome

    @property
    def found(self) -> str:
        """The figure as people read it; '' where there is none."""
        value = self.outcome.found
        return "" if value is None else describe_value(self.outcome.gate, value)


@dataclass(frozen=True)
class ChangedThreshold:
    """A threshold that is not the default."""

    name: str
    value: str
    usual: str
    means: str


@dataclass(frozen=True)
class Gates:
    """The gates of a site, or of one report or comparison."""

    rows: tuple[GateRow, ...]

    @property
    def breached(self) -> int:
        """How many figures are not as wanted."""
        return sum(row.outcome.breached for row in self.rows)


NO_GATES = Gates(())


def make_gates_view(outcomes: Iterable[GateOutcome]) -> Gates:
    """Rows in the manifest's order, breached ones first."""
    ordered = sorted(outcomes, key=lambda outcome: not outcome.breached)
    return Gates(tuple(GateRow(outcome) for outcome in ordered))


def list_changed_thresholds(record: GatesRecord) -> tuple[ChangedThreshold, ...]:
    """The thresholds that are not the default, with what each is for."""
    limits, fields = record.thresholds, type(record.thresholds).model_fields
    return tuple(
        ChangedThreshold(
            name=name,
            value=format_number(getattr(limits, name)),
            usual=format_number(fields[name].default),
            means=fields[name].description or "",
        )
        for name in limits.changed
    )
