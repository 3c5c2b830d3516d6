"""What several pages show of runs: a ranking's head, a leading score, and who uses what.

In: RunRecords. Out: RunViews, derived once, and groups of them. Never: a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from generator.kinds import SensorKind, TokenKind
from generator.notice import NOTICE
from generator.pages.claim_views import ClaimsView, make_claims_view
from generator.pages.gates import NO_GATES, Gates
from generator.records import Position, RunRecord, RunRequest, Score

LEADING = 3


@dataclass(frozen=True)
class RunView:
    """A run and the few things every list of runs shows of it."""

    record: RunRecord
    leading: tuple[Position, ...]
    """Of the first three, those above an even share; at least the first."""
    scale: float
    """The largest importance, or the uniform one where that is larger: the length of a full bar."""
    score: Score | None
    """The first score of the held-out part."""
    claims: ClaimsView | None = None
    """What was claimed and tested; None where the run made no claims."""
    compared: tuple[tuple[str, str], ...] = ()
    """Comparisons that show this run: their id, and the other report's."""
    gates: Gates = NO_GATES

    @property
    def id(self) -> str:
        """The report's id, which is its folder below `reports/`."""
        return self.record.id

    @property
    def failed(self) -> bool:
        """Whether the run has a reason in place of a result."""
        return self.record.failure is not None

    @property
    def simulated(self) -> bool:
        """Whether the data came from a simulator."""
        request = self.asked
        return bool(self.record.dataset and self.record.dataset.simulated) or bool(
            request and request.simulated
        )

    @property
    def asked(self) -> RunRequest | None:
        """What a failed run was asked to explain; None for a run with a result."""
        return self.record.failure.asked if self.record.failure else None

    @property
    def overlap(self) -> int:
        """How many held-out groups the model was trained on; 0 also where that is not known."""
        return (self.record.quality.overlap or 0) if self.record.quality else 0

    @property
    def weak(self) -> bool:
        """Whether the model's first held-out score is no better than a simple rule's."""
        return self.score is not None and not self.score.beats_rule

    @property
    def token_words(self) -> str:
        """What the model's tokens are, in one sentence."""
        return self.record.model.token_words if self.record.model else ""

    @property
    def tokens(self) -> TokenKind | None:
        """What one token stands for; None where the run failed before that was known."""
        kinds = (part.tokens for part in (self.record.attention, self.record.model) if part)
        return next(kinds, None)

    @property
    def names_sensors(self) -> bool:
        """Whether the ranking may name sensors."""
        return self.tokens is TokenKind.SENSORS

    def tag(self, position: Position) -> str:
        """The plant's tag of the sensor a position stands for; '' where it is none."""
        ranges = self.record.dataset.sensors if self.record.dataset else ()
        if not self.names_sensors or position.special:
            return ""
        return next((r.sensor.tag for r in ranges if r.sensor.name == position.name), "")

    def calculated(self, position: Position) -> bool:
        """Whether a position stands for a sensor that is calculated from others."""
        ranges = self.record.dataset.sensors if self.record.dataset else ()
        kinds = (r.sensor.kind for r in ranges if r.sensor.name == position.name)
        calculated = next(kinds, None) is SensorKind.CALCULATED
        return self.names_sensors and not position.special and calculated

    @property
    def notice(self) -> str:
        """The one sentence that goes with every number."""
        return NOTICE


def make_run_view(
    record: RunRecord, compared: tuple[tuple[str, str], ...] = (), gates: Gates = NO_GATES
) -> RunView:
    """The view of one run; a failed run has an empty ranking."""
    attention, quality = record.attention, record.quality
    meant = [p for p in attention.positions if not p.special] if attention else []
    ranked = sorted(meant, key=lambda p: p.rank)
    uniform = attention.uniform if attention else 0.0
    return RunView(
        record=record,
        leading=tuple(p for p in ranked[:LEADING] if p.lift > 1) or tuple(ranked[:1]),
        scale=max([uniform, *(p.importance for p in ranked[:1])]) or 1.0,
        score=quality.scores[0] if quality and quality.scores else None,
        claims=make_claims_view(record),
        compared=compared,
        gates=gates,
    )


def has_simulated(runs: Iterable[RunView]) -> bool:
    """Whether any of the runs rests on simulated data: its page then carries the banner."""
    return any(run.simulated for run in runs)


class HasId(Protocol):
    """A part of a run that has an id of its own: a model, a dataset, an agent."""

    @property
    def id(self) -> str:
        """The id from the manifest."""


Part = TypeVar("Part", bound=HasId)


def group_runs(
    runs: Iterable[RunView], part_of: Callable[[RunRecord], Part | None]
) -> Iterator[tuple[Part, tuple[RunView, ...]]]:
    """Each part with the runs that use it, in order of first use."""
    groups: dict[str, tuple[Part, list[RunView]]] = {}
    for run in runs:
        part = part_of(run.record)
        if part is not None:
            groups.setdefault(part.id, (part, []))[1].append(run)
    yield from ((part, tuple(its)) for part, its in groups.values())
