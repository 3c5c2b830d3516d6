"""What two rankings of anything have in common, as records."""

from __future__ import annotations

from enum import Enum

from generator.records.record import Record


class Alikeness(str, Enum):
    """How two rankings stand to each other, measured against reshuffled ones."""

    MORE = "agree more than chance would"
    CHANCE = "agree no more than chance would"
    OPPOSITE = "run opposite more than chance would"
    UNKNOWN = "cannot be told: one ranking is level"


class Overlap(Record):
    """The positions among the first k of both rankings."""

    k: int
    shared: tuple[str, ...]
    by_chance: float
    """k * k / n: how many two unrelated rankings share on average."""
