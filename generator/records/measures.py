"""Every measure of some attention: what it says, what it may be called, or why it is not there."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from generator.kinds import MeasuredOf, TokenKind
from generator.records.record import Record


class Identification(Record):
    """Whether something can be told from a measurement, and why, in one sentence."""

    yes: bool
    reason: str


class Measurement(Record):
    """One measure's numbers, or why there are none."""

    measure: str
    """The measure's name."""
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

    model_config = ConfigDict(serialize_by_alias=True)

    tokens: TokenKind
    group: str
    shape: tuple[int, int, int, int]
    """Layers, heads, queries, keys."""
    samples: int
    averaged_heads: int
    measurements: tuple[Measurement, ...] = Field(
        validation_alias="figures", serialization_alias="figures"
    )
    """Published under `figures`."""

    def of(self, name: str) -> Measurement:
        """The measurement of the measure of that name.

        Raises:
            KeyError: there is no such measure.
        """
        return {one.measure: one for one in self.measurements}[name]
