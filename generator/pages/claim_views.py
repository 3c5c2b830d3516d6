"""What pages show of a report's claims: the headline, each group's row, where to look.

In: a run's ClaimsRecord. Out: a ClaimsView, derived once. Never: a verdict; those were made by the
run; a sentence; those are in the record or the templates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from generator.kinds import Verdict
from generator.records import Claim, ClaimsRecord, RunRecord, Sensor

LEADING = 3
Answer = Literal["held", "partly", "none", "not assessed"]


@dataclass(frozen=True)
class GroupRow:
    """One sensor group: its claim, its members' claims, and where its bar lies (0 to 100)."""

    claim: Claim
    members: tuple[Claim, ...]
    sensors: tuple[Sensor, ...]
    middle: float | None
    low: float | None
    high: float | None

    @property
    def alone(self) -> tuple[Claim, ...]:
        """The members that held when they were exchanged alone."""
        return tuple(claim for claim in self.members if claim.verdict is Verdict.SUPPORTED)


@dataclass(frozen=True)
class CellRow:
    """One group, or all sensors where it names none, span by span."""

    subject: tuple[str, ...]
    cells: tuple[Claim, ...]


@dataclass(frozen=True)
class ClaimsView:
    """The claims of one report as its page shows them."""

    record: ClaimsRecord
    groups: tuple[GroupRow, ...]
    """The largest effect first."""
    cells: tuple[CellRow, ...]
    spans: tuple[str, ...]
    """The spans of the window in words, oldest first."""
    floor: float
    """Where the floor lies on a bar, 0 to 100."""
    top: float
    """The largest share of a cell's effect: the full colour."""

    @property
    def answer(self) -> Answer:
        """What the headline says: the best verdict of any group."""
        verdicts = {row.claim.verdict for row in self.groups}
        if Verdict.SUPPORTED in verdicts:
            return "held"
        if Verdict.WEAK in verdicts:
            return "partly"
        return "none" if Verdict.NOT_SUPPORTED in verdicts else "not assessed"

    @property
    def named(self) -> tuple[GroupRow, ...]:
        """The groups the headline names: those held, else those partly held."""
        verdict = Verdict.SUPPORTED if self.answer == "held" else Verdict.WEAK
        return tuple(row for row in self.groups if row.claim.verdict is verdict)[:LEADING]

    @property
    def explained(self) -> bool:
        """Whether the model passed its gate: else nothing is claimed of it."""
        return self.record.adequacy.passed

    @property
    def larger(self) -> tuple[GroupRow, ...]:
        """Groups with a larger effect than the headline's, of which nothing can be said."""
        least = _effect_size(self.named[0].claim) if self.named else 0.0
        rows = (row for row in self.groups if row.claim.verdict is Verdict.NOT_ASSESSED)
        return tuple(row for row in rows if self.named and _effect_size(row.claim) > least)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why nothing was assessed, each reason once."""
        return tuple(dict.fromkeys(row.claim.reason for row in self.groups))

    @property
    def one_reason(self) -> str:
        """The reason of all groups where nothing was assessed and all have the same; else ''."""
        alike = self.answer == "not assessed" and len(self.reasons) == 1
        return self.reasons[0] if alike else ""

    @property
    def unassessed(self) -> int:
        """How many groups nothing can be said of: neither that they matter nor that they do not."""
        return sum(row.claim.verdict is Verdict.NOT_ASSESSED for row in self.groups)

    @property
    def of_attention(self) -> tuple[Claim, ...]:
        """The claims about layers and their heads, in the order of the model."""
        return tuple(c for c in self.record.claims if c.granularity in ("layer", "head"))

    @property
    def periods(self) -> int:
        """The independent periods of the testing half."""
        return max((row.claim.periods for row in self.groups), default=0)

    @property
    def windows(self) -> int:
        """The windows of the testing half."""
        return max((row.claim.windows for row in self.groups), default=0)

    @property
    def siblings(self) -> int:
        """How many other training runs of the model were asked the same."""
        return sum(run.passed for run in self.record.siblings)

    @property
    def thresholds(self) -> tuple[tuple[str, float, str], ...]:
        """Every threshold: its name, its value, what it means."""
        limits = self.record.thresholds
        fields = type(limits).model_fields.items()
        return tuple((n, float(getattr(limits, n)), f.description or "") for n, f in fields)

    def when(self, subject: tuple[str, ...]) -> tuple[str, ...]:
        """In which spans a group was tested and held."""
        return tuple(span.span for span in self.record.when if span.subject == subject)


def make_claims_view(run: RunRecord) -> ClaimsView | None:
    """The view; None where a run made no claims."""
    record = run.claims
    if record is None:
        return None
    sensors = {row.sensor.name: row.sensor for row in run.dataset.sensors} if run.dataset else {}
    claims = sorted(record.of("group"), key=_effect_size, reverse=True)
    reach = max((_upper_end(claim) for claim in claims), default=0.0)
    scale = max(reach, 2 * record.explained.floor_sd)
    cells = tuple(_group_cells((*record.of("time"), *record.of("cell"))))
    return ClaimsView(
        record=record,
        groups=tuple(_make_row(record, claim, sensors, scale) for claim in claims),
        cells=cells,
        spans=tuple(cell.span for cell in cells[0].cells) if cells else (),
        floor=100 * record.explained.floor_sd / scale,
        top=max((_effect_size(cell) for row in cells for cell in row.cells), default=0.0) or 1.0,
    )


def _make_row(
    record: ClaimsRecord, claim: Claim, sensors: dict[str, Sensor], scale: float
) -> GroupRow:
    alone = {c.subject[0]: c for c in record.of("sensor")}
    effect = claim.effect_sd
    return GroupRow(
        claim=claim,
        members=tuple(alone[name] for name in claim.subject if name in alone),
        sensors=tuple(sensors.get(name, Sensor(name=name)) for name in claim.subject),
        middle=_place_on_bar(effect.estimate if effect else None, scale),
        low=_place_on_bar(effect.low if effect else None, scale),
        high=_place_on_bar(effect.high if effect else None, scale),
    )


def _place_on_bar(value: float | None, scale: float) -> float | None:
    return None if value is None else min(100.0, max(0.0, 100 * value / scale))


def _effect_size(claim: Claim) -> float:
    return claim.effect_sd.estimate if claim.effect_sd else 0.0


def _upper_end(claim: Claim) -> float:
    if claim.effect_sd is None:
        return 0.0
    return claim.effect_sd.high or claim.effect_sd.estimate


def _group_cells(claims: Sequence[Claim]) -> Iterator[CellRow]:
    for subject, cells in groupby(claims, key=lambda claim: claim.subject):
        yield CellRow(subject, tuple(cells))
