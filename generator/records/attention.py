"""The numbers computed from the maps, and what they may be called."""

from __future__ import annotations

from generator.kinds import TokenKind
from generator.records.record import Record
from generator.records.tokens import TokenCoverage


class Position(Record):
    """One key position (a sensor or a time span) and the attention it received and gave."""

    index: int
    name: str
    label: str
    """The name with tag and unit where it is a sensor."""
    received: float
    lift: float
    importance: float
    rank: int
    """Place by importance, from 1; special tokens come after all others."""
    focus: float | None
    focus_rank: int | None
    special: bool = False
    """A token that holds no reading, such as [CLS]; it stands for no sensor and no time."""


class HeadRow(Record):
    """One head's mean focus and strongest link."""

    layer: int
    head: int
    focus: float
    top_query: str
    top_key: str
    top_weight: float


class LayerRow(Record):
    """One layer: where it stands in the model, how it was read, its mean focus."""

    layer: int
    module: str
    captured_by: str
    focus: float
    kind: str = ""
    """What the map is: self, cross or pooled, over which keys, mean over which rows."""
    proof: float | None = None
    """Largest |map x values - own output| over the largest |output|; None where not measured."""


class AttentionRecord(Record):
    """The numbers computed from the maps, and what they may be called."""

    tokens: TokenKind
    group: str
    shape: tuple[int, int, int, int]
    samples: int
    rows_per_sample: int
    uniform: float
    names: tuple[str, ...]
    query_names: tuple[str, ...]
    positions: tuple[Position, ...]
    """In order of position; `rank` gives the order of importance."""
    heads: tuple[HeadRow, ...]
    layers: tuple[LayerRow, ...]
    provenance_hash: str
    input_sha256: str
    coverage: TokenCoverage | None = None
    """What each key's token holds of the window; None where that is not known."""
