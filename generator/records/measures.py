"""Every measure of some attention: what it says, what it may be called, or why it is not there."""

from __future__ import annotations

from typing import Literal

from generator.kinds import Measure, MeasuredOf, TokenKind
from generator.records.record import Record


class Identification(Record):
    """Whether something can be told from a figure, and why, in one sentence."""

    yes: bool
    reason: str


class Measurement(Record):
    """One measure's numbers, or why there are none."""

    measure: Measure
    title: str
    meaning: str
    """In plain words, with the unit."""
    granularity: MeasuredOf
    axis: Literal["keys", "queries", ""] = ""
    """Which positions the values are of; '' where they are of none."""
    shape: tuple[int, ...] = ()
    """(positions,), (series,), (layers, heads) or (layers,); the values fill it row by row."""
    values: tuple[float | None, ...] = ()
    """To seven digits; None for padding and what is not known."""
    words: tuple[str, ...] = ()
    """The values where they are words; then there are no numbers."""
    note: str = ""
    """What was assumed, such as thresholds, the read-out, or that maps are means over samples."""
    sensors: Identification
    """Whether sensors can be told apart by it."""
    steps: Identification
    """Whether moments in time can."""
    missing: str = ""
    """Why there are no values; '' where there are."""


class AttentionMeasurements(Record):
    """Every measure of one group of attention maps, in a fixed order; none is left out."""

    tokens: TokenKind
    group: str
    shape: tuple[int, int, int, int]
    """Layers, heads, queries, keys."""
    samples: int
    averaged_heads: int
    figures: tuple[Measurement, ...]

    def of(self, measure: Measure) -> Measurement:
        """The figure of a measure."""
        return next(one for one in self.figures if one.measure is measure)
