"""An estimate with how sure it is."""

from __future__ import annotations

from generator.records.record import Record


class Interval(Record):
    """An estimate and its 95 % interval over independent periods; None where too few."""

    estimate: float
    low: float | None = None
    high: float | None = None
